/* The kernels for AVX2, FMA and F16C, with products of bfloat16. */
#ifdef __x86_64__
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define DRAGON_TABLE dragon_kernels_avx2_bfloat
#define DRAGON_NAME "avx2"
#define FORMAT_BFLOAT16 1
#define VL 8
#define MR 6
#define HARDWARE_HALF 1
#include "table.h"
#pragma clang attribute pop
#endif
