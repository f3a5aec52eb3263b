/* The weights of one head's attention themselves, softmax(scale · keyᵀ · query), in blocks as attention() goes through
 * them: its sums are known, so that each weight is final as soon as its score is. */
#ifndef DRAGON_ATTENTION_WEIGHTS_H
#define DRAGON_ATTENTION_WEIGHTS_H

#include "attention_pullback.h"

static size_t attention_weights_scratch(const dragon_attention_weights *a) {
    return (size_t)(COLUMN_BLOCK(a->depth) + TILE_BLOCK(a->depth)) + (KEY_BLOCK + 1) * PANEL;
}

/* weights += share · 2^(score − log_sum), for `count` keys and `columns` queries. */
static void add_weights(const dragon_attention_weights *a, int first_key, int count, int first, int columns,
                        const float *log_sum, float *scores) {
    for (int j = 0; j < count; j++) {
        float *row = scores + j * PANEL, *to = a->weights + (first_key + j) * a->weight_row + first;
        for (int v = 0; v < PANEL; v += VL)
            store(row + v, exp2_vf(load(row + v) - load(log_sum + v)) * a->share);
        for (int i = 0; i < columns; i++)
            to[i] += row[i];
    }
}

static void attention_weights(const dragon_attention_weights *a, int32_t begin, int32_t end, float *scratch) {
    float *query = scratch, *tiles = query + COLUMN_BLOCK(a->depth), *scores = tiles + TILE_BLOCK(a->depth);
    float *log_sum = scores + KEY_BLOCK * PANEL;
    for (int first = begin; first < end; first += PANEL) {
        int columns = min_int(PANEL, end - first);
        weave_columns(a->query, a->query_row, first, columns, a->depth, a->scale * LOG2_E, query);
        for (int i = 0; i < PANEL; i++)
            log_sum[i] = i < columns ? a->log_sum[first + i] * LOG2_E : 0;
        for (int key = 0; key < a->keys; key += KEY_BLOCK) {
            int count = min_int(KEY_BLOCK, a->keys - key);
            load_token_tiles(a->key, a->key_row, a->keys, key, count, a->depth, tiles);
            multiply_token_tiles(tiles, query, a->depth, count, scores);
            add_weights(a, key, count, first, columns, log_sum, scores);
        }
    }
}

#endif
