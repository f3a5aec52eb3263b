/* The pullback of attention in blocks: scores are computed anew, so that no more than a block of them ever exists.
 *
 * With P = softmax(scale·KᵀQ), O = V·P and D = Σ dO∘O over channels:
 * dV = dO·Pᵀ, dS = P∘(Vᵀ·dO − D), dQ = scale·K·dS, dK = scale·Q·dSᵀ.
 * One pass has queries as columns and gives dQ, the other has keys as columns and gives dK and dV. */
#ifndef DRAGON_ATTENTION_PULLBACK_H
#define DRAGON_ATTENTION_PULLBACK_H

#include "attention.h"

#define TILE_BLOCK(depth) ((ptrdiff_t)KEY_TILES * A_COLUMN * (depth))
#define ROW_BLOCK(depth) ((ptrdiff_t)(depth)*A_STRIDE)
#define COLUMN_BLOCK(depth) ((ptrdiff_t)(depth)*PANEL)

static size_t attention_pullback_scratch(const dragon_attention_pullback *a) {
    ptrdiff_t cotangents = a->cotangents, d = a->depth;
    ptrdiff_t blocks = (1 + cotangents) * (TILE_BLOCK(d) + ROW_BLOCK(d));
    ptrdiff_t columns = (2 + 2 * cotangents) * COLUMN_BLOCK(d) + (1 + cotangents) * PANEL;
    return (size_t)(blocks + columns + (WORD_DEPTH > 1 ? 3 : 2) * KEY_BLOCK * PANEL);
}

/* Rows of `count` tokens, PANEL numbers each, as words of neighbouring tokens; in place, if wanted. */
INLINE void weave_tokens(const float *from, int count, float *to) {
    for (int j = 0; j < count; j += WORD_DEPTH)
        weave_rows(from + j * PANEL, j + 1 < count ? from + (j + 1) * PANEL : NULL, PANEL, PANEL,
                   to + j / WORD_DEPTH * PANEL);
}

INLINE void store_columns(const float *from, float *x, ptrdiff_t row, int first, int columns, int depth, float factor) {
    for (int c = 0; c < depth; c++)
        for (int i = 0; i < columns; i++)
            x[c * row + first + i] = from[c * PANEL + i] * factor;
}

/* ---- dQ: queries as columns */

typedef struct query_columns {
    float *query, *d_out, *d_query; /* d_out and d_query: one block for each cotangent */
    float *log_sum, *dots;          /* in bits; one row for each cotangent */
    float *tiles, *value_tiles, *rows, *weights, *scores;
} query_columns;

static void load_query_columns(const dragon_attention_pullback *a, int first, int columns, const query_columns *s) {
    ptrdiff_t block = COLUMN_BLOCK(a->depth);
    weave_columns(a->query, a->query_row, first, columns, a->depth, a->scale * LOG2_E, s->query);
    for (int i = 0; i < PANEL; i++)
        s->log_sum[i] = i < columns ? a->log_sum[first + i] * LOG2_E : 0;
    for (int t = 0; t < a->cotangents; t++) {
        weave_columns(a->d_out + t * a->d_query_next, a->query_row, first, columns, a->depth, 1, s->d_out + t * block);
        for (int i = 0; i < PANEL; i++)
            s->dots[t * PANEL + i] = i < columns ? a->dots[(ptrdiff_t)t * a->queries + first + i] : 0;
    }
    memset(s->d_query, 0, (size_t)(a->cotangents * block) * sizeof(float));
}

static void add_key_block(const dragon_attention_pullback *a, int count, const query_columns *s) {
    ptrdiff_t block = COLUMN_BLOCK(a->depth);
    multiply_token_tiles(s->tiles, s->query, a->depth, count, s->weights);
    for (int v = 0; v < PANEL; v += VL) {
        vf log_sum = load(s->log_sum + v);
        for (int j = 0; j < count; j++) {
            float *weight = s->weights + j * PANEL + v;
            store(weight, exp2_vf(load(weight) - log_sum));
        }
    }
    for (int t = 0; t < a->cotangents; t++) {
        multiply_token_tiles(s->value_tiles, s->d_out + t * block, a->depth, count, s->scores);
        for (int v = 0; v < PANEL; v += VL) {
            vf dots = load(s->dots + t * PANEL + v);
            for (int j = 0; j < count; j++) {
                ptrdiff_t at = j * PANEL + v;
                store(s->scores + at, load(s->weights + at) * (load(s->scores + at) - dots));
            }
        }
        if (WORD_DEPTH > 1)
            weave_tokens(s->scores, count, s->scores);
        add_token_rows(s->rows, s->scores, a->depth, count, s->d_query + t * block);
    }
}

static void attention_query_gradient(const dragon_attention_pullback *a, int32_t begin, int32_t end, float *scratch) {
    int d = a->depth, n = a->cotangents;
    ptrdiff_t block = COLUMN_BLOCK(d);
    query_columns s;
    s.query = scratch, s.d_out = s.query + block, s.d_query = s.d_out + n * block;
    s.log_sum = s.d_query + n * block, s.dots = s.log_sum + PANEL;
    s.tiles = s.dots + n * PANEL, s.value_tiles = s.tiles + TILE_BLOCK(d), s.rows = s.value_tiles + TILE_BLOCK(d);
    s.weights = s.rows + ROW_BLOCK(d), s.scores = s.weights + KEY_BLOCK * PANEL;
    for (int first = begin; first < end; first += PANEL) {
        int columns = min_int(PANEL, end - first);
        load_query_columns(a, first, columns, &s);
        for (int key = 0; key < a->keys; key += KEY_BLOCK) {
            int count = min_int(KEY_BLOCK, a->keys - key);
            load_token_tiles(a->key, a->key_row, a->keys, key, count, d, s.tiles);
            load_token_tiles(a->value, a->key_row, a->keys, key, count, d, s.value_tiles);
            load_token_rows(a->key, a->key_row, key, count, d, s.rows);
            add_key_block(a, count, &s);
        }
        for (int t = 0; t < n; t++)
            store_columns(s.d_query + t * block, a->d_query + t * a->d_query_next, a->query_row, first, columns, d,
                          a->scale);
    }
}

/* ---- dK and dV: keys as columns */

typedef struct key_columns {
    float *key, *value, *d_key, *d_value; /* d_key and d_value: one block for each cotangent */
    float *tiles, *rows;                  /* of the queries, then of each cotangent */
    float *weights, *scores;
    float *words; /* of the weights */
} key_columns;

static void add_query_block(const dragon_attention_pullback *a, int first, int count, const key_columns *s) {
    ptrdiff_t block = COLUMN_BLOCK(a->depth), tile_block = TILE_BLOCK(a->depth), row_block = ROW_BLOCK(a->depth);
    multiply_token_tiles(s->tiles, s->key, a->depth, count, s->weights);
    for (int j = 0; j < count; j++) {
        float log_sum = a->log_sum[first + j] * LOG2_E;
        for (int v = 0; v < PANEL; v += VL) {
            float *weight = s->weights + j * PANEL + v;
            store(weight, exp2_vf(load(weight) - log_sum));
        }
    }
    if (WORD_DEPTH > 1)
        weave_tokens(s->weights, count, s->words);
    for (int t = 0; t < a->cotangents; t++) {
        const float *dots = a->dots + (ptrdiff_t)t * a->queries + first;
        add_token_rows(s->rows + (t + 1) * row_block, WORD_DEPTH > 1 ? s->words : s->weights, a->depth, count,
                       s->d_value + t * block);
        multiply_token_tiles(s->tiles + (t + 1) * tile_block, s->value, a->depth, count, s->scores);
        for (int j = 0; j < count; j++)
            for (int v = 0; v < PANEL; v += VL) {
                ptrdiff_t at = j * PANEL + v;
                store(s->scores + at, load(s->weights + at) * (load(s->scores + at) - dots[j]));
            }
        if (WORD_DEPTH > 1)
            weave_tokens(s->scores, count, s->scores);
        add_token_rows(s->rows, s->scores, a->depth, count, s->d_key + t * block);
    }
}

static void attention_key_gradient(const dragon_attention_pullback *a, int32_t begin, int32_t end, float *scratch) {
    int d = a->depth, n = a->cotangents;
    ptrdiff_t block = COLUMN_BLOCK(d);
    key_columns s;
    s.key = scratch, s.value = s.key + block, s.d_key = s.value + block, s.d_value = s.d_key + n * block;
    s.tiles = s.d_value + n * block, s.rows = s.tiles + (n + 1) * TILE_BLOCK(d);
    s.weights = s.rows + (n + 1) * ROW_BLOCK(d), s.scores = s.weights + KEY_BLOCK * PANEL;
    s.words = s.scores + KEY_BLOCK * PANEL;
    for (int first = begin; first < end; first += PANEL) {
        int columns = min_int(PANEL, end - first);
        weave_columns(a->key, a->key_row, first, columns, d, a->scale * LOG2_E, s.key);
        weave_columns(a->value, a->key_row, first, columns, d, 1, s.value);
        memset(s.d_key, 0, (size_t)(2 * n * block) * sizeof(float));
        for (int query = 0; query < a->queries; query += KEY_BLOCK) {
            int count = min_int(KEY_BLOCK, a->queries - query);
            for (int t = 0; t <= n; t++) {
                const float *x = t == 0 ? a->query : a->d_out + (t - 1) * a->d_query_next;
                load_token_tiles(x, a->query_row, a->queries, query, count, d, s.tiles + t * TILE_BLOCK(d));
                load_token_rows(x, a->query_row, query, count, d, s.rows + t * ROW_BLOCK(d));
            }
            add_query_block(a, query, count, &s);
        }
        for (int t = 0; t < n; t++) {
            store_columns(s.d_key + t * block, a->d_key + t * a->d_key_next, a->key_row, first, columns, d, a->scale);
            store_columns(s.d_value + t * block, a->d_value + t * a->d_key_next, a->key_row, first, columns, d, 1);
        }
    }
}

#endif
