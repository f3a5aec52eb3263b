/// A layer that stands for another one, free to be written: what it stands for is never turned into pixels itself.
#ifndef PLUGIN_COPYING_H
#define PLUGIN_COPYING_H

#include "gimp.h"

/// A copy that shows as the source does. NULL where GIMP makes none.
GimpLayer *copying_layer(GimpLayer *source);

#endif
