/* The arithmetic kernels of the engine: one table of functions for each instruction set, all with the same meaning.
 *
 * Every function runs on the calling thread alone, touches only the memory its arguments name, keeps no state and
 * cannot fail. The caller (DragonTensor) cuts the work into pieces and checks the shapes. Arrays are float32 unless a
 * type says otherwise; strides count elements. Weights may lie unaligned. Arrays of floats may be read up to
 * DRAGON_SLACK floats past their end (never written), so the caller allocates that much more. */
#ifndef DRAGON_KERNELS_H
#define DRAGON_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { DRAGON_SLACK = 32 };
enum { DRAGON_FLOAT32 = 0, DRAGON_FLOAT16 = 1, DRAGON_BFLOAT16 = 2, DRAGON_INT16 = 3 };
enum { DRAGON_BASELINE = 0, DRAGON_AVX2 = 1, DRAGON_AVX512 = 2 };

/* C[m × n] of each item = A[m × k] · B[k × n] of each item, plus what the epilogue asks for.
 *
 * A is a weight shared by the items. Its element (i, j) lies at a[i·a_row + (j / taps)·a_col + (j mod taps)·a_tap],
 * so that a matrix, its transpose and the filters of a convolution, forward or backward, are all stated in place.
 * B is a dense array, or, where window > 0, the window × window patches of a picture (k = channels·window²), never
 * written out in memory as a whole. */
typedef struct dragon_product {
    const void *a;
    int32_t a_type;
    int32_t taps;
    ptrdiff_t a_row, a_col, a_tap;

    const float *b;
    ptrdiff_t b_row, b_item; /* b_row: of a dense B, or from channel to channel of a picture */
    int32_t window, stride, pad;
    int32_t in_height, in_width, out_width; /* of the picture; unused for a dense B */

    float *c;
    ptrdiff_t c_row, c_item;
    const float *bias;     /* one for each row of C, or NULL */
    const float *residual; /* same strides as C, or NULL */
    int32_t accumulate;    /* adds to what C holds already */

    int32_t m, k, items;
    int32_t n; /* columns of each item */
} dragon_product;

/* A 3×3 convolution of stride 1 and padding 1 by Winograd's minimal filtering (Lavin and Gray, 2016, arXiv 1509.09308):
 * F(4×4, 3×3), 36 products for 16 outputs where the direct sum takes 144, or, with products of bfloat16, F(2×4, 3×3), 24
 * for 8. Its tiles run row by row over all items; a band is a range of rows of tiles that is worked on together. */
typedef struct dragon_winograd {
    const void *weight; /* filter (o, c) starts at weight + o·w_out + c·w_in; its taps follow each other */
    int32_t weight_type;
    int32_t flip; /* the filter's taps in reverse order, as the pullback wants them */
    ptrdiff_t w_out, w_in;

    const float *x;
    float *y;
    ptrdiff_t x_item, y_item; /* channels are height·width apart */
    const float *bias;
    const float *residual; /* as y, or NULL */

    int32_t in_channels, out_channels, items;
    int32_t height, width;
    int32_t band_begin, band_end; /* rows of tiles */
    int32_t vectors;              /* 1 or 2: vectors in a panel of tiles */
} dragon_winograd;

/* Keys and values of one head that lie together: key(channel, token) = key[channel·row + token]. */
typedef struct dragon_keys {
    const float *key, *value;
    ptrdiff_t row;
    int32_t count;
} dragon_keys;

/* Scaled dot-product attention of one head: out = value · softmax(scale · keyᵀ · query). */
typedef struct dragon_attention {
    const float *query;
    float *out;
    float *log_sum; /* log of the softmax's denominator for each query, or NULL */
    ptrdiff_t query_row, out_row;
    const dragon_keys *parts; /* softmax runs over the keys of all parts */
    int32_t part_count;
    int32_t depth; /* channels of a head */
    float scale;
} dragon_attention;

/* The pullback of one head's attention for several cotangents of its output at once. Arrays are channel-major; those of
 * cotangent i start i·d_query_next (queries) or i·d_key_next (keys) floats after the first's. */
typedef struct dragon_attention_pullback {
    const float *query, *key, *value;
    const float *log_sum; /* as attention() left it */
    const float *d_out;
    const float *dots; /* of d_out and out over channels: cotangent i's at dots + i·queries */
    float *d_query, *d_key, *d_value;
    ptrdiff_t query_row, key_row; /* tokens from channel to channel */
    ptrdiff_t d_query_next, d_key_next;
    int32_t queries, keys, depth, cotangents;
    float scale;
} dragon_attention_pullback;

/* The weights of one head's attention, added to a matrix: weights[key·weight_row + query] += share · softmax. */
typedef struct dragon_attention_weights {
    const float *query, *key;
    const float *log_sum; /* as attention() left it */
    float *weights;
    ptrdiff_t query_row, key_row, weight_row;
    int32_t keys, depth;
    float scale, share;
} dragon_attention_weights;

/* Products of one format, attention's two among them. */
typedef struct dragon_product_kernels {
    int32_t word_depth;    /* numbers along a product's depth in one word of the format */
    int32_t winograd_rows; /* rows of outputs of one of Winograd's tiles; four columns always */

    /* A panel is `panel` columns of one item; item i owns the panels from i·ceil(n / panel). */
    size_t (*packed_floats)(const dragon_product *, int32_t panels);
    void (*pack)(const dragon_product *, int32_t panel_begin, int32_t panel_end, float *packed);
    size_t (*multiply_scratch)(const dragon_product *, int32_t panels, int32_t is_packed);
    /* packed: all panels as pack leaves them, or NULL to pack the range on the way. */
    void (*multiply)(const dragon_product *, int32_t row_begin, int32_t row_end, int32_t panel_begin, int32_t panel_end,
                     const float *packed, float *scratch);

    /* Winograd: first every word of a band's channels, then blocks of output channels. */
    size_t (*winograd_input_floats)(const dragon_winograd *);
    size_t (*winograd_scratch)(const dragon_winograd *, int32_t rows);
    /* word: word_depth channels. */
    void (*winograd_input)(const dragon_winograd *, int32_t word, float *input, float *scratch);
    void (*winograd_output)(const dragon_winograd *, int32_t row_begin, int32_t row_end, const float *input,
                            float *scratch);

    size_t (*attention_scratch)(const dragon_attention *, int32_t queries);
    void (*attention)(const dragon_attention *, int32_t query_begin, int32_t query_end, float *scratch);
} dragon_product_kernels;

typedef struct dragon_kernel_table {
    const char *name;
    int32_t lanes;     /* floats in a vector */
    int32_t tile_rows; /* rows of the innermost product */
    int32_t panel;     /* columns in a panel of B: two vectors */

    dragon_product_kernels products;

    size_t (*attention_weights_scratch)(const dragon_attention_weights *);
    void (*attention_weights)(const dragon_attention_weights *, int32_t query_begin, int32_t query_end, float *scratch);

    /* The pullback of attention: d_query alone, of a range of queries. */
    size_t (*attention_query_scratch)(const dragon_attention_pullback *);
    void (*attention_query_gradient)(const dragon_attention_pullback *, int32_t query_begin, int32_t query_end,
                                     float *scratch);
    /* d_key and d_value of a range of keys, and what that range adds to d_query, of all queries. */
    size_t (*attention_gradients_scratch)(const dragon_attention_pullback *);
    void (*attention_gradients)(const dragon_attention_pullback *, int32_t key_begin, int32_t key_end, float *scratch);

    /* y = (x − mean) / √(variance + eps) · gamma[channel] + beta[channel] over one group; then SiLU if asked. */
    void (*group_norm)(const float *x, float *y, int32_t channels, int32_t pixels, const float *gamma,
                       const float *beta, float eps, int32_t silu);
    /* The same over the channels of each column, columns [begin, end); x and y have `columns` columns a row. */
    void (*layer_norm)(const float *x, float *y, int32_t channels, int32_t columns, int32_t begin, int32_t end,
                       const float *gamma, const float *beta, float eps, float *scratch);

    /* Pullbacks: dx of the same, `extra` (or NULL) added to it. */
    void (*group_norm_pullback)(const float *x, const float *dy, const float *extra, float *dx, int32_t channels,
                                int32_t pixels, const float *gamma, const float *beta, float eps, int32_t silu);
    void (*layer_norm_pullback)(const float *x, const float *dy, const float *extra, float *dx, int32_t channels,
                                int32_t columns, int32_t begin, int32_t end, const float *gamma, float eps,
                                float *scratch); /* four rows of end − begin floats */
    void (*gated_gelu_pullback)(const float *value, const float *gate, const float *dy, float *d_value, float *d_gate,
                                size_t count);

    void (*silu)(const float *x, float *y, size_t count);
    void (*gelu)(const float *x, float *y, size_t count);
    void (*quick_gelu)(const float *x, float *y, size_t count);
    void (*gated_gelu)(const float *value, const float *gate, float *y, size_t count); /* value · gelu(gate) */
    void (*add)(const float *x, const float *z, float *y, size_t count);
    void (*scale_add)(const float *x, float a, const float *z, float b, float *y, size_t count); /* a·x + b·z */
    void (*softmax_rows)(float *x, int32_t rows, int32_t columns, int32_t causal);
    void (*widen)(const void *x, int32_t type, float *y, size_t count);
    void (*narrow_half)(const float *x, uint16_t *y, size_t count); /* to the nearest, ties to even */
    int32_t (*all_finite)(const void *x, int32_t type, size_t count);
} dragon_kernel_table;

/* The table of an instruction set, with products of float32, of bfloat16 or of whole numbers of 12 bits (DRAGON_FLOAT32,
 * DRAGON_BFLOAT16, DRAGON_INT16); the caller asks only for a set that is available. Where AVX-512 lacks BF16, its products
 * of bfloat16 are AVX2's, and those of whole numbers are AVX2's always. What the table has
 * beside `products`, pullbacks of attention among it, is float32's where those are of whole numbers. */
dragon_kernel_table dragon_kernels(int32_t instruction_set, int32_t format);
int32_t dragon_instruction_set_available(int32_t instruction_set);
/* Whether the processor multiplies bfloat16 by instructions of its own, and an instruction set uses them. */
int32_t dragon_multiplies_bfloat(int32_t instruction_set);
/* Whether an instruction set adds products of pairs of 16 bits by instructions of its own. */
int32_t dragon_multiplies_int16(int32_t instruction_set);
/* The highest available, or what the environment's DRAGON_SIMD names if that is available. */
int32_t dragon_best_instruction_set(void);
/* Processors that this process may run on. */
int32_t dragon_available_processors(void);
/* Gives memory that was freed, but kept by the C library, back to the system. */
void dragon_return_memory(void);

#endif
