/* One instruction set's table; its kernels are compiled into the file that includes this. */
#include "attention_pullback.h"
#include "attention_weights.h"
#include "normalize.h"
#include "normalize_pullback.h"
#include "pointwise.h"
#include "product_table.h"

extern const dragon_kernel_table DRAGON_TABLE;
const dragon_kernel_table DRAGON_TABLE = {
    .name = DRAGON_NAME,
    .lanes = VL,
    .tile_rows = MR,
    .panel = PANEL,
    .products = PRODUCT_KERNELS,
    .attention_weights_scratch = attention_weights_scratch,
    .attention_weights = attention_weights,
    .attention_query_scratch = attention_query_scratch,
    .attention_query_gradient = attention_query_gradient,
    .attention_gradients_scratch = attention_gradients_scratch,
    .attention_gradients = attention_gradients,
    .group_norm = group_norm,
    .layer_norm = layer_norm,
    .group_norm_pullback = group_norm_pullback,
    .layer_norm_pullback = layer_norm_pullback,
    .gated_gelu_pullback = gated_gelu_pullback,
    .silu = silu,
    .gelu = gelu,
    .quick_gelu = quick_gelu,
    .gated_gelu = gated_gelu,
    .add = add,
    .scale_add = scale_add,
    .softmax_rows = softmax_rows,
    .widen = widen,
    .narrow_half = narrow_half,
    .all_finite = all_finite,
};
