/// What is seen of a layer by itself: its pixels through its filters, which lie beside them and not in them.
#ifndef PLUGIN_SEEN_H
#define PLUGIN_SEEN_H

#include "gimp.h"

/// A layer's pixels through its filters, on a layer of its own.
typedef struct Seen {
    /// The layer itself, where it has no filters; else one of `image`, which is nobody else's.
    GimpDrawable *drawable;
    /// Where the layer's corner is on the drawable: filters may have made it larger.
    int x;
    int y;
    GimpImage *image;
} Seen;

/// Whether a layer shows otherwise than its pixels say.
gboolean seen_is_filtered(GimpLayer *layer);

/// An empty image with the colours of another, of which no step is kept. A palette could not hold what filters and edits make.
GimpImage *seen_image_like(GimpImage *image);

Seen seen_open(GimpLayer *layer);
void seen_close(Seen *seen);

#endif
