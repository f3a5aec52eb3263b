/* Functions of one element at a time. */
#ifndef DRAGON_POINTWISE_H
#define DRAGON_POINTWISE_H

#include "vector.h"

#define SQRT_HALF 0.70710678118654752f

INLINE vf silu_vf(vf x) {
    return x * sigmoid_vf(x);
}
INLINE vf gelu_vf(vf x) {
    return 0.5f * x * (1.0f + erf_vf(x * SQRT_HALF));
}
INLINE vf quick_gelu_vf(vf x) {
    return x * sigmoid_vf(1.702f * x);
}

/* y[i] = EXPRESSION of the vectors a (from x) and b (from z); the tail goes through one zero-filled vector. */
#define POINTWISE(x, z, y, count, EXPRESSION)                                                                          \
    size_t i = 0;                                                                                                      \
    for (; i + VL <= (count); i += VL) {                                                                               \
        vf a = load((x) + i), b = load((z) + i);                                                                       \
        (void)b;                                                                                                       \
        store((y) + i, EXPRESSION);                                                                                    \
    }                                                                                                                  \
    if (i < (count)) {                                                                                                 \
        int left = (int)((count)-i);                                                                                   \
        vf a = widen_some(x, (ptrdiff_t)i, DRAGON_FLOAT32, left),                                                      \
           b = widen_some(z, (ptrdiff_t)i, DRAGON_FLOAT32, left);                                                      \
        (void)b;                                                                                                       \
        vf result = EXPRESSION;                                                                                        \
        memcpy((y) + i, &result, (size_t)left * sizeof *(y));                                                          \
    }

static void silu(const float *x, float *y, size_t count) {
    POINTWISE(x, x, y, count, silu_vf(a))
}
static void gelu(const float *x, float *y, size_t count) {
    POINTWISE(x, x, y, count, gelu_vf(a))
}
static void quick_gelu(const float *x, float *y, size_t count) {
    POINTWISE(x, x, y, count, quick_gelu_vf(a))
}
static void gated_gelu(const float *value, const float *gate, float *y, size_t count) {
    POINTWISE(value, gate, y, count, a * gelu_vf(b))
}
static void add(const float *x, const float *z, float *y, size_t count) {
    POINTWISE(x, z, y, count, a + b)
}
static void scale_add(const float *x, float s, const float *z, float t, float *y,
                      size_t count){POINTWISE(x, z, y, count, s *a + t * b)}

INLINE void widen_as(const void *x, int32_t type, float *y, size_t count) {
    size_t i = 0;
    for (; i + VL <= count; i += VL)
        store(y + i, widen_at(x, (ptrdiff_t)i, type));
    if (i < count) {
        vf last = widen_some(x, (ptrdiff_t)i, type, (int)(count - i));
        memcpy(y + i, &last, (count - i) * sizeof *y);
    }
}

static void widen(const void *x, int32_t type, float *y, size_t count) {
    if (type == DRAGON_FLOAT16)
        widen_as(x, DRAGON_FLOAT16, y, count);
    else if (type == DRAGON_BFLOAT16)
        widen_as(x, DRAGON_BFLOAT16, y, count);
    else
        widen_as(x, DRAGON_FLOAT32, y, count);
}

/* An exponent of ones means infinity or NaN, in every format. */
INLINE int32_t all_finite_as(const void *x, int32_t type, size_t count) {
    vi bad = {};
    size_t i = 0;
    for (; i + VL <= count; i += VL)
        bad |= ((vi)widen_at(x, (ptrdiff_t)i, type) & 0x7F800000) == 0x7F800000;
    if (i < count)
        bad |= ((vi)widen_some(x, (ptrdiff_t)i, type, (int)(count - i)) & 0x7F800000) == 0x7F800000;
    int32_t any = 0;
    for (int lane = 0; lane < VL; lane++)
        any |= bad[lane];
    return any == 0;
}

static int32_t all_finite(const void *x, int32_t type, size_t count) {
    if (type == DRAGON_FLOAT16)
        return all_finite_as(x, DRAGON_FLOAT16, count);
    if (type == DRAGON_BFLOAT16)
        return all_finite_as(x, DRAGON_BFLOAT16, count);
    return all_finite_as(x, DRAGON_FLOAT32, count);
}

#endif
