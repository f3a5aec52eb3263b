/* Normalisation over a group of channels, and over the channels of each column. */
#ifndef DRAGON_NORMALIZE_H
#define DRAGON_NORMALIZE_H

#include "vector.h"

/* Elements summed in float32 before the sum is carried on in float64. */
#define SUM_BLOCK 4096

/* Sum of (x − centre)^power, power 1 or 2. */
INLINE double sum_powers(const float *x, size_t count, float centre, int power) {
    double total = 0;
    for (size_t block = 0; block < count; block += SUM_BLOCK) {
        size_t end = block + SUM_BLOCK < count ? block + SUM_BLOCK : count, i = block;
        vf s0 = {}, s1 = {};
        for (; i + 2 * VL <= end; i += 2 * VL) {
            vf a = load(x + i) - centre, b = load(x + i + VL) - centre;
            s0 += power == 2 ? a * a : a;
            s1 += power == 2 ? b * b : b;
        }
        float rest = 0;
        for (; i < end; i++)
            rest += power == 2 ? (x[i] - centre) * (x[i] - centre) : x[i] - centre;
        total += (double)sum_lanes(s0 + s1) + (double)rest;
    }
    return total;
}

INLINE void scale_shift(const float *x, float *y, size_t count, float scale, float shift, int silu) {
    size_t i = 0;
    for (; i + VL <= count; i += VL) {
        vf v = load(x + i) * scale + shift;
        store(y + i, silu ? v * sigmoid_vf(v) : v);
    }
    for (; i < count; i++) {
        vf v = splat(x[i] * scale + shift);
        y[i] = silu ? (v * sigmoid_vf(v))[0] : v[0];
    }
}

static void group_norm(const float *x, float *y, int32_t channels, int32_t pixels, const float *gamma,
                       const float *beta, float eps, int32_t silu) {
    size_t count = (size_t)channels * (size_t)pixels;
    float mean = (float)(sum_powers(x, count, 0, 1) / (double)count);
    double variance = sum_powers(x, count, mean, 2) / (double)count;
    float inverse = (float)(1.0 / sqrt(variance + (double)eps));
    for (int c = 0; c < channels; c++) {
        float scale = gamma[c] * inverse, shift = beta[c] - mean * scale;
        const float *from = x + (ptrdiff_t)c * pixels;
        float *to = y + (ptrdiff_t)c * pixels;
        if (silu)
            scale_shift(from, to, (size_t)pixels, scale, shift, 1);
        else
            scale_shift(from, to, (size_t)pixels, scale, shift, 0);
    }
}

/* scratch: two rows of end − begin floats and a vector: means, then inverse deviations. */
static void layer_norm(const float *x, float *y, int32_t channels, int32_t columns, int32_t begin, int32_t end,
                       const float *gamma, const float *beta, float eps, float *scratch) {
    int width = end - begin;
    float *mean = scratch, *inverse = scratch + width;
    float share = 1.0f / (float)channels;
    for (int i = 0; i < width; i++)
        mean[i] = inverse[i] = 0;
    for (int c = 0; c < channels; c++) {
        const float *row = x + (ptrdiff_t)c * columns + begin;
        for (int i = 0; i < width; i++)
            mean[i] += row[i];
    }
    for (int i = 0; i < width; i++)
        mean[i] *= share;
    for (int c = 0; c < channels; c++) {
        const float *row = x + (ptrdiff_t)c * columns + begin;
        for (int i = 0; i < width; i++)
            inverse[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
    }
    for (int i = 0; i < width; i++)
        inverse[i] = 1.0f / sqrtf(inverse[i] * share + eps);
    for (int c = 0; c < channels; c++) {
        const float *row = x + (ptrdiff_t)c * columns + begin;
        float *to = y + (ptrdiff_t)c * columns + begin;
        for (int i = 0; i < width; i++)
            to[i] = (row[i] - mean[i]) * inverse[i] * gamma[c] + beta[c];
    }
}

/* Softmax along each row; causal hides from row r the columns after r. */
static void softmax_rows(float *x, int32_t rows, int32_t columns, int32_t causal) {
    for (int r = 0; r < rows; r++, x += columns) {
        int visible = causal ? min_int(r + 1, columns) : columns;
        float top = x[0], sum = 0;
        for (int i = 1; i < visible; i++)
            top = x[i] > top ? x[i] : top;
        for (int i = 0; i < visible; i++)
            sum += x[i] = expf(x[i] - top);
        for (int i = 0; i < visible; i++)
            x[i] /= sum;
        for (int i = visible; i < columns; i++)
            x[i] = 0;
    }
}

#endif
