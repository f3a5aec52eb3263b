/* The pullback of attention in blocks: scores are computed anew, so that no more than a block of them ever exists.
 *
 * With P = softmax(scale·KᵀQ), O = V·P and D = Σ dO∘O over channels:
 * dV = dO·Pᵀ, dS = P∘(Vᵀ·dO − D), dQ = scale·K·dS, dK = scale·Q·dSᵀ.
 *
 * Where keys are constant, queries stand as columns, and P and dS of some keys after the others add to dQ.
 * Where dK and dV are asked for, keys stand as columns, and one pass over the queries gives all three: Pᵀ and dSᵀ of a
 * block of queries and a panel of keys add to dV and dK, which stay with the panel; dSᵀ is kept until a group of panels
 * has been gone through, which makes a sum worth its while of dQᵀ += dSᵀ·Kᵀ. So scores and their exponentials are
 * computed once, and a block of queries is brought to the products' format once for the whole group. */
#ifndef DRAGON_ATTENTION_PULLBACK_H
#define DRAGON_ATTENTION_PULLBACK_H

#include "attention.h"

#define TILE_BLOCK(depth) ((ptrdiff_t)KEY_TILES * A_COLUMN * (depth))
#define ROW_BLOCK(depth) ((ptrdiff_t)(depth)*A_STRIDE)
#define COLUMN_BLOCK(depth) ((ptrdiff_t)(depth)*PANEL)

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

/* ---- dQ alone: queries as columns */

static size_t attention_query_scratch(const dragon_attention_pullback *a) {
    ptrdiff_t n = a->cotangents, d = a->depth;
    ptrdiff_t columns = (1 + 2 * n) * COLUMN_BLOCK(d) + (1 + n) * PANEL;
    return (size_t)(columns + 2 * TILE_BLOCK(d) + ROW_BLOCK(d) + 2 * KEY_BLOCK * PANEL);
}

typedef struct query_columns {
    float *query, *d_out, *d_query; /* d_out and d_query: one block for each cotangent */
    float *log_sum, *dots;          /* in bits; one row for each cotangent */
    float *tiles, *value_tiles, *rows, *weights, *scores;
} query_columns;

static void load_query_columns(const dragon_attention_pullback *a, int first, int columns, const query_columns *s) {
    ptrdiff_t block = COLUMN_BLOCK(a->depth);
    weave_columns(a->query, a->query_row, first, columns, a->depth, 1, s->query);
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
    float factor = a->scale * LOG2_E;
    multiply_token_tiles(s->tiles, s->query, a->depth, count, s->weights);
    for (int v = 0; v < PANEL; v += VL) {
        vf log_sum = load(s->log_sum + v);
        for (int j = 0; j < count; j++) {
            float *weight = s->weights + j * PANEL + v;
            store(weight, exp2_vf(load(weight) * factor - log_sum));
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

/* ---- dQ, dK and dV: keys as columns */

/* Whole tiles of queries, and what a row of dS holds of keys. */
#define QUERY_BLOCK (KEY_BLOCK / MR * MR)
#define KEY_GROUP 256
#define GROUP_PANELS (KEY_GROUP / PANEL)
_Static_assert(KEY_GROUP <= A_STRIDE * WORD_DEPTH, "a row of dS holds a group of keys");
/* Floats of a query's channels, in whole vectors. */
#define CHANNELS(depth) ((ptrdiff_t)divide_up(depth, VL) * VL)

/* What tiles of scores become, from a tile's first query on. */
typedef struct score_target {
    const float *log_sum, *dots;
    const float *absent; /* for each key of the panel: 0, or far below where there is none, so that it weighs nothing */
    float factor;
    float *weights;  /* (query, key) */
    float *words;    /* weights or dS, neighbouring queries in words */
    float *d_scores; /* dS(query, key), A_STRIDE apart, neighbouring keys in words */
} score_target;

INLINE void store_words(int rows, vf x[MR][2], float *words) {
    UNROLL for (int r = 0; r < rows; r += WORD_DEPTH) {
        UNROLL for (int v = 0; v < 2; v++) {
            vf next = WORD_DEPTH > 1 && r + 1 < rows ? x[r + 1][v] : (vf){};
            store(words + r / WORD_DEPTH * PANEL + v * VL, weave(x[r][v], next));
        }
    }
}

/* The exponentials are taken while the scores are still in registers. */
INLINE void weight_tile(int rows, const float *a, const float *b, int depth, const score_target *t) {
    vf x[MR][2];
    tile_sums(rows, 2, 1, A_COLUMN, a, b, depth, x);
    UNROLL for (int r = 0; r < rows; r++) {
        float log_sum = t->log_sum[r] * LOG2_E;
        UNROLL for (int v = 0; v < 2; v++) {
            x[r][v] = exp2_vf(x[r][v] * t->factor - log_sum + load(t->absent + v * VL));
            store(t->weights + r * PANEL + v * VL, x[r][v]);
        }
    }
    if (WORD_DEPTH > 1)
        store_words(rows, x, t->words);
}

INLINE void d_score_tile(int rows, const float *a, const float *b, int depth, const score_target *t) {
    vf x[MR][2];
    tile_sums(rows, 2, 1, A_COLUMN, a, b, depth, x);
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < 2; v++) {
            x[r][v] = load(t->weights + r * PANEL + v * VL) * (x[r][v] - t->dots[r]);
        }
        UNROLL for (int v = 0; v < 2; v += WORD_DEPTH) {
            store(t->d_scores + r * A_STRIDE + v * VL / WORD_DEPTH, along(x[r][v], x[r][v + WORD_DEPTH - 1]));
        }
    }
    store_words(rows, x, t->words);
}

#define SCORE_FUNCTION(kind, rows)                                                                                     \
    static __attribute__((noinline)) void kind##_##rows(const float *a, const float *b, int depth,                     \
                                                        const score_target *t) {                                       \
        kind(rows, a, b, depth, t);                                                                                    \
    }
#define SCORE_FUNCTIONS(rows) SCORE_FUNCTION(weight_tile, rows) SCORE_FUNCTION(d_score_tile, rows)
EACH_ROW_COUNT(SCORE_FUNCTIONS)

typedef void score_function(const float *a, const float *b, int depth, const score_target *t);
#define WEIGHT_ENTRY(rows) weight_tile_##rows,
#define D_SCORE_ENTRY(rows) d_score_tile_##rows,
static score_function *const weight_functions[MR] = {EACH_ROW_COUNT(WEIGHT_ENTRY)};
static score_function *const d_score_functions[MR] = {EACH_ROW_COUNT(D_SCORE_ENTRY)};

/* As multiply_token_tiles. */
INLINE void multiply_scores(score_function *const *functions, const float *tiles, const float *columns, int depth,
                            int count, score_target t) {
    for (int row = 0; row < count; row += MR) {
        functions[min_int(MR, count - row) - 1](tiles, columns, words_of(depth), &t);
        tiles += words_of(depth) * A_COLUMN;
        t.log_sum += MR, t.dots += MR, t.weights += MR * PANEL;
        t.words += MR / WORD_DEPTH * PANEL, t.d_scores += MR * A_STRIDE;
    }
}

typedef struct key_group {
    float *key, *value, *d_key, *d_value; /* for each panel one block, or one for each cotangent */
    float *key_rows;                      /* K(key, channel), the keys in words */
    float *tiles, *rows;                  /* of a block of queries, then of each cotangent */
    float *weights, *words, *scores;
    float *d_scores; /* one block for each cotangent */
    float *d_query;  /* of all queries, dQ(query, channel) for each cotangent */
} key_group;

static size_t attention_gradients_scratch(const dragon_attention_pullback *a) {
    ptrdiff_t n = a->cotangents, d = a->depth;
    ptrdiff_t keys = (2 + 2 * n) * GROUP_PANELS * COLUMN_BLOCK(d) + words_of(KEY_GROUP) * CHANNELS(d);
    ptrdiff_t queries = (1 + n) * (TILE_BLOCK(d) + ROW_BLOCK(d)) + n * a->queries * CHANNELS(d);
    return (size_t)(keys + queries + (3 * PANEL + n * A_STRIDE) * QUERY_BLOCK);
}

static key_group divide_scratch(const dragon_attention_pullback *a, float *scratch) {
    ptrdiff_t n = a->cotangents, d = a->depth, panels = GROUP_PANELS * COLUMN_BLOCK(d);
    key_group s = {.key = scratch};
    s.value = s.key + panels, s.d_key = s.value + panels, s.d_value = s.d_key + n * panels;
    s.key_rows = s.d_value + n * panels;
    s.tiles = s.key_rows + words_of(KEY_GROUP) * CHANNELS(d);
    s.rows = s.tiles + (1 + n) * TILE_BLOCK(d);
    s.weights = s.rows + (1 + n) * ROW_BLOCK(d);
    s.scores = s.weights + QUERY_BLOCK * PANEL;
    s.words = WORD_DEPTH > 1 ? s.scores + QUERY_BLOCK * PANEL : s.weights;
    s.d_scores = s.scores + 2 * QUERY_BLOCK * PANEL;
    s.d_query = s.d_scores + n * QUERY_BLOCK * A_STRIDE;
    return s;
}

/* Keys as rows, in panels of channels. */
static void load_key_rows(const dragon_attention_pullback *a, int first, int count, float *out) {
    for (int c = 0; c < a->depth; c += PANEL) {
        int width = min_int(PANEL, (int)CHANNELS(a->depth) - c), channels = min_int(width, a->depth - c);
        for (int j = 0; j < count; j += WORD_DEPTH, out += width) {
            const float *from = a->key + c * a->key_row + first + j;
            float now[PANEL], next[PANEL];
            for (int i = 0; i < channels; i++) {
                now[i] = from[i * a->key_row];
                next[i] = j + 1 < count ? from[i * a->key_row + 1] : 0;
            }
            weave_rows(now, next, channels, width, out);
        }
    }
}

static void load_key_group(const dragon_attention_pullback *a, int first, int count, const key_group *s) {
    ptrdiff_t block = COLUMN_BLOCK(a->depth);
    for (int p = 0; p * PANEL < count; p++) {
        int at = first + p * PANEL, columns = min_int(PANEL, count - p * PANEL);
        weave_columns(a->key, a->key_row, at, columns, a->depth, 1, s->key + p * block);
        weave_columns(a->value, a->key_row, at, columns, a->depth, 1, s->value + p * block);
    }
    load_key_rows(a, first, count, s->key_rows);
    memset(s->d_key, 0, (size_t)(2 * a->cotangents * GROUP_PANELS * block) * sizeof(float)); /* d_value follows */
}

/* Tokens as tiles and as rows, while a channel is at hand. */
static void load_tokens(const float *x, ptrdiff_t row, int left, int count, int depth, float *tiles, float *rows) {
    for (int c = 0; c < depth; c += WORD_DEPTH, x += WORD_DEPTH * row, tiles += A_COLUMN) {
        int is_paired = WORD_DEPTH > 1 && c + 1 < depth;
        load_tile_columns(x, row, left, count, is_paired, words_of(depth) * A_COLUMN, tiles);
        load_token_rows(x, row, 0, count, 1 + is_paired, rows + c * A_STRIDE);
    }
}

static void load_query_block(const dragon_attention_pullback *a, int first, int count, const key_group *s) {
    for (int t = 0; t <= a->cotangents; t++) {
        const float *x = t == 0 ? a->query : a->d_out + (t - 1) * a->d_query_next;
        load_tokens(x + first, a->query_row, a->queries - first, count, a->depth, s->tiles + t * TILE_BLOCK(a->depth),
                    s->rows + t * ROW_BLOCK(a->depth));
    }
}

/* dV += dO·Pᵀ and dK += Q·dSᵀ for one panel of keys; leaves dSᵀ. */
static void add_panel(const dragon_attention_pullback *a, int first, int count, int panel, int columns,
                      const key_group *s) {
    int d = a->depth, n = a->cotangents;
    ptrdiff_t block = COLUMN_BLOCK(d);
    float absent[PANEL];
    for (int i = 0; i < PANEL; i++)
        absent[i] = i < columns ? 0 : -1e30f;
    score_target target = {.log_sum = a->log_sum + first,
                           .dots = a->dots + first,
                           .absent = absent,
                           .factor = a->scale * LOG2_E,
                           .weights = s->weights,
                           .words = s->words,
                           .d_scores = s->d_scores + panel * PANEL / WORD_DEPTH};
    multiply_scores(weight_functions, s->tiles, s->key + panel * block, d, count, target);
    target.words = s->scores;
    for (int t = 0; t < n; t++) {
        ptrdiff_t sums = (panel * n + t) * block;
        add_token_rows(s->rows + (t + 1) * ROW_BLOCK(d), s->words, d, count, s->d_value + sums);
        multiply_scores(d_score_functions, s->tiles + (t + 1) * TILE_BLOCK(d), s->value + panel * block, d, count,
                        target);
        add_token_rows(s->rows, s->scores, d, count, s->d_key + sums);
        target.dots += a->queries, target.d_scores += QUERY_BLOCK * A_STRIDE;
    }
}

/* dQᵀ += dSᵀ·Kᵀ over a group of keys. */
static void add_query_gradients(const dragon_attention_pullback *a, int first, int count, int keys,
                                const key_group *s) {
    ptrdiff_t channels = CHANNELS(a->depth);
    for (int t = 0; t < a->cotangents; t++)
        for (int c = 0; c < channels; c += PANEL) {
            int width = min_int(PANEL, (int)channels - c);
            for (int row = 0; row < count; row += MR) {
                float *to = s->d_query + (t * (ptrdiff_t)a->queries + first + row) * channels + c;
                tile_target target = {.c = to, .c_row = channels, .columns = width, .accumulate = 1};
                tile_functions[0][width / VL - 1][min_int(MR, count - row) - 1](
                    s->d_scores + (t * QUERY_BLOCK + row) * A_STRIDE, s->key_rows + c * words_of(keys), words_of(keys),
                    &target);
            }
        }
}

static void store_key_group(const dragon_attention_pullback *a, int first, int count, const key_group *s) {
    int d = a->depth, n = a->cotangents;
    for (int p = 0; p * PANEL < count; p++)
        for (int t = 0; t < n; t++) {
            int at = first + p * PANEL, columns = min_int(PANEL, count - p * PANEL);
            ptrdiff_t sums = (p * n + t) * COLUMN_BLOCK(d);
            store_columns(s->d_key + sums, a->d_key + t * a->d_key_next, a->key_row, at, columns, d, a->scale);
            store_columns(s->d_value + sums, a->d_value + t * a->d_key_next, a->key_row, at, columns, d, 1);
        }
}

/* dQᵀ to dQ, a few queries at a time, which stay in the cache meanwhile. */
static void store_query_gradients(const dragon_attention_pullback *a, const key_group *s) {
    ptrdiff_t channels = CHANNELS(a->depth);
    for (int t = 0; t < a->cotangents; t++)
        for (int first = 0; first < a->queries; first += PANEL) {
            const float *from = s->d_query + (t * (ptrdiff_t)a->queries + first) * channels;
            float *to = a->d_query + t * a->d_query_next + first;
            int count = min_int(PANEL, a->queries - first);
            for (int c = 0; c < a->depth; c++)
                for (int i = 0; i < count; i++)
                    to[c * a->query_row + i] = from[i * channels + c] * a->scale;
        }
}

static void attention_gradients(const dragon_attention_pullback *a, int32_t begin, int32_t end, float *scratch) {
    key_group s = divide_scratch(a, scratch);
    memset(s.d_query, 0, (size_t)(a->cotangents * a->queries * CHANNELS(a->depth)) * sizeof(float));
    for (int key = begin; key < end; key += KEY_GROUP) {
        int keys = min_int(KEY_GROUP, end - key);
        load_key_group(a, key, keys, &s);
        for (int query = 0; query < a->queries; query += QUERY_BLOCK) {
            int count = min_int(QUERY_BLOCK, a->queries - query);
            load_query_block(a, query, count, &s);
            for (int p = 0; p * PANEL < keys; p++)
                add_panel(a, query, count, p, min_int(PANEL, keys - p * PANEL), &s);
            add_query_gradients(a, query, count, keys, &s);
        }
        store_key_group(a, key, keys, &s);
    }
    store_query_gradients(a, &s);
}

#endif
