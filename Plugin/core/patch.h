/// A result as it goes into an image: where it lies, its pixels, and how much of each is the result's.
#ifndef PLUGIN_PATCH_H
#define PLUGIN_PATCH_H

#include "picture.h"

typedef struct Patch {
    /// In pixels of the picture that it belongs to; it may reach beyond.
    Box box;
    Picture *picture;
    /// 0 … 1, one each pixel.
    float *share;
} Patch;

/// `format`: that of the picture which was edited.
Patch patch_of_result(dragon_result *result, dragon_pixel_format format);
void patch_clear(Patch *patch);

/// Cuts it to what has a share, which becomes its picture's alpha. FALSE where nothing has.
gboolean patch_cut_out(Patch *patch);

/// Whether it should leave the picture more transparent somewhere: no layer above can.
gboolean patch_erases(const Patch *patch, const Picture *picture);

/// The edited picture as far as it is not the layer's own: the result's box, or all where earlier results, which
/// `covered` marks, are in it. NULL for no such results.
Patch patch_mixed(const Patch *patch, const Picture *picture, const Mask *covered);

/// Makes a picture the edited one.
void patch_replace(const Patch *patch, Picture *picture);

/// Lays it over a picture of the same format, as far as it lies on it. `covered`: becomes set there; may be NULL.
void patch_lay(const Patch *patch, Picture *picture, Mask *covered);

/// The first run of touched pixels in a row of it from `start` on, up to `end`; FALSE where there is none.
gboolean patch_next_run(const Patch *patch, int row, int start, int *from, int *end);

#endif
