/* OpenBLAS, loaded when first asked for. Its choice of kernels is made while it loads, and Debian's does not know
 * newer processors, so the processor is named to it first (unless the user named one: OPENBLAS_CORETYPE). */
#ifndef DRAGON_OPENBLAS_H
#define DRAGON_OPENBLAS_H

#include <stdint.h>

typedef struct dragon_openblas {
    /* C[m × n] = alpha · op(A) · op(B) + beta · C, row-major (order 101), op: 111 as it is, 112 transposed. */
    void (*sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
                  int a_row, const float *b, int b_row, float beta, float *c, int c_row);
    void (*set_threads)(int threads);
    const char *core; /* the kernels in use, such as "SkylakeX" */
} dragon_openblas;

/* The library's functions, or NULL where it is not installed. Any thread may call; the first call loads. */
const dragon_openblas *dragon_openblas_load(void);

#endif
