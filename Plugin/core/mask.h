/// Which pixels of a picture are meant: one byte each, how much of it; what asks for a border takes it from 128 on.
#ifndef PLUGIN_MASK_H
#define PLUGIN_MASK_H

#include <glib.h>
#include "dragon.h"

typedef struct Mask {
    int width;
    int height;
    guint8 *bytes;
    /// Who holds it. One that several hold is no longer written to.
    gint holders;
} Mask;

/// A rectangle of pixels.
typedef struct Box {
    int x;
    int y;
    int width;
    int height;
} Box;

Mask *mask_new(int width, int height);
Mask *mask_copy(const Mask *mask);
/// The same mask for another holder, on any thread; NULL for NULL.
Mask *mask_hold(Mask *mask);
/// Of one holder; the last one's frees it.
void mask_free(Mask *mask);

/// Whether two are the same, byte for byte; no mask is the same as no mask.
gboolean mask_equal(const Mask *a, const Mask *b);

/// The smallest box around the set pixels; FALSE where none is set.
gboolean mask_bounds(const Mask *mask, Box *box);

/// The smallest box around all that belongs in part; FALSE where nothing does.
gboolean mask_reach(const Mask *mask, Box *box);

/// Whether any pixel is set.
gboolean mask_has_set(const Mask *mask);

/// Whether any pixel belongs in part, though it may be less than half.
gboolean mask_has_any(const Mask *mask);

/// The pixels whose middles lie inside a closed outline (even-odd rule). Points may lie outside the picture.
Mask *mask_from_outline(int width, int height, const dragon_point *points, guint count);

/// The mask at another size: each pixel takes the largest value it covers, so that a thin object survives shrinking.
Mask *mask_scaled(const Mask *mask, int width, int height);

/// A mask of another size, with the corner of this one at (x, y); what lies beyond is left out. NULL for NULL.
Mask *mask_placed(const Mask *mask, int width, int height, int x, int y);

/// The mask, reaching further by some pixels to every side.
Mask *mask_grown(const Mask *mask, int pixels);

/// A number that stands for what a box of an image marks: it tells whether that changed. `mask`: of the box; NULL for
/// nothing.
guint64 mask_sum(const Mask *mask, Box box);

/// As the engine takes it; no pixels for no mask.
dragon_mask mask_view(const Mask *mask);

#endif
