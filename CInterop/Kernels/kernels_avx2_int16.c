/* Products of whole numbers for AVX2. */
#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define DRAGON_PRODUCTS dragon_products_avx2_int16
#define FORMAT_INT16 1
#define VL 8
#define MR 6
#define HARDWARE_HALF 1
#define HARDWARE_PAIRS 1
#include "product_table.h"
#pragma clang attribute pop
#endif
