/* Every table of kernels that the processor runs, compared with the plain one of the same format: products of every layout,
 * Winograd's convolutions, attention and its pullback, on random numbers. Prints a line for each and ends with 1 where
 * one differs by more than the order of its sums can explain. */
#include "dragon_kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const format_names[] = {"float32", "", "bfloat16", "int16"};
static uint32_t state = 1;
static int failures;
static int32_t format; /* of the tables that are compared */

/* What lies on the border of two rounded numbers may be rounded either way, if what comes before is not rounded alike. */
static double bound(double unrounded, double rounded) {
    return format == DRAGON_FLOAT32 ? unrounded : rounded;
}

static float *numbers(size_t count) {
    float *x = aligned_alloc(64, ((count + DRAGON_SLACK) * sizeof(float) + 63) / 64 * 64);
    if (!x)
        abort();
    for (size_t i = 0; i < count + DRAGON_SLACK; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(int32_t)state / 2147483648.0f;
    }
    return x;
}

static float *zeros(size_t count) {
    float *x = numbers(count);
    memset(x, 0, (count + DRAGON_SLACK) * sizeof(float));
    return x;
}

static void report(const char *what, const dragon_kernel_table *table, const float *found, const float *expected,
                   size_t count, double most) {
    double worst = 0, largest = 1e-30;
    for (size_t i = 0; i < count; i++) {
        double difference = fabs((double)found[i] - expected[i]);
        worst = difference <= worst ? worst : difference; /* not a number wins */
        largest = fmax(largest, fabs((double)expected[i]));
    }
    int fails = !(worst / largest <= most);
    failures += fails;
    printf("%-10s %-8s  %-34s %.1e%s\n", table->name, format_names[format], what, worst / largest,
           fails ? "  FAILS" : "");
    fflush(stdout);
}

/* ---- products */

static void multiply(const dragon_kernel_table *table, const dragon_product *p, int is_packed) {
    int panels = p->items * ((p->n + table->panel - 1) / table->panel);
    float *packed = zeros(table->products.packed_floats(p, panels)),
          *scratch = zeros(table->products.multiply_scratch(p, panels, is_packed));
    if (is_packed)
        table->products.pack(p, 0, panels, packed);
    table->products.multiply(p, 0, p->m, 0, panels, is_packed ? packed : NULL, scratch);
    free(packed);
    free(scratch);
}

static void compare_product(const char *what, dragon_product p, const dragon_kernel_table *plain,
                            const dragon_kernel_table *table) {
    size_t count = (size_t)p.items * (size_t)p.m * (size_t)p.n;
    float *expected = zeros(count), *found = zeros(count);
    p.c_row = p.n;
    p.c_item = (ptrdiff_t)p.m * p.n;
    p.c = expected;
    multiply(plain, &p, 0);
    p.c = found;
    for (int is_packed = 0; is_packed < 2; is_packed++) {
        multiply(table, &p, is_packed);
        report(what, table, found, expected, count, format == DRAGON_INT16 ? 2e-4 : 5e-6);
    }
    free(expected);
    free(found);
}

static void compare_products(const dragon_kernel_table *plain, const dragon_kernel_table *table) {
    static const int shapes[][4] = {{1, 1, 1, 1}, {33, 301, 77, 1}, {64, 1037, 33, 2}, {29, 64, 500, 1}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        int m = shapes[i][0], k = shapes[i][1], n = shapes[i][2], items = shapes[i][3];
        float *a = numbers((size_t)m * (size_t)k), *b = numbers((size_t)items * (size_t)k * (size_t)n);
        float *bias = numbers((size_t)m);
        dragon_product p = {.a = a,
                            .taps = 1,
                            .a_row = k,
                            .a_col = 1,
                            .b = b,
                            .b_row = n,
                            .b_item = (ptrdiff_t)k * n,
                            .bias = bias,
                            .m = m,
                            .k = k,
                            .items = items,
                            .n = n};
        compare_product("product", p, plain, table);
        p.a_row = 1, p.a_col = m;
        compare_product("product of a transpose", p, plain, table);
        p.a_type = DRAGON_FLOAT16;
        memset(a, 0x3A, (size_t)m * (size_t)k * 2);
        compare_product("product of halves", p, plain, table);
        free(a);
        free(b);
        free(bias);
    }
}

static void compare_patches(const dragon_kernel_table *plain, const dragon_kernel_table *table) {
    int in = 61, out = 19, height = 9, width = 14;
    float *a = numbers((size_t)(out * in * 9)), *b = numbers((size_t)(in * height * width));
    dragon_product p = {.a = a,
                        .taps = 9,
                        .a_row = in * 9,
                        .a_col = 9,
                        .a_tap = 1,
                        .b = b,
                        .b_row = height * width,
                        .window = 3,
                        .stride = 1,
                        .pad = 1,
                        .in_height = height,
                        .in_width = width,
                        .out_width = width,
                        .m = out,
                        .k = in * 9,
                        .items = 1,
                        .n = height * width};
    compare_product("convolution, summed directly", p, plain, table);
    p.a = a + 8, p.a_tap = -1;
    compare_product("convolution, filters turned round", p, plain, table);
    free(a);
    free(b);
}

/* ---- Winograd */

static void filter(const dragon_kernel_table *table, dragon_winograd w, int columns) {
    int rows = w.items * ((w.height + table->products.winograd_rows - 1) / table->products.winograd_rows);
    w.band_end = rows;
    w.vectors = rows * columns <= table->lanes ? 1 : 2;
    float *input = zeros(table->products.winograd_input_floats(&w)),
          *scratch = zeros(table->products.winograd_scratch(&w, w.out_channels));
    for (int word = 0; word * table->products.word_depth < w.in_channels; word++)
        table->products.winograd_input(&w, word, input, scratch);
    table->products.winograd_output(&w, 0, w.out_channels, input, scratch);
    free(input);
    free(scratch);
}

static void compare_winograd(const dragon_kernel_table *plain, const dragon_kernel_table *table) {
    static const int shapes[][5] = {{2, 20, 17, 16, 16}, {1, 33, 18, 17, 50}, {1, 600, 16, 13, 22}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        int items = shapes[i][0], in = shapes[i][1], out = shapes[i][2], height = shapes[i][3], width = shapes[i][4];
        size_t area = (size_t)(height * width), count = (size_t)(items * out) * area;
        float *weight = numbers((size_t)(in * out * 9)), *x = numbers((size_t)(items * in) * area);
        float *expected = zeros(count), *found = zeros(count);
        dragon_winograd w = {.weight = weight,
                             .w_out = in * 9,
                             .w_in = 9,
                             .x = x,
                             .x_item = in * height * width,
                             .y_item = out * height * width,
                             .in_channels = in,
                             .out_channels = out,
                             .items = items,
                             .height = height,
                             .width = width};
        for (w.flip = 0; w.flip < 2; w.flip++) {
            w.y = expected, filter(plain, w, (width + 3) / 4);
            w.y = found, filter(table, w, (width + 3) / 4);
            report(w.flip ? "Winograd, filters turned round" : "Winograd", table, found, expected, count,
                   bound(2e-5, 2e-3));
        }
        free(weight);
        free(x);
        free(expected);
        free(found);
    }
}

/* ---- attention */

enum { COTANGENTS = 2 };

typedef struct attended {
    int depth, queries, keys;
    size_t query_floats, key_floats; /* of all channels */
} attended;

static dragon_attention_pullback pullback(attended s, const float *q, const float *k, const float *v, const float *dy) {
    return (dragon_attention_pullback){.query = q,
                                       .key = k,
                                       .value = v,
                                       .d_out = dy,
                                       .query_row = s.queries,
                                       .key_row = s.keys,
                                       .d_query_next = (ptrdiff_t)s.query_floats,
                                       .d_key_next = (ptrdiff_t)s.key_floats,
                                       .queries = s.queries,
                                       .keys = s.keys,
                                       .depth = s.depth,
                                       .cotangents = COTANGENTS,
                                       .scale = 0.3f};
}

/* Attention, and what its pullback takes of it. */
static void attend(const dragon_kernel_table *table, const dragon_attention_pullback *p, float *out, float *log_sum,
                   float *dots) {
    dragon_keys keys = {.key = p->key, .value = p->value, .count = p->keys, .row = p->keys};
    dragon_attention a = {.query = p->query,
                          .out = out,
                          .log_sum = log_sum,
                          .query_row = p->queries,
                          .out_row = p->queries,
                          .parts = &keys,
                          .part_count = 1,
                          .depth = p->depth,
                          .scale = p->scale};
    float *scratch = zeros(table->products.attention_scratch(&a, p->queries));
    table->products.attention(&a, 0, p->queries, scratch);
    free(scratch);
    for (int t = 0; t < p->cotangents; t++)
        for (ptrdiff_t i = 0; i < p->d_query_next; i++)
            dots[t * p->queries + i % p->queries] += p->d_out[t * p->d_query_next + i] * out[i];
}

/* All gradients of two spans of keys, then those of the queries in a pass of their own. */
static void pull_back(const dragon_kernel_table *table, dragon_attention_pullback p, float *gradients) {
    size_t query = (size_t)(p.cotangents * p.d_query_next), key = (size_t)(p.cotangents * p.d_key_next);
    p.d_query = gradients, p.d_key = gradients + 3 * query, p.d_value = p.d_key + key;
    float *scratch = numbers(table->attention_gradients_scratch(&p));
    table->attention_gradients(&p, 0, p.keys / 5, scratch);
    p.d_query += query;
    table->attention_gradients(&p, p.keys / 5, p.keys, scratch);
    free(scratch);
    p.d_query += query;
    scratch = numbers(table->attention_query_scratch(&p));
    table->attention_query_gradient(&p, 0, p.queries, scratch);
    free(scratch);
}

static void compare_attention_of(attended s, const dragon_kernel_table *plain, const dragon_kernel_table *table) {
    s.query_floats = (size_t)(s.depth * s.queries), s.key_floats = (size_t)(s.depth * s.keys);
    size_t gradients = COTANGENTS * (3 * s.query_floats + 2 * s.key_floats), query = COTANGENTS * s.query_floats;
    float *q = numbers(s.query_floats), *k = numbers(s.key_floats), *v = numbers(s.key_floats), *dy = numbers(query);
    float *out[2], *found[2];
    for (int i = 0; i < 2; i++) {
        float *log_sum = zeros((size_t)s.queries), *dots = zeros((size_t)(COTANGENTS * s.queries));
        dragon_attention_pullback p = pullback(s, q, k, v, dy);
        p.log_sum = log_sum, p.dots = dots;
        out[i] = zeros(s.query_floats), found[i] = zeros(gradients);
        attend(i ? table : plain, &p, out[i], log_sum, dots);
        pull_back(i ? table : plain, p, found[i]);
        free(log_sum), free(dots);
    }
    double most = bound(2e-5, 2e-3);
    report("attention", table, out[1], out[0], s.query_floats, most);
    report("attention's gradients", table, found[1], found[0], gradients, most);
    for (size_t i = 0; i < query; i++)
        found[1][i] += found[1][query + i];
    report("gradients of spans of keys, added", table, found[1], found[1] + 2 * query, query, most);
    free(q), free(k), free(v), free(dy);
    for (int i = 0; i < 2; i++)
        free(out[i]), free(found[i]);
}

/* Fewer and more tokens than a block or a group has, in numbers that nothing divides. */
static void compare_attention(const dragon_kernel_table *plain, const dragon_kernel_table *table) {
    static const attended shapes[] = {{.depth = 40, .queries = 70, .keys = 301},
                                      {.depth = 37, .queries = 273, .keys = 787},
                                      {.depth = 83, .queries = 131, .keys = 19},
                                      {.depth = 1, .queries = 1, .keys = 1}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        compare_attention_of(shapes[i], plain, table);
}

int main(void) {
    static const int32_t formats[] = {DRAGON_FLOAT32, DRAGON_BFLOAT16, DRAGON_INT16};
    for (int32_t set = DRAGON_AVX2; set <= DRAGON_AVX512; set++) {
        if (!dragon_instruction_set_available(set))
            continue;
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
            format = formats[f];
            dragon_kernel_table plain = dragon_kernels(DRAGON_BASELINE, format), table = dragon_kernels(set, format);
            compare_products(&plain, &table);
            compare_patches(&plain, &table);
            compare_winograd(&plain, &table);
            compare_attention(&plain, &table);
        }
    }
    if (failures)
        printf("%d comparisons FAIL\n", failures);
    else
        printf("all agree\n");
    return failures > 0;
}
