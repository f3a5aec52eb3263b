/* Vectors of VL floats, and the functions of them that every kernel uses. Included once for each instruction set. */
#ifndef DRAGON_VECTOR_H
#define DRAGON_VECTOR_H

#include "dragon_kernels.h"

#include <math.h>
#include <string.h>

#pragma clang fp contract(fast)
/* Vectors never cross a function that is not inlined, so their calling convention does not matter. */
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vf __attribute__((vector_size(VL * 4)));
typedef int32_t vi __attribute__((vector_size(VL * 4)));
typedef float vf_any __attribute__((vector_size(VL * 4), aligned(4), may_alias));
typedef uint16_t vh_any __attribute__((vector_size(VL * 2), aligned(1), may_alias));
typedef float vf_packed __attribute__((vector_size(VL * 4), aligned(1), may_alias));

INLINE vf load(const float *p) {
    return *(const vf_any *)p;
}
INLINE void store(float *p, vf v) {
    *(vf_any *)p = v;
}
INLINE vf splat(float x) {
    return x - (vf){};
} /* x + 0 would not fold: it turns −0 into 0 */
INLINE vf maximum(vf a, vf b) {
    return __builtin_elementwise_max(a, b);
}
INLINE vf minimum(vf a, vf b) {
    return __builtin_elementwise_min(a, b);
}
INLINE vf select_vf(vi mask, vf a, vf b) {
    return (vf)((mask & (vi)a) | (~mask & (vi)b));
}

INLINE float sum_lanes(vf v) {
    float s = 0;
    for (int i = 0; i < VL; i++)
        s += v[i];
    return s;
}

/* Half precision to single, exactly, infinities and NaN included. */
INLINE vf widen_half(const void *p) {
#ifdef HARDWARE_HALF
    typedef _Float16 vhalf __attribute__((vector_size(VL * 2), aligned(1), may_alias));
    return __builtin_convertvector(*(const vhalf *)p, vf);
#else
    vi bits = __builtin_convertvector(*(const vh_any *)p, vi);
    vi magnitude = (bits & 0x7FFF) << 13;
    vf value = (vf)magnitude * 0x1p112f; /* also right for subnormals */
    vi special = (vi)(magnitude >= 0x0F800000) & 0x7F800000;
    return (vf)((vi)value | special | ((bits & 0x8000) << 16));
#endif
}

INLINE vf widen_bfloat(const void *p) {
    return (vf)(__builtin_convertvector(*(const vh_any *)p, vi) << 16);
}

/* Runs a statement with the constant TYPE for an element type: the compiler drops every choice of it from the loops. */
#define WITH_ELEMENT_TYPE(type, statement)                                                                             \
    switch (type) {                                                                                                    \
    case DRAGON_FLOAT16: {                                                                                             \
        enum { TYPE = DRAGON_FLOAT16 };                                                                                \
        statement;                                                                                                     \
        break;                                                                                                         \
    }                                                                                                                  \
    case DRAGON_BFLOAT16: {                                                                                            \
        enum { TYPE = DRAGON_BFLOAT16 };                                                                               \
        statement;                                                                                                     \
        break;                                                                                                         \
    }                                                                                                                  \
    default: {                                                                                                         \
        enum { TYPE = DRAGON_FLOAT32 };                                                                                \
        statement;                                                                                                     \
    }                                                                                                                  \
    }

/* VL elements from element i on, whatever their type. `type` is a constant wherever speed matters. */
INLINE vf widen_at(const void *p, ptrdiff_t i, int32_t type) {
    if (type == DRAGON_FLOAT16)
        return widen_half((const char *)p + i * 2);
    if (type == DRAGON_BFLOAT16)
        return widen_bfloat((const char *)p + i * 2);
    return *(const vf_packed *)((const char *)p + i * 4);
}

INLINE ptrdiff_t element_size(int32_t type) {
    return type == DRAGON_FLOAT32 ? 4 : 2;
}

/* The first `count` < VL elements from i on, zero after them; reads nothing beyond. */
INLINE vf widen_some(const void *p, ptrdiff_t i, int32_t type, int count) {
    char bytes[VL * 4] __attribute__((aligned(64))) = {0};
    memcpy(bytes, (const char *)p + i * element_size(type), (size_t)count * (size_t)element_size(type));
    return widen_at(bytes, 0, type);
}

/* 2^x for x ≤ 126, flushing to zero below −125. Relative error 1e-7: the rounding of its last operations. */
INLINE vf exp2_vf(vf x) {
    const vf magic = splat(12582912.0f); /* 1.5 · 2^23: adding it rounds to an integer in the low bits */
    vf clamped = maximum(x, splat(-126.0f));
    vf shifted = clamped + magic;
    vf f = clamped - (shifted - magic);
    vf p = splat(0.0001534580806037411f);
    p = p * f + 0.0013399930903688073f;
    p = p * f + 0.009618489071726799f;
    p = p * f + 0.05550328642129898f;
    p = p * f + 0.24022646248340607f;
    p = p * f + 0.6931471824645996f;
    p = p * f + 1.0f;
    vf scaled = (vf)((vi)p + ((vi)shifted << 23));
    return select_vf((vi)(x > -125.5f), scaled, (vf){});
}

#define LOG2_E 1.4426950408889634f

/* 1 / (1 + e^−x). */
INLINE vf sigmoid_vf(vf x) {
    return 1.0f / (1.0f + exp2_vf(minimum(x * -LOG2_E, splat(126.0f))));
}

/* The error function, absolute error 1e-7: a polynomial below 1, 1 − 2^polynomial (of log2 erfc) above. */
INLINE vf erf_vf(vf x) {
    vi sign = (vi)x & (int32_t)0x80000000;
    vf a = (vf)((vi)x & 0x7FFFFFFF);
    vf s = a * a;
    vf near = splat(7.889119525110455e-05f);
    near = near * s - 0.0008020841277982665f;
    near = near * s + 0.005189535339168813f;
    near = near * s - 0.02685444459183406f;
    near = near * s + 0.11283600176255987f;
    near = near * s - 0.37612627135965715f;
    near = (near * s + 1.1283791659137519f) * a;
    vf t = minimum(a, splat(4.2f));
    vf far = splat(0.00026772814971742775f);
    far = far * t - 0.004240970683319412f;
    far = far * t + 0.03145847836355753f;
    far = far * t - 0.14865161024022233f;
    far = far * t - 0.9207648969351964f;
    far = far * t - 1.6259751428170968f;
    far = far * t - 0.0005102920642214855f;
    vf magnitude = select_vf((vi)(a < 1.0f), near, 1.0f - exp2_vf(far));
    return (vf)((vi)magnitude | sign);
}

/* Alternate lanes of two vectors, and the rearrangement of vectors of a fixed stride. */
#if VL == 16
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define NEXT_LANE(a, b) __builtin_shufflevector(a, b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
#define LOG2_VL 4
#elif VL == 8
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define NEXT_LANE(a, b) __builtin_shufflevector(a, b, 1, 2, 3, 4, 5, 6, 7, 8)
#define LOG2_VL 3
#else
#define ZIP_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define ZIP_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define NEXT_LANE(a, b) __builtin_shufflevector(a, b, 1, 2, 3, 4)
#define LOG2_VL 2
#endif

INLINE int min_int(int a, int b) {
    return a < b ? a : b;
}
INLINE int max_int(int a, int b) {
    return a > b ? a : b;
}
INLINE int divide_up(int a, int b) {
    return (a + b - 1) / b;
}

#endif
