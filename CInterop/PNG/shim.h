// libpng, its header behind the name that the module map expects.
#include <png.h>
