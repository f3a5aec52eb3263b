/* How numbers stand in the operands of a product. A word of 32 bits holds WORD_DEPTH numbers that follow each other along
 * the product's depth, so that blocks, panels and tiles are the same for every format, with fewer words where they are
 * narrow. A format is one file; it tells, beside WORD_DEPTH:
 *   add_products(sums, a, b)  sums plus the products of two vectors of words, in float32
 *   splat_word(a)             one word in every lane
 *   weave(first, second)      lane i of the two, as word i: neighbours along the depth come from two rows
 *   along(first, second)      the numbers of first, then of second, WORD_DEPTH to a word: neighbours lie in one row
 * Where a word holds one number, `second` is not read. Sums, softmax, norms and what is kept stay float32. */
#ifndef DRAGON_FORMATS_H
#define DRAGON_FORMATS_H

#include "vector.h"

#ifdef FORMAT_BFLOAT16
#include "format_bfloat16.h"
#else
#include "format_float32.h"
#endif

/* Words that hold so many numbers along the depth; what is missing in the last one is zero. */
INLINE int words_of(int numbers) {
    return divide_up(numbers, WORD_DEPTH);
}

/* VL numbers from element i on, of which `count` are there (none, if below 1); zero after them. */
INLINE vf widen_up_to(const void *p, ptrdiff_t i, int32_t type, int count) {
    if (count >= VL)
        return widen_at(p, i, type);
    return count > 0 ? widen_some(p, i, type, count) : (vf){};
}

/* A row of `count` numbers that follow each other along the depth, as words. */
INLINE void widen_row(const void *a, ptrdiff_t first, int count, int32_t type, float *out) {
    for (int k = 0; k < count; k += WORD_DEPTH * VL) {
        vf next = WORD_DEPTH > 1 ? widen_up_to(a, first + k + VL, type, count - k - VL) : (vf){};
        store(out + k / WORD_DEPTH, along(widen_up_to(a, first + k, type, count - k), next));
    }
}

/* Rows that follow each other along the depth, as one row of `width` words; zero past `columns` and for a row that is
 * NULL. */
INLINE void weave_rows(const float *first, const float *second, int columns, int width, float *to) {
    for (int i = 0; i < width; i += VL) {
        vf next = WORD_DEPTH > 1 && second ? widen_up_to(second, i, DRAGON_FLOAT32, columns - i) : (vf){};
        store(to + i, weave(widen_up_to(first, i, DRAGON_FLOAT32, columns - i), next));
    }
}

#endif
