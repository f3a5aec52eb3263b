/* The kernels for AVX-512 F, BW, DQ and VL. */
#ifdef __x86_64__
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))),              \
                             apply_to = function)
#define DRAGON_TABLE dragon_kernels_avx512
#define DRAGON_NAME "avx512"
#define VL 16
#define MR 14
#define HARDWARE_HALF 1
#include "table.h"
#pragma clang attribute pop
#endif
