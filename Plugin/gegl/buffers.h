/// Between GEGL's buffers, in which a program keeps its layers, and pictures and masks in memory.
#ifndef PLUGIN_BUFFERS_H
#define PLUGIN_BUFFERS_H

#include <gegl.h>
#include "patch.h"

/// A picture's pixels as GEGL knows them: in sRGB.
const Babl *buffers_format(dragon_pixel_format format);

/// A buffer that reads and writes a picture's memory, and is freed before it.
GeglBuffer *buffers_around(const Picture *picture);

/// A part of a one-channel buffer, 0 where that has no pixels.
Mask *buffers_mask(GeglBuffer *buffer, Box box);

/// Writes a mask into a one-channel buffer, with its corner at (x, y); what lies beyond the buffer is left out.
void buffers_write_mask(GeglBuffer *buffer, int x, int y, const Mask *mask);

/// All of a one-channel buffer, 0 … 1 each pixel, and back.
void buffers_read_share(GeglBuffer *buffer, int width, int height, float *share);
void buffers_write_share(GeglBuffer *buffer, int width, int height, const float *share);

/// Writes the touched pixels of a patch, whose picture in the target's colours is `own`: the rest keeps every bit.
void buffers_write_patch(GeglBuffer *own, const Patch *patch, GeglBuffer *target);

#endif
