/* Attention in blocks (Dao et al., FlashAttention, 2022, arXiv 2205.14135), in the channel-major layout: scores of a
 * block of keys stand as rows, queries as columns, so that the softmax's running maximum and sum are whole vectors. */
#ifndef DRAGON_ATTENTION_H
#define DRAGON_ATTENTION_H

#include "product.h"

#define KEY_BLOCK 128
#define KEY_TILES ((KEY_BLOCK + MR - 1) / MR)

/* Weights of a block are at most 1: so many levels may they have that a block's sums stay below 2³¹. */
#define WEIGHT_LEVELS 8191
_Static_assert((int64_t)WEIGHT_LEVELS *(SCALED ? LEVELS : 1) * KEY_BLOCK <= INT32_MAX, "sums of weighted values");

/* Rows of a block of `depth` channels: its words, or less, and its units. */
INLINE ptrdiff_t channel_rows(int depth) {
    return depth + SCALED;
}
/* Per panel of queries: scaled queries in words, sums of values (both depth × PANEL at most), running maximum, running
 * sum. */
INLINE ptrdiff_t panel_state(const dragon_attention *a) {
    return (channel_rows(a->depth) + a->depth + 2) * PANEL;
}
INLINE float *sums_of_values(const dragon_attention *a, float *state) {
    return state + channel_rows(a->depth) * PANEL;
}
INLINE ptrdiff_t key_block_floats(const dragon_attention *a) {
    return KEY_TILES * A_COLUMN * channel_rows(a->depth);
}
/* From tile to tile of tokens. */
INLINE ptrdiff_t token_tile_floats(int depth) {
    return (words_of(depth) + SCALED) * A_COLUMN;
}
INLINE ptrdiff_t value_block_floats(const dragon_attention *a) {
    return (ptrdiff_t)a->depth * A_STRIDE;
}

static size_t attention_scratch(const dragon_attention *a, int32_t queries) {
    return (size_t)(divide_up(queries, PANEL) * panel_state(a) + key_block_floats(a) + value_block_floats(a)) +
           KEY_BLOCK * PANEL;
}

/* What makes the columns' numbers, times a factor, numbers of their units. */
INLINE vf column_units(const float *x, ptrdiff_t row, int i, int columns, int depth, vf factor, float *units) {
    vi largest = {};
    for (int c = 0; c < depth; c++)
        largest = larger(largest, widen_up_to(x + c * row, i, DRAGON_FLOAT32, columns - i) * factor);
    store(units + i, unit_of(largest));
    return factor * units_in(largest);
}

/* depth × PANEL numbers from column `first` on, times a factor, as words; zero past `columns`. Units follow the words. */
INLINE void weave_columns(const float *x, ptrdiff_t row, int first, int columns, int depth, float factor, float *out) {
    vf factors[PANEL / VL];
    for (int i = 0; i < PANEL; i += VL)
        factors[i / VL] = SCALED ? column_units(x + first, row, i, columns, depth, splat(factor),
                                                out + (ptrdiff_t)words_of(depth) * PANEL)
                                 : splat(factor);
    for (int c = 0; c < depth; c += WORD_DEPTH, out += PANEL) {
        const float *from = x + c * row + first;
        for (int i = 0; i < PANEL; i += VL) {
            int is_paired = WORD_DEPTH > 1 && c + 1 < depth;
            vf next = is_paired ? widen_up_to(from + row, i, DRAGON_FLOAT32, columns - i) : (vf){};
            vf these = factors[i / VL];
            store(out + i, weave(widen_up_to(from, i, DRAGON_FLOAT32, columns - i) * these, next * these));
        }
    }
}

static void load_queries(const dragon_attention *a, int first, int columns, float *state) {
    float factor = a->scale * LOG2_E; /* scores in bits: 2^x is cheaper than e^x */
    float *out = sums_of_values(a, state), *top = out + (ptrdiff_t)a->depth * PANEL;
    weave_columns(a->query, a->query_row, first, columns, a->depth, factor, state);
    memset(out, 0, (size_t)(top - out) * sizeof *out);
    for (int i = 0; i < PANEL; i++) {
        top[i] = -1e30f;
        top[PANEL + i] = 0;
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

/* The same in units of the tokens. */
INLINE void round_token_tiles(const float *x, ptrdiff_t row, int left, int count, int depth, float *tiles) {
    for (int j = 0; j < count; j += MR, tiles += token_tile_floats(depth))
        for (int r = 0; r < A_COLUMN; r += VL) {
            float *units = tiles + (ptrdiff_t)words_of(depth) * A_COLUMN;
            vf factor = column_units(x + j, row, r, left - j, depth, splat(1), units);
            for (int c = 0; c < depth; c += WORD_DEPTH) {
                const float *from = x + c * row + j;
                vf next = c + 1 < depth ? widen_up_to(from + row, r, DRAGON_FLOAT32, left - j - r) : (vf){};
                store(tiles + c / WORD_DEPTH * A_COLUMN + r,
                      weave(widen_up_to(from, r, DRAGON_FLOAT32, left - j - r) * factor, next * factor));
            }
        }
}

/* Tokens [first, first + count) of a channel-major array of `total` tokens, as tiles of columns: A(token, channel), the
 * channels in words. Channels may lie at distances that share few sets of a cache, so that each is read but once. */
INLINE void load_token_tiles(const float *x, ptrdiff_t row, int total, int first, int count, int depth, float *tiles) {
    if (SCALED) {
        round_token_tiles(x + first, row, total - first, count, depth, tiles);
        return;
    }
    for (int c = 0; c < depth; c += WORD_DEPTH, tiles += A_COLUMN)
        load_tile_columns(x + c * row + first, row, total - first, count, WORD_DEPTH > 1 && c + 1 < depth,
                          token_tile_floats(depth), tiles);
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
    const float *units = columns + (ptrdiff_t)words_of(depth) * PANEL;
    for (int row = 0; row < count; row += MR) {
        tile_target target = {.c = scores + row * PANEL, .c_row = PANEL, .columns = PANEL, .units = units};
        tile_functions[1][1][min_int(MR, count - row) - 1](tiles + row / MR * token_tile_floats(depth), columns,
                                                           words_of(depth), &target);
    }
}

/* sums[channel][column] += rows · scores, over `count` tokens, which both have in words. */
INLINE void add_token_rows(const float *rows, const float *scores, int depth, int count, float *sums) {
    const float *units = scores + words_of(count) * PANEL;
    for (int row = 0; row < depth; row += MR) {
        tile_target target = {
            .c = sums + row * PANEL, .c_row = PANEL, .columns = PANEL, .accumulate = 1, .units = units};
        tile_functions[0][1][min_int(MR, depth - row) - 1](rows + (ptrdiff_t)row * A_STRIDE, scores, words_of(count),
                                                           &target);
    }
}

/* Scores to the words of their weights, in place: subtracts the new maximum, exponentiates, and rescales what was summed
 * before. Where the format has units, weights are those of the block alone, and their unit brings them to all. */
static void softmax_block(const dragon_attention *a, int count, float *scores, float *state) {
    float *out = sums_of_values(a, state), *top = out + (ptrdiff_t)a->depth * PANEL, *sum = top + PANEL;
    const float levels = SCALED ? WEIGHT_LEVELS : 1;
    for (int v = 0; v < PANEL; v += VL) {
        vf before = load(top + v), most = SCALED ? load(scores + v) : before, total = {};
        for (int j = 0; j < count; j++)
            most = maximum(most, load(scores + j * PANEL + v));
        vf now = maximum(before, most);
        for (int j = 0; j < count; j += WORD_DEPTH) {
            vf weight = exp2_vf(load(scores + j * PANEL + v) - most), next = {};
            if (WORD_DEPTH > 1 && j + 1 < count)
                next = exp2_vf(load(scores + (j + 1) * PANEL + v) - most);
            store(scores + j / WORD_DEPTH * PANEL + v, weave(weight * levels, next * levels));
            total += weight;
            if (WORD_DEPTH > 1)
                total += next;
        }
        if (SCALED) {
            vf share = exp2_vf(most - now);
            store(scores + words_of(count) * PANEL + v, share * (1.0f / WEIGHT_LEVELS));
            total *= share;
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
    add_token_rows(values, scores, a->depth, count, sums_of_values(a, state));
}

static void store_queries(const dragon_attention *a, int first, int columns, float *state) {
    const float *out = sums_of_values(a, state), *top = out + (ptrdiff_t)a->depth * PANEL;
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
