/* Pullbacks of the norms. With x̂ = (x − mean)/σ and g = dy·gamma: dx = (g − mean(g) − x̂·mean(g·x̂)) / σ. */
#ifndef DRAGON_NORMALIZE_PULLBACK_H
#define DRAGON_NORMALIZE_PULLBACK_H

#include "normalize.h"

/* dy·gamma, through SiLU's derivative σ(y)(1 + y(1 − σ(y))) where the norm was followed by it. */
INLINE vf scaled_cotangent(vf normal, vf dy, float gamma, float beta, int silu) {
    if (silu) {
        vf y = normal * gamma + beta, s = sigmoid_vf(y);
        dy *= s * (1.0f + y * (1.0f - s));
    }
    return dy * gamma;
}

typedef struct group_statistics {
    float mean, inverse;    /* of x; 1/σ */
    float mean_g, mean_g_x; /* of g and of g·x̂ */
} group_statistics;

/* One channel: adds g and g·x̂ to sums, or, with the means known, writes dx. */
INLINE void group_channel(const float *x, const float *dy, const float *extra, float *dx, int pixels, float gamma,
                          float beta, int silu, const group_statistics *s, double sums[2]) {
    for (int block = 0; block < pixels; block += SUM_BLOCK) {
        vf sum = {}, sum_x = {};
        int end = min_int(pixels, block + SUM_BLOCK);
        for (int i = block; i < end; i += VL) {
            int left = min_int(VL, end - i);
            vf a = left == VL ? load(x + i) : widen_some(x, i, DRAGON_FLOAT32, left);
            vf d = left == VL ? load(dy + i) : widen_some(dy, i, DRAGON_FLOAT32, left);
            vf normal = (a - s->mean) * s->inverse;
            vf g = scaled_cotangent(normal, d, gamma, beta, silu);
            if (sums) { /* lanes past the end have dy = 0, so g = 0 */
                sum += g;
                sum_x += g * normal;
                continue;
            }
            vf result = (g - s->mean_g - normal * s->mean_g_x) * s->inverse;
            if (extra)
                result += left == VL ? load(extra + i) : widen_some(extra, i, DRAGON_FLOAT32, left);
            memcpy(dx + i, &result, (size_t)left * sizeof(float));
        }
        if (sums)
            sums[0] += (double)sum_lanes(sum), sums[1] += (double)sum_lanes(sum_x);
    }
}

static void group_norm_pullback(const float *x, const float *dy, const float *extra, float *dx, int32_t channels,
                                int32_t pixels, const float *gamma, const float *beta, float eps, int32_t silu) {
    size_t count = (size_t)channels * (size_t)pixels;
    group_statistics s = {0};
    s.mean = (float)(sum_powers(x, count, 0, 1) / (double)count);
    s.inverse = (float)(1.0 / sqrt(sum_powers(x, count, s.mean, 2) / (double)count + (double)eps));
    double sums[2] = {0, 0};
    for (int c = 0; c < channels; c++) {
        ptrdiff_t at = (ptrdiff_t)c * pixels;
        group_channel(x + at, dy + at, NULL, NULL, pixels, gamma[c], beta[c], silu, &s, sums);
    }
    s.mean_g = (float)(sums[0] / (double)count);
    s.mean_g_x = (float)(sums[1] / (double)count);
    for (int c = 0; c < channels; c++) {
        ptrdiff_t at = (ptrdiff_t)c * pixels;
        group_channel(x + at, dy + at, extra ? extra + at : NULL, dx + at, pixels, gamma[c], beta[c], silu, &s, NULL);
    }
}

static void layer_norm_pullback(const float *x, const float *dy, const float *extra, float *dx, int32_t channels,
                                int32_t columns, int32_t begin, int32_t end, const float *gamma, float eps,
                                float *scratch) {
    int width = end - begin;
    float *mean = scratch, *inverse = mean + width, *mean_g = inverse + width, *mean_g_x = mean_g + width;
    float share = 1.0f / (float)channels;
    memset(scratch, 0, 4 * (size_t)width * sizeof(float));
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < width; i++)
            mean[i] += x[(ptrdiff_t)c * columns + begin + i];
    for (int i = 0; i < width; i++)
        mean[i] *= share;
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < width; i++) {
            ptrdiff_t at = (ptrdiff_t)c * columns + begin + i;
            float centred = x[at] - mean[i], g = dy[at] * gamma[c];
            inverse[i] += centred * centred;
            mean_g[i] += g;
            mean_g_x[i] += g * centred;
        }
    for (int i = 0; i < width; i++) {
        inverse[i] = 1.0f / sqrtf(inverse[i] * share + eps);
        mean_g[i] *= share;
        mean_g_x[i] *= share * inverse[i];
    }
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < width; i++) {
            ptrdiff_t at = (ptrdiff_t)c * columns + begin + i;
            float normal = (x[at] - mean[i]) * inverse[i];
            float result = (dy[at] * gamma[c] - mean_g[i] - normal * mean_g_x[i]) * inverse[i];
            dx[at] = extra ? result + extra[at] : result;
        }
}

#endif
