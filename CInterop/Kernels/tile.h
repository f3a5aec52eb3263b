/* The innermost product: up to MR rows of A by one panel of B (one or two vectors wide), summed in registers. */
#ifndef DRAGON_TILE_H
#define DRAGON_TILE_H

#include "formats.h"

#define PANEL (2 * VL)
/* Distance between rows of a row-major block of A; the extra vector keeps rows off the same cache sets. Where the format has
 * units, each row's follows its last word, in either kind of block. */
#define A_STRIDE (K_BLOCK + VL)
/* Distance between columns of a column-major block of A: MR rounded up to whole vectors. */
#define A_COLUMN ((MR + VL - 1) / VL * VL)

/* Where a tile goes and what is added to it. */
typedef struct tile_target {
    float *c;
    ptrdiff_t c_row;
    int columns;           /* valid ones of the panel */
    const float *bias;     /* from the tile's first row on, or NULL */
    const float *residual; /* as c, or NULL */
    int accumulate;
    const float *units; /* of the panel's columns, where the format has units */
} tile_target;

/* A tile whose panel is not full. */
static __attribute__((noinline)) void store_partial(int rows, const float *sums, const tile_target *t) {
    for (int r = 0; r < rows; r++) {
        float *c = t->c + r * t->c_row;
        for (int i = 0; i < t->columns; i++) {
            float sum = sums[r * PANEL + i] + (t->bias ? t->bias[r] : 0.0f);
            if (t->residual)
                sum += t->residual[r * t->c_row + i];
            c[i] = t->accumulate ? c[i] + sum : sum;
        }
    }
}

INLINE void tile_store(int rows, int vectors, vf sums[MR][2], const tile_target *t) {
    if (t->columns != vectors * VL) {
        float buffer[MR * PANEL];
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                store(buffer + r * PANEL + v * VL, sums[r][v]);
            }
        }
        store_partial(rows, buffer, t);
        return;
    }
    if (t->bias) {
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                sums[r][v] += t->bias[r];
            }
        }
    }
    if (t->residual) {
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                sums[r][v] += load(t->residual + r * t->c_row + v * VL);
            }
        }
    }
    if (t->accumulate) {
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < vectors; v++) {
                sums[r][v] += load(t->c + r * t->c_row + v * VL);
            }
        }
    }
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            store(t->c + r * t->c_row + v * VL, sums[r][v]);
        }
    }
}

/* a(r, k) = a[r·row + k·column], with constant strides; b(k, ·) = b[k·vectors·VL …]. k and the depth count words. */
INLINE void tile_sums(int rows, int vectors, ptrdiff_t row, ptrdiff_t column, const float *a, const float *b, int depth,
                      vs sums[MR][2]) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            sums[r][v] = (vs){};
        }
    }
    for (int k = 0; k < depth; k++) {
        vf b0 = load(b), b1 = vectors > 1 ? load(b + VL) : b0;
        UNROLL for (int r = 0; r < rows; r++) {
            vf factor = splat_word(a + r * row);
            sums[r][0] = add_products(sums[r][0], factor, b0);
            if (vectors > 1)
                sums[r][1] = add_products(sums[r][1], factor, b1);
        }
        a += column;
        b += vectors * VL;
    }
}

INLINE void tile(int rows, int vectors, ptrdiff_t row, ptrdiff_t column, const float *a, const float *b, int depth,
                 const tile_target *t) {
    vs sums[MR][2];
    tile_sums(rows, vectors, row, column, a, b, depth, sums);
    vf numbers[MR][2];
    UNROLL for (int r = 0; r < rows; r++) {
        float unit = SCALED ? a[r * row + depth * column] : 1;
        UNROLL for (int v = 0; v < vectors; v++) {
            numbers[r][v] = as_numbers(sums[r][v], unit, SCALED ? load(t->units + v * VL) : splat(1));
        }
    }
    tile_store(rows, vectors, numbers, t);
}

#if MR == 14
#define EACH_ROW_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#else
#define EACH_ROW_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6)
#endif

#define TILE_FUNCTION(rows, vectors, layout, row, column)                                                              \
    static __attribute__((noinline)) void tile_##layout##_##vectors##_##rows(const float *a, const float *b,           \
                                                                             int depth, const tile_target *t) {        \
        tile(rows, vectors, row, column, a, b, depth, t);                                                              \
    }
#define TILE_FUNCTIONS(rows)                                                                                           \
    TILE_FUNCTION(rows, 1, rowmajor, A_STRIDE, 1)                                                                      \
    TILE_FUNCTION(rows, 2, rowmajor, A_STRIDE, 1)                                                                      \
    TILE_FUNCTION(rows, 1, colmajor, 1, A_COLUMN)                                                                      \
    TILE_FUNCTION(rows, 2, colmajor, 1, A_COLUMN)
EACH_ROW_COUNT(TILE_FUNCTIONS)

typedef void tile_function(const float *a, const float *b, int depth, const tile_target *t);
#define TILE_ENTRY_R1(rows) tile_rowmajor_1_##rows,
#define TILE_ENTRY_R2(rows) tile_rowmajor_2_##rows,
#define TILE_ENTRY_C1(rows) tile_colmajor_1_##rows,
#define TILE_ENTRY_C2(rows) tile_colmajor_2_##rows,
/* [column-major A][vectors − 1][rows − 1] */
static tile_function *const tile_functions[2][2][MR] = {
    {{EACH_ROW_COUNT(TILE_ENTRY_R1)}, {EACH_ROW_COUNT(TILE_ENTRY_R2)}},
    {{EACH_ROW_COUNT(TILE_ENTRY_C1)}, {EACH_ROW_COUNT(TILE_ENTRY_C2)}},
};

#endif
