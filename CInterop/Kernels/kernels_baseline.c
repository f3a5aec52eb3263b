/* The kernels for any processor. */
#define DRAGON_TABLE dragon_kernels_baseline
#define DRAGON_NAME "baseline"
#define VL 4
#define MR 6
#include "table.h"
