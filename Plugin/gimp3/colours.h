/// Between an image's colours, which its profile explains, and the engine's sRGB. GEGL's buffers know the profile as a
/// space of babl's, and convert by themselves; a profile of tables alone, of which babl can make no space, is converted
/// here.
#ifndef PLUGIN_COLOURS_H
#define PLUGIN_COLOURS_H

#include "gimp.h"

/// The engine's format that holds an image's pixels without loss that it could see.
dragon_pixel_format colours_format(GimpImage *image);

/// Reads the part of a drawable that begins at (x, y) into a picture, which says its size; nothing where it has no
/// pixels.
void colours_read(GimpDrawable *drawable, int x, int y, Picture *picture);

/// A picture as a buffer that GEGL's copying turns into a drawable's colours. It reads the picture's memory and is freed
/// before it.
GeglBuffer *colours_buffer(GimpDrawable *drawable, const Picture *picture);

#endif
