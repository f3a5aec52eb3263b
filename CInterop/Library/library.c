// The shared library is Swift throughout; this target carries its linker's settings. A target needs a source.
#include "dragon_library.h"
