/* The kernels for any processor, with products of bfloat16. */
#define DRAGON_TABLE dragon_kernels_baseline_bfloat
#define DRAGON_NAME "baseline"
#define FORMAT_BFLOAT16 1
#define VL 4
#define MR 6
#include "table.h"
