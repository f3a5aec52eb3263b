/// Results of ours that lie on the layer they were made from: the next edit goes on from what is seen.
#ifndef PLUGIN_STACK_H
#define PLUGIN_STACK_H

#include "picture.h"

/// Notes on a result which layer it was made from.
void stack_mark(gint32 result, gint32 source);

/// The layer that a result was made from, while that lies below it; any other layer itself.
gint32 stack_source(gint32 layer);

/// The results on a layer, up to the top one, that are seen: numbers of layers, from below.
GArray *stack_results(gint32 source, gint32 top);

/// Lays a result over the picture of its layer. `covered`: becomes set where it lies.
void stack_lay(gint32 result, gint32 source, Picture *picture, Mask *covered);

/// The same of any layer as it is seen, over a picture whose corner lies at (x, y) on the image. `covered` may be NULL.
void stack_lay_at(gint32 layer, int x, int y, Picture *picture, Mask *covered);

#endif
