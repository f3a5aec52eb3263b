/// Where a mask ends, as lines: they stay sharp at any zoom.
#ifndef PLUGIN_BORDER_H
#define PLUGIN_BORDER_H

#include "mask.h"

typedef struct Corner {
    int x;
    int y;
} Corner;

/// Closed lines along the edges of the mask's pixels, one after the other.
typedef struct Border {
    /// Of Corner, where a line turns; the last joins the first.
    GArray *corners;
    /// Of guint: where each line ends among the corners.
    GArray *ends;
} Border;

/// Pixels that touch at a corner alone belong to different lines.
Border *border_of_mask(const Mask *mask);
void border_free(Border *border);

#endif
