/* Chooses the kernels that the processor runs. */
#define _GNU_SOURCE
#include "dragon_kernels.h"

#include <malloc.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

extern const dragon_kernel_table dragon_kernels_baseline, dragon_kernels_baseline_bfloat;
extern const dragon_product_kernels dragon_products_baseline_int16;
#ifdef __x86_64__
extern const dragon_product_kernels dragon_products_avx2_int16;
extern const dragon_kernel_table dragon_kernels_avx2, dragon_kernels_avx2_bfloat;
extern const dragon_kernel_table dragon_kernels_avx512, dragon_kernels_avx512_bfloat;
#endif

int32_t dragon_instruction_set_available(int32_t instruction_set) {
    if (instruction_set == DRAGON_BASELINE)
        return 1;
#ifdef __x86_64__
    if (instruction_set == DRAGON_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (instruction_set == DRAGON_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
#endif
    return 0;
}

int32_t dragon_multiplies_bfloat(int32_t instruction_set) {
#ifdef __x86_64__
    return instruction_set == DRAGON_AVX512 && dragon_instruction_set_available(DRAGON_AVX512) &&
           __builtin_cpu_supports("avx512bf16");
#else
    (void)instruction_set;
    return 0;
#endif
}

int32_t dragon_multiplies_int16(int32_t instruction_set) {
    return instruction_set == DRAGON_AVX2 && dragon_instruction_set_available(DRAGON_AVX2);
}

#ifdef __x86_64__
static const dragon_kernel_table *bfloat_kernels(int32_t instruction_set) {
    if (dragon_multiplies_bfloat(instruction_set))
        return &dragon_kernels_avx512_bfloat;
    return instruction_set == DRAGON_BASELINE ? &dragon_kernels_baseline_bfloat : &dragon_kernels_avx2_bfloat;
}

static const dragon_kernel_table *float_kernels(int32_t instruction_set) {
    if (instruction_set == DRAGON_AVX512)
        return &dragon_kernels_avx512;
    return instruction_set == DRAGON_AVX2 ? &dragon_kernels_avx2 : &dragon_kernels_baseline;
}
#else
static const dragon_kernel_table *bfloat_kernels(int32_t instruction_set) {
    (void)instruction_set;
    return &dragon_kernels_baseline_bfloat;
}

static const dragon_kernel_table *float_kernels(int32_t instruction_set) {
    (void)instruction_set;
    return &dragon_kernels_baseline;
}
#endif

static dragon_kernel_table whole_number_kernels(int32_t instruction_set) {
    dragon_kernel_table table = *float_kernels(instruction_set == DRAGON_BASELINE ? DRAGON_BASELINE : DRAGON_AVX2);
    table.products = dragon_products_baseline_int16;
#ifdef __x86_64__
    if (instruction_set != DRAGON_BASELINE)
        table.products = dragon_products_avx2_int16;
#endif
    return table;
}

dragon_kernel_table dragon_kernels(int32_t instruction_set, int32_t format) {
    if (format == DRAGON_INT16)
        return whole_number_kernels(instruction_set);
    return format == DRAGON_BFLOAT16 ? *bfloat_kernels(instruction_set) : *float_kernels(instruction_set);
}

int32_t dragon_best_instruction_set(void) {
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    const char *wanted = getenv("DRAGON_SIMD");
    for (int32_t i = DRAGON_AVX512; i >= DRAGON_BASELINE; i--)
        if (wanted && strcmp(wanted, names[i]) == 0 && dragon_instruction_set_available(i))
            return i;
    for (int32_t i = DRAGON_AVX512; i > DRAGON_BASELINE; i--)
        if (dragon_instruction_set_available(i))
            return i;
    return DRAGON_BASELINE;
}

int32_t dragon_available_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return CPU_COUNT(&set);
}

void dragon_return_memory(void) {
    malloc_trim(0);
}
