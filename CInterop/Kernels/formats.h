/* How numbers stand in the operands of a product. A word of 32 bits holds WORD_DEPTH numbers that follow each other along
 * the product's depth, so that blocks, panels and tiles are the same for every format, with fewer words where they are
 * narrow. A format is one file; it tells, beside WORD_DEPTH:
 *   LEVELS                    the largest whole number that a word holds; 0 where numbers stand as they are
 *   vs                        a vector of sums: float32 (vf) or whole numbers (vi)
 *   add_products(sums, a, b)  sums plus the products of two vectors of words
 *   as_numbers(sums, r, c)    sums of a block as float32, with the units of their row and their columns
 *   weave(first, second)      lane i of the two, as word i: neighbours along the depth come from two rows
 *   along(first, second)      the numbers of first, then of second, WORD_DEPTH to a word: neighbours lie in one row
 * Where a word holds one number, `second` is not read. Where there are LEVELS, a block of the depth has a unit for each
 * row and each column, which its sums are multiplied by; weave and along take numbers of units. Softmax,
 * norms, what is summed over blocks and what is kept stay float32. */
#ifndef DRAGON_FORMATS_H
#define DRAGON_FORMATS_H

#include "vector.h"

typedef uint32_t vu __attribute__((vector_size(VL * 4)));
typedef int32_t word_any __attribute__((may_alias));

#if defined FORMAT_BFLOAT16
#include "format_bfloat16.h"
#elif defined FORMAT_INT16
#include "format_int16.h"
#else
#include "format_float32.h"
#endif

/* One word in every lane: as an integer, since its bits need not be an ordinary number. */
INLINE vf splat_word(const float *a) {
    return (vf)((vi){} + *(const word_any *)a);
}

#define SCALED (LEVELS > 0)

/* The larger magnitudes, as integers: what is not a number is larger than any. */
INLINE vi larger(vi largest, vf x) {
    vi magnitude = (vi)x & 0x7FFFFFFF;
    return __builtin_elementwise_max(largest, magnitude);
}
INLINE vi largest_lane(vi largest) {
    int32_t most = 0;
    for (int i = 0; i < VL; i++)
        most = largest[i] > most ? largest[i] : most;
    return (vi){} + most;
}
/* The unit of numbers up to `largest`. */
INLINE vf unit_of(vi largest) {
    return (vf)largest * (1.0f / (SCALED ? LEVELS : 1));
}
/* What numbers up to `largest` are multiplied by to be numbers of units: 0 where all are 0. */
INLINE vf units_in(vi largest) {
    return select_vf((vi)((vf)largest > 0.0f), LEVELS / (vf)largest, (vf){});
}

/* Words of a row of A that are made at a time: with a panel of B they fill about half of a 48 KB first-level cache. */
#define K_BLOCK 256

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

/* A row of `count` numbers that follow each other along the depth, times a factor, as words. */
INLINE void scale_row(const void *a, ptrdiff_t first, int count, int32_t type, vf factor, float *out) {
    for (int k = 0; k < count; k += WORD_DEPTH * VL) {
        vf next = WORD_DEPTH > 1 ? widen_up_to(a, first + k + VL, type, count - k - VL) : (vf){};
        store(out + k / WORD_DEPTH, along(widen_up_to(a, first + k, type, count - k) * factor, next * factor));
    }
}

/* The same in units of the row, whose lanes' magnitudes are up to `largest`. The unit follows the words. */
INLINE void round_row(const void *a, ptrdiff_t first, int count, int32_t type, vi largest, float *out) {
    largest = largest_lane(largest);
    scale_row(a, first, count, type, units_in(largest), out);
    out[words_of(count)] = unit_of(largest)[0]; /* where the last vector may have put zeros */
}

/* The same as the format wants it. */
INLINE void widen_row(const void *a, ptrdiff_t first, int count, int32_t type, float *out) {
    if (SCALED) {
        vi largest = {};
        for (int k = 0; k < count; k += VL)
            largest = larger(largest, widen_up_to(a, first + k, type, count - k));
        round_row(a, first, count, type, largest, out);
    } else {
        scale_row(a, first, count, type, splat(1), out);
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
