// GEGL, in whose buffers every GIMP keeps its pixels.
#include <gegl.h>
