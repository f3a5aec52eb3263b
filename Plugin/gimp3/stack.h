/// Results of ours that lie on the layer they were made from: the next edit goes on from what is seen.
#ifndef PLUGIN_STACK_H
#define PLUGIN_STACK_H

#include "gimp.h"

/// Notes on a result which layer it was made from.
void stack_mark(GimpLayer *result, GimpLayer *source);

/// The layer that a result was made from, while that lies below it; any other layer itself.
GimpLayer *stack_source(GimpLayer *layer);

/// The results on a layer, up to the top one, that are seen: of GimpLayer, from below.
GPtrArray *stack_results(GimpLayer *source, GimpLayer *top);

/// Lays a result over the picture of its layer. `covered`: becomes set where it lies.
void stack_lay(GimpLayer *result, GimpLayer *source, Picture *picture, Mask *covered);

/// The same of any layer as it is seen, over a picture whose corner lies at (x, y) on the image. `covered` may be NULL.
void stack_lay_at(GimpLayer *layer, int x, int y, Picture *picture, Mask *covered);

#endif
