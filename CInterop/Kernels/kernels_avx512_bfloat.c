/* The kernels for AVX-512 F, BW, DQ, VL and BF16, with products of bfloat16. */
#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,f16c"))),   \
                             apply_to = function)
#define DRAGON_TABLE dragon_kernels_avx512_bfloat
#define DRAGON_NAME "avx512 bf16"
#define FORMAT_BFLOAT16 1
#define VL 16
#define MR 14
#define HARDWARE_HALF 1
#define HARDWARE_BFLOAT16 1
#include "table.h"
#pragma clang attribute pop
#endif
