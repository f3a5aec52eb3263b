/* Every table of kernels that the processor runs, compared with the plain one of the same format: products of every layout,
 * Winograd's convolutions, attention and its pullback, on random numbers. Prints a line for each and ends with 1 where
 * one differs by more than the order of its sums can explain. */
#include "dragon_kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 1;
static int failures;

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
                   size_t count, double bound) {
    double worst = 0, largest = 1e-30;
    for (size_t i = 0; i < count; i++) {
        double difference = fabs((double)found[i] - expected[i]);
        worst = difference <= worst ? worst : difference; /* not a number wins */
        largest = fmax(largest, fabs((double)expected[i]));
    }
    int fails = !(worst / largest <= bound);
    failures += fails;
    printf("%-10s %d to a word  %-34s %.1e%s\n", table->name, table->word_depth, what, worst / largest,
           fails ? "  FAILS" : "");
    fflush(stdout);
}

/* ---- products */

static void multiply(const dragon_kernel_table *table, const dragon_product *p, int is_packed) {
    int panels = p->items * ((p->n + table->panel - 1) / table->panel);
    float *packed = zeros(table->packed_floats(p, panels)),
          *scratch = zeros(table->multiply_scratch(p, panels, is_packed));
    if (is_packed)
        table->pack(p, 0, panels, packed);
    table->multiply(p, 0, p->m, 0, panels, is_packed ? packed : NULL, scratch);
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
        report(what, table, found, expected, count, 5e-6);
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
    int rows = w.items * ((w.height + table->winograd_rows - 1) / table->winograd_rows);
    w.band_end = rows;
    w.vectors = rows * columns <= table->lanes ? 1 : 2;
    float *input = zeros(table->winograd_input_floats(&w)),
          *scratch = zeros(table->winograd_scratch(&w, w.out_channels));
    for (int word = 0; word * table->word_depth < w.in_channels; word++)
        table->winograd_input(&w, word, input, scratch);
    table->winograd_output(&w, 0, w.out_channels, input, scratch);
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
            /* What lies on the border of two rounded numbers may be rounded either way. */
            report(w.flip ? "Winograd, filters turned round" : "Winograd", table, found, expected, count,
                   table->word_depth > 1 ? 2e-3 : 2e-5);
        }
        free(weight);
        free(x);
        free(expected);
        free(found);
    }
}

/* ---- attention */

enum { DEPTH = 40, QUERIES = 70, KEYS = 301, COTANGENTS = 2 };
enum { GRADIENTS = COTANGENTS * DEPTH * (QUERIES + 2 * KEYS) };

static void attend(const dragon_kernel_table *table, const float *q, const float *k, const float *v, const float *dy,
                   float *out, float *gradients) {
    float log_sum[QUERIES + DRAGON_SLACK] = {0}, dots[COTANGENTS * QUERIES + DRAGON_SLACK] = {0};
    dragon_keys keys = {.key = k, .value = v, .count = KEYS, .row = KEYS};
    dragon_attention a = {.query = q,
                          .out = out,
                          .log_sum = log_sum,
                          .query_row = QUERIES,
                          .out_row = QUERIES,
                          .parts = &keys,
                          .part_count = 1,
                          .depth = DEPTH,
                          .scale = 0.3f};
    float *scratch = zeros(table->attention_scratch(&a, QUERIES));
    table->attention(&a, 0, QUERIES, scratch);
    free(scratch);
    for (int i = 0; i < COTANGENTS * DEPTH * QUERIES; i++)
        dots[i / (DEPTH * QUERIES) * QUERIES + i % QUERIES] += dy[i] * out[i % (DEPTH * QUERIES)];
    float *d_key = gradients + COTANGENTS * DEPTH * QUERIES;
    dragon_attention_pullback p = {.query = q,
                                   .key = k,
                                   .value = v,
                                   .log_sum = log_sum,
                                   .d_out = dy,
                                   .dots = dots,
                                   .d_query = gradients,
                                   .d_key = d_key,
                                   .d_value = d_key + COTANGENTS * DEPTH * KEYS,
                                   .query_row = QUERIES,
                                   .key_row = KEYS,
                                   .d_query_next = DEPTH * QUERIES,
                                   .d_key_next = DEPTH * KEYS,
                                   .queries = QUERIES,
                                   .keys = KEYS,
                                   .depth = DEPTH,
                                   .cotangents = COTANGENTS,
                                   .scale = 0.3f};
    scratch = zeros(table->attention_pullback_scratch(&p));
    table->attention_query_gradient(&p, 0, QUERIES, scratch);
    table->attention_key_gradient(&p, 0, KEYS, scratch);
    free(scratch);
}

static void compare_attention(const dragon_kernel_table *plain, const dragon_kernel_table *table) {
    float *q = numbers(DEPTH * QUERIES), *k = numbers(DEPTH * KEYS), *v = numbers(DEPTH * KEYS);
    float *dy = numbers(COTANGENTS * DEPTH * QUERIES);
    float *out[2] = {zeros(DEPTH * QUERIES), zeros(DEPTH * QUERIES)},
          *gradients[2] = {zeros(GRADIENTS), zeros(GRADIENTS)};
    attend(plain, q, k, v, dy, out[0], gradients[0]);
    attend(table, q, k, v, dy, out[1], gradients[1]);
    double bound = table->word_depth > 1 ? 2e-3 : 2e-5;
    report("attention", table, out[1], out[0], DEPTH * QUERIES, bound);
    report("attention's gradients", table, gradients[1], gradients[0], GRADIENTS, bound);
    free(q), free(k), free(v), free(dy);
    for (int i = 0; i < 2; i++)
        free(out[i]), free(gradients[i]);
}

int main(void) {
    static const int32_t formats[] = {DRAGON_FLOAT32, DRAGON_BFLOAT16};
    for (int32_t set = DRAGON_AVX2; set <= DRAGON_AVX512; set++) {
        if (!dragon_instruction_set_available(set))
            continue;
        for (int f = 0; f < 2; f++) {
            const dragon_kernel_table *plain = dragon_kernels(DRAGON_BASELINE, formats[f]),
                                      *table = dragon_kernels(set, formats[f]);
            compare_products(plain, table);
            compare_patches(plain, table);
            compare_winograd(plain, table);
            compare_attention(plain, table);
        }
    }
    if (failures)
        printf("%d comparisons FAIL\n", failures);
    else
        printf("all agree\n");
    return failures > 0;
}
