/* The products of one format and instruction set: alone where a file defines DRAGON_PRODUCTS, else for its table. */
#ifndef DRAGON_PRODUCT_TABLE_H
#define DRAGON_PRODUCT_TABLE_H

#include "attention.h"
#include "product.h"
#include "winograd_output.h"

#define PRODUCT_KERNELS                                                                                                \
    {                                                                                                                  \
        .word_depth = WORD_DEPTH, .winograd_rows = TILE_ROWS, .packed_floats = packed_floats, .pack = pack_all,        \
        .multiply_scratch = multiply_scratch, .multiply = multiply, .winograd_input_floats = winograd_input_floats,    \
        .winograd_scratch = winograd_scratch, .winograd_input = winograd_input, .winograd_output = winograd_output,    \
        .attention_scratch = attention_scratch, .attention = attention                                                 \
    }

#ifdef DRAGON_PRODUCTS
extern const dragon_product_kernels DRAGON_PRODUCTS;
const dragon_product_kernels DRAGON_PRODUCTS = PRODUCT_KERNELS;
#endif

#endif
