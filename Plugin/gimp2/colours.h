/// Between an image's colours, which its profile explains, and the engine's sRGB.
#ifndef PLUGIN_COLOURS_H
#define PLUGIN_COLOURS_H

#include <gegl.h>
#include "picture.h"

/// The engine's format that holds an image's pixels without loss that it could see.
dragon_pixel_format colours_format(gint32 image);

/// Reads a drawable's pixels into a picture of its size.
void colours_read(gint32 drawable, Picture *picture);

/// A picture as a buffer of a drawable's own colours. It reads the picture's memory and is freed before it.
GeglBuffer *colours_buffer(gint32 drawable, const Picture *picture);

#endif
