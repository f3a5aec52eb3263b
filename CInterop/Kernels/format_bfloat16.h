/* Products of bfloat16, the upper half of a float32 (rounded to the nearest, ties to even): two numbers in a word, the
 * first in its lower half. Each product is exact in float32. AVX-512 BF16 does it in one instruction; elsewhere the same
 * is done by shifting, which is slower than float32 and there to be compared with. */
#define WORD_DEPTH 2
#define LEVELS 0

typedef vf vs;

INLINE vf as_numbers(vs sums, float row, vf columns) {
    (void)row, (void)columns;
    return sums;
}

#ifdef HARDWARE_BFLOAT16
INLINE vs add_products(vs sums, vf a, vf b) {
    return (vf)_mm512_dpbf16_ps((__m512)sums, (__m512bh)a, (__m512bh)b);
}
INLINE vf along(vf first, vf second) {
    return (vf)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}
INLINE vf weave(vf first, vf second) {
    typedef uint16_t halves __attribute__((vector_size(64)));
    halves pairs = (halves)along(first, second);
    return (vf)__builtin_shufflevector(pairs, pairs, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9,
                                       25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
#else
INLINE vf lower_number(vf words) {
    return (vf)((vu)words << 16);
}
INLINE vf upper_number(vf words) {
    return (vf)((vu)words & 0xFFFF0000u);
}
INLINE vs add_products(vs sums, vf a, vf b) {
    sums += upper_number(a) * upper_number(b);
    return sums + lower_number(a) * lower_number(b);
}

/* The bits of the nearest bfloat16, in the upper half. What is not a number stays none. */
INLINE vu nearest_bfloat(vf x) {
    vu bits = (vu)x, rounded = bits + 0x7FFF + (bits >> 16 & 1);
    return (vu)select_vf((vi)(x == x), (vf)rounded, (vf)(bits | 0x00400000));
}
INLINE vf weave(vf first, vf second) {
    return (vf)((nearest_bfloat(first) >> 16) | (nearest_bfloat(second) & 0xFFFF0000u));
}
INLINE vf along(vf first, vf second) {
    return weave(EVEN(first, second), ODD(first, second));
}
#endif
