// The header stands for itself; a target needs a source.
#include "dragon.h"
