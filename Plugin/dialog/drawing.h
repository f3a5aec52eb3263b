/// What the canvas shows.
#ifndef PLUGIN_DRAWING_H
#define PLUGIN_DRAWING_H

#include "stage.h"

void drawing_draw(Stage *stage, cairo_t *cairo);

/// Frees what was kept of objects drawn.
void drawing_clear(Stage *stage);

#endif
