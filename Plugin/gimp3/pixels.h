/// What is read of an image's pixels: pictures, masks, what is selected.
#ifndef PLUGIN_PIXELS_H
#define PLUGIN_PIXELS_H

#include "gimp.h"

/// As the host's functions of those names.
gboolean pixels_are_open(Host *host, HostLayer *layer);
Picture *pixels_picture(Host *host, HostLayer *layer, GError **error);
Mask *pixels_selection(Host *host, HostLayer *layer);
Mask *pixels_layer_mask(Host *host, HostLayer *layer);
gboolean pixels_share_selection(Host *host, HostLayer *layer);

/// A part of a one-channel drawable, such as a selection, 0 where that has no pixels. NULL where it cannot be read.
Mask *pixels_mask(GimpDrawable *drawable, Box box);

/// All of an image.
Box pixels_all(GimpImage *image);

#endif
