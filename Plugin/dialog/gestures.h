/// Mouse and keyboard on the canvas.
#ifndef PLUGIN_GESTURES_H
#define PLUGIN_GESTURES_H

#include "stage.h"

void gestures_add(Stage *stage);

#endif
