/// A picture in memory, RGBA, in one of the engine's formats.
#ifndef PLUGIN_PICTURE_H
#define PLUGIN_PICTURE_H

#include "mask.h"

typedef struct Picture {
    int width;
    int height;
    dragon_pixel_format format;
    void *pixels;
    /// As a mask's.
    gint holders;
} Picture;

Picture *picture_new(int width, int height, dragon_pixel_format format);
Picture *picture_copy(const Picture *picture);
/// The same picture for another holder, on any thread; NULL for NULL.
Picture *picture_hold(Picture *picture);
/// Of one holder; the last one's frees it.
void picture_free(Picture *picture);

gsize picture_bytes_per_pixel(dragon_pixel_format format);

/// Alpha of a pixel, 0 … 1.
double picture_alpha(const Picture *picture, int x, int y);

/// A copy of a part, which must lie inside.
Picture *picture_part(const Picture *picture, Box box);

/// Writes a part back, which must lie inside, with its corner at (x, y); both of one format.
void picture_put(Picture *picture, const Picture *part, int x, int y);

/// Makes the picture opaque, and each share smaller by what was transparent.
void picture_take_alpha(Picture *picture, float *share);

/// The same the other way: makes the picture's alpha smaller by each share, and every share whole.
void picture_give_alpha(Picture *picture, float *share);

/// Whether somewhere a share of `top` laid over `bottom`, both of one size, should leave it more transparent: no layer
/// above it can.
gboolean picture_erases(const Picture *bottom, const Picture *top, const float *share);

/// Replaces that share of each pixel of `bottom` by `top`'s, both of one size and format.
void picture_mix(Picture *bottom, const Picture *top, const float *share);

/// Whether some pixel is at least half transparent.
gboolean picture_has_transparency(const Picture *picture);

/// A copy in 8 bits, shrunk so that neither side is above the limit; each pixel is the mean of those it covers.
Picture *picture_for_screen(const Picture *picture, int limit);

/// Lays a part, as far as its mask says, over an 8-bit picture. Part and mask are in the coordinates of a picture
/// `scale` times as large; below 1 they are enlarged smoothly.
void picture_lay(Picture *picture, const Picture *part, const Mask *mask, Box box, double scale);

/// Where two 8-bit pictures of one size differ by more than `tolerance` in some channel.
Mask *picture_difference(const Picture *a, const Picture *b, int tolerance);

/// As the engine takes it; no pixels for no picture.
dragon_picture picture_view(const Picture *picture);

#endif
