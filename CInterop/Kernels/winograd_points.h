/* The transforms of minimal filtering with a window of three (Winograd, 1980; Lavin and Gray, 2016, arXiv 1509.09308), for
 * two outputs, F(2, 3), with points of interpolation 0, ±1, ∞, and for four, F(4, 3), with 0, ±NEAR, ±FAR, ∞. */
#ifndef DRAGON_WINOGRAD_POINTS_H
#define DRAGON_WINOGRAD_POINTS_H

#include "formats.h"

/* Whole numbers cost least; for two that are each other's inverse the transforms' sums stay smallest beside what they
 * yield (Barabasz et al., 2020, arXiv 1803.10986), so that rounding costs half as much. */
#define NEAR (WORD_DEPTH > 1 ? 2.0f / 3 : 1.0f)
#define FAR (WORD_DEPTH > 1 ? 3.0f / 2 : 2.0f)
#define NEAR2 (NEAR * NEAR)
#define FAR2 (FAR * FAR)

/* Bᵀ applied to outputs + 2 values. */
INLINE void input_transform(int outputs, const vf d[6], vf out[6]) {
    if (outputs == 2) {
        out[0] = d[0] - d[2];
        out[1] = d[1] + d[2];
        out[2] = d[2] - d[1];
        out[3] = d[3] - d[1];
    } else {
        vf even = d[4] - FAR2 * d[2], odd = NEAR * (d[3] - FAR2 * d[1]);
        vf even2 = d[4] - NEAR2 * d[2], odd2 = FAR * (d[3] - NEAR2 * d[1]);
        out[0] = NEAR2 * FAR2 * d[0] - (NEAR2 + FAR2) * d[2] + d[4];
        out[1] = even + odd;
        out[2] = even - odd;
        out[3] = even2 + odd2;
        out[4] = even2 - odd2;
        out[5] = NEAR2 * FAR2 * d[1] - (NEAR2 + FAR2) * d[3] + d[5];
    }
}

/* Aᵀ applied to outputs + 2 values. */
INLINE void output_transform(int outputs, const vf m[6], vf out[4]) {
    vf sum1 = m[1] + m[2], difference1 = m[1] - m[2];
    if (outputs == 2) {
        out[0] = m[0] + sum1;
        out[1] = difference1 + m[3];
    } else {
        vf sum2 = m[3] + m[4], difference2 = m[3] - m[4];
        out[0] = m[0] + sum1 + sum2;
        out[1] = NEAR * difference1 + FAR * difference2;
        out[2] = NEAR2 * sum1 + FAR2 * sum2;
        out[3] = NEAR2 * NEAR * difference1 + FAR2 * FAR * difference2 + m[5];
    }
}

/* G applied to three values: outputs + 2 of them. */
INLINE void filter_transform(int outputs, vf g0, vf g1, vf g2, vf out[6]) {
    const float near = outputs == 2 ? 0.5f : 1 / (2 * NEAR2 * (NEAR2 - FAR2)), far = 1 / (2 * FAR2 * (FAR2 - NEAR2));
    const float step = outputs == 2 ? 1.0f : NEAR;
    vf a = (g0 + step * step * g2) * near, b = g1 * (step * near);
    out[0] = outputs == 2 ? g0 : g0 * (1 / (NEAR2 * FAR2));
    out[1] = a + b;
    out[2] = a - b;
    if (outputs == 2) {
        out[3] = g2;
    } else {
        vf c = g0 * far + g2 * (FAR2 * far), d = g1 * (FAR * far);
        out[3] = c + d;
        out[4] = c - d;
        out[5] = g2;
    }
}

#endif
