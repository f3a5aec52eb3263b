/// How GIMP's pixels and the engine's meet.
#ifndef PLUGIN_PIXELS_H
#define PLUGIN_PIXELS_H

#include <gegl.h>
#include "dragon.h"

/// The engine's format that holds an image's pixels without loss that it could see.
dragon_pixel_format pixels_format(gint32 image);

/// That format for a buffer, in the space of the buffer's own profile.
const Babl *pixels_babl(GeglBuffer *buffer, dragon_pixel_format format);

#endif
