/* Attention in blocks (Dao et al., FlashAttention, 2022, arXiv 2205.14135), in the channel-major layout: scores of a
 * block of keys stand as rows, queries as columns, so that the softmax's running maximum and sum are whole vectors. */
#ifndef DRAGON_ATTENTION_H
#define DRAGON_ATTENTION_H

#include "product.h"

#define KEY_BLOCK 128
#define KEY_TILES ((KEY_BLOCK + MR - 1) / MR)

/* Per panel of queries: scaled queries in words, sums of values (both depth × PANEL at most), running maximum, running
 * sum. */
INLINE ptrdiff_t panel_state(const dragon_attention *a) {
    return (ptrdiff_t)(2 * a->depth + 2) * PANEL;
}
INLINE ptrdiff_t key_block_floats(const dragon_attention *a) {
    return (ptrdiff_t)KEY_TILES * A_COLUMN * a->depth;
}
INLINE ptrdiff_t value_block_floats(const dragon_attention *a) {
    return (ptrdiff_t)a->depth * A_STRIDE;
}

static size_t attention_scratch(const dragon_attention *a, int32_t queries) {
    return (size_t)(divide_up(queries, PANEL) * panel_state(a) + key_block_floats(a) + value_block_floats(a)) +
           KEY_BLOCK * PANEL;
}

/* depth × PANEL numbers from column `first` on, times a factor, as words; zero past `columns`. */
INLINE void weave_columns(const float *x, ptrdiff_t row, int first, int columns, int depth, float factor, float *out) {
    for (int c = 0; c < depth; c += WORD_DEPTH, out += PANEL) {
        const float *from = x + c * row + first;
        for (int i = 0; i < PANEL; i += VL) {
            int is_paired = WORD_DEPTH > 1 && c + 1 < depth;
            vf next = is_paired ? widen_up_to(from + row, i, DRAGON_FLOAT32, columns - i) : (vf){};
            store(out + i, weave(widen_up_to(from, i, DRAGON_FLOAT32, columns - i) * factor, next * factor));
        }
    }
}

static void load_queries(const dragon_attention *a, int first, int columns, float *state) {
    float factor = a->scale * LOG2_E; /* scores in bits: 2^x is cheaper than e^x */
    ptrdiff_t floats = (ptrdiff_t)a->depth * PANEL;
    weave_columns(a->query, a->query_row, first, columns, a->depth, factor, state);
    memset(state + floats, 0, (size_t)floats * sizeof *state);
    for (int i = 0; i < PANEL; i++) {
        state[2 * floats + i] = -1e30f;
        state[2 * floats + PANEL + i] = 0;
    }
}

/* `count` tokens of a channel, or of two as words, as a column of each tile; `left` tokens are there. */
INLINE void load_tile_columns(const float *x, ptrdiff_t row, int left, int count, int is_paired, ptrdiff_t tile_floats,
                              float *tiles) {
    for (int j = 0; j < count; j += MR, tiles += tile_floats)
        for (int r = 0; r < A_COLUMN; r += VL) {
            vf next = is_paired ? widen_up_to(x + row, j + r, DRAGON_FLOAT32, left - j - r) : (vf){};
            store(tiles + r, weave(widen_up_to(x, j + r, DRAGON_FLOAT32, left - j - r), next));
        }
}

/* Tokens [first, first + count) of a channel-major array of `total` tokens, as tiles of columns: A(token, channel), the
 * channels in words. Channels may lie at distances that share few sets of a cache, so that each is read but once. */
INLINE void load_token_tiles(const float *x, ptrdiff_t row, int total, int first, int count, int depth, float *tiles) {
    for (int c = 0; c < depth; c += WORD_DEPTH, tiles += A_COLUMN)
        load_tile_columns(x + c * row + first, row, total - first, count, WORD_DEPTH > 1 && c + 1 < depth,
                          words_of(depth) * A_COLUMN, tiles);
}

/* The same tokens as rows: A(channel, token), the tokens in words. */
INLINE void load_token_rows(const float *x, ptrdiff_t row, int first, int count, int depth, float *rows) {
    for (int c = 0; c < depth; c++)
        widen_row(x, c * row + first, count, DRAGON_FLOAT32, rows + c * A_STRIDE);
}

static void load_keys(const dragon_attention *a, const dragon_keys *part, int first, int count, float *keys,
                      float *values) {
    load_token_tiles(part->key, part->row, part->count, first, count, a->depth, keys);
    load_token_rows(part->value, part->row, first, count, a->depth, values);
}

/* scores[token][column] = tiles · columns, for `count` tokens; columns are the words of depth × PANEL. */
INLINE void multiply_token_tiles(const float *tiles, const float *columns, int depth, int count, float *scores) {
    for (int row = 0; row < count; row += MR) {
        tile_target target = {.c = scores + row * PANEL, .c_row = PANEL, .columns = PANEL};
        tile_functions[1][1][min_int(MR, count - row) - 1](tiles + (ptrdiff_t)row / MR * words_of(depth) * A_COLUMN,
                                                           columns, words_of(depth), &target);
    }
}

/* sums[channel][column] += rows · scores, over `count` tokens, which both have in words. */
INLINE void add_token_rows(const float *rows, const float *scores, int depth, int count, float *sums) {
    for (int row = 0; row < depth; row += MR) {
        tile_target target = {.c = sums + row * PANEL, .c_row = PANEL, .columns = PANEL, .accumulate = 1};
        tile_functions[0][1][min_int(MR, depth - row) - 1](rows + (ptrdiff_t)row * A_STRIDE, scores, words_of(count),
                                                           &target);
    }
}

/* Scores to the words of their weights, in place: subtracts the new maximum, exponentiates, and rescales what was summed
 * before. */
static void softmax_block(const dragon_attention *a, int count, float *scores, float *state) {
    float *out = state + (ptrdiff_t)a->depth * PANEL, *top = out + (ptrdiff_t)a->depth * PANEL, *sum = top + PANEL;
    for (int v = 0; v < PANEL; v += VL) {
        vf before = load(top + v), now = before, total = {};
        for (int j = 0; j < count; j++)
            now = maximum(now, load(scores + j * PANEL + v));
        for (int j = 0; j < count; j += WORD_DEPTH) {
            vf weight = exp2_vf(load(scores + j * PANEL + v) - now), next = {};
            if (WORD_DEPTH > 1 && j + 1 < count)
                next = exp2_vf(load(scores + (j + 1) * PANEL + v) - now);
            store(scores + j / WORD_DEPTH * PANEL + v, weave(weight, next));
            total += weight;
            if (WORD_DEPTH > 1)
                total += next;
        }
        vf shrink = exp2_vf(before - now);
        store(top + v, now);
        store(sum + v, load(sum + v) * shrink + total);
        for (int c = 0; c < a->depth; c++)
            store(out + c * PANEL + v, load(out + c * PANEL + v) * shrink);
    }
}

static void attend_block(const dragon_attention *a, int count, const float *keys, const float *values, float *scores,
                         float *state) {
    multiply_token_tiles(keys, state, a->depth, count, scores);
    softmax_block(a, count, scores, state);
    add_token_rows(values, scores, a->depth, count, state + (ptrdiff_t)a->depth * PANEL);
}

static void store_queries(const dragon_attention *a, int first, int columns, const float *state) {
    const float *out = state + (ptrdiff_t)a->depth * PANEL, *top = out + (ptrdiff_t)a->depth * PANEL;
    float inverse[PANEL];
    for (int i = 0; i < PANEL; i++)
        inverse[i] = 1.0f / top[PANEL + i];
    for (int c = 0; c < a->depth; c++)
        for (int i = 0; i < columns; i++)
            a->out[c * a->out_row + first + i] = out[c * PANEL + i] * inverse[i];
    if (a->log_sum)
        for (int i = 0; i < columns; i++)
            a->log_sum[first + i] = top[i] / LOG2_E + logf(top[PANEL + i]);
}

static void attention(const dragon_attention *a, int32_t query_begin, int32_t query_end, float *scratch) {
    int queries = query_end - query_begin, panels = divide_up(queries, PANEL);
    float *states = scratch, *keys = states + panels * panel_state(a), *values = keys + key_block_floats(a);
    float *scores = values + value_block_floats(a);
    for (int p = 0; p < panels; p++)
        load_queries(a, query_begin + p * PANEL, min_int(PANEL, queries - p * PANEL), states + p * panel_state(a));
    for (int part = 0; part < a->part_count; part++)
        for (int first = 0; first < a->parts[part].count; first += KEY_BLOCK) {
            int count = min_int(KEY_BLOCK, a->parts[part].count - first);
            load_keys(a, &a->parts[part], first, count, keys, values);
            for (int p = 0; p < panels; p++)
                attend_block(a, count, keys, values, scores, states + p * panel_state(a));
        }
    for (int p = 0; p < panels; p++)
        store_queries(a, query_begin + p * PANEL, min_int(PANEL, queries - p * PANEL), states + p * panel_state(a));
}

#endif
