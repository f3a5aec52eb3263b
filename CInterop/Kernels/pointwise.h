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

#ifndef HARDWARE_HALF
/* The nearest half, ties to even; infinity beyond its range. */
INLINE uint16_t half_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude >= 0x7F800000)
        return (uint16_t)(sign | 0x7C00 | (magnitude > 0x7F800000 ? 0x200 : 0));
    if (magnitude >= 0x477FF000)
        return (uint16_t)(sign | 0x7C00);
    if (magnitude < 0x38800000) { /* subnormal: let the addition round at the right place */
        float shifted;
        memcpy(&shifted, &magnitude, sizeof shifted);
        shifted += 0.5f;
        uint32_t rounded;
        memcpy(&rounded, &shifted, sizeof rounded);
        return (uint16_t)(sign | (rounded - 0x3F000000));
    }
    uint32_t rounded = magnitude - 0x38000000 + 0xFFF + (magnitude >> 13 & 1);
    return (uint16_t)(sign | rounded >> 13);
}
#endif

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
    WITH_ELEMENT_TYPE(type, widen_as(x, TYPE, y, count));
}

/* y = value·gelu(gate): d_value = dy·gelu(gate), d_gate = dy·value·(Φ(gate) + gate·φ(gate)). */
static void gated_gelu_pullback(const float *value, const float *gate, const float *dy, float *d_value, float *d_gate,
                                size_t count) {
    const vf peak = splat(0.3989422804014327f); /* 1 / √(2π) */
    for (size_t i = 0; i < count; i += VL) {
        int left = (int)(count - i < VL ? count - i : VL);
        vf v, g, d;
        if (left == VL)
            v = load(value + i), g = load(gate + i), d = load(dy + i);
        else {
            v = widen_some(value, (ptrdiff_t)i, DRAGON_FLOAT32, left);
            g = widen_some(gate, (ptrdiff_t)i, DRAGON_FLOAT32, left);
            d = widen_some(dy, (ptrdiff_t)i, DRAGON_FLOAT32, left);
        }
        vf cumulative = 0.5f * (1.0f + erf_vf(g * SQRT_HALF));
        vf density = peak * exp2_vf(g * g * (-0.5f * LOG2_E));
        vf dv = d * g * cumulative, dg = d * v * (cumulative + g * density);
        memcpy(d_value + i, &dv, (size_t)left * sizeof(float));
        memcpy(d_gate + i, &dg, (size_t)left * sizeof(float));
    }
}

static void narrow_half(const float *x, uint16_t *y, size_t count) {
    for (size_t i = 0; i < count; i++) {
#ifdef HARDWARE_HALF
        _Float16 half = (_Float16)x[i];
        memcpy(y + i, &half, sizeof half);
#else
        y[i] = half_bits(x[i]);
#endif
    }
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
    WITH_ELEMENT_TYPE(type, return all_finite_as(x, TYPE, count));
}

#endif
