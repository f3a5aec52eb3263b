/* Products of whole numbers of 12 bits, two in a word, the first in its lower half: what a row or a column holds of a block
 * of the depth, in units of its own. A unit is 1/LEVELS of what is largest there, so that a block's sums stay below 2³¹;
 * they are exact, and become float32 with the units of their row and their column.
 *
 * AVX2 has no products of bfloat16, but it adds the products of two such pairs in one instruction: twice the numbers of a
 * float32's, and three bits more than bfloat16's. */
#define WORD_DEPTH 2
#define LEVELS 2047

typedef vi vs;

#ifdef HARDWARE_PAIRS
INLINE vs add_products(vs sums, vf a, vf b) {
    return sums + (vi)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}
#else
INLINE vs add_products(vs sums, vf a, vf b) {
    vi x = (vi)a, y = (vi)b;
    return sums + (x >> 16) * (y >> 16) + ((vi)((vu)x << 16) >> 16) * ((vi)((vu)y << 16) >> 16);
}
#endif

INLINE vf as_numbers(vs sums, float row, vf columns) {
    return __builtin_convertvector(sums, vf) * row * columns;
}

/* Numbers of units to words, the nearest whole numbers, of two the even one. */
#ifdef HARDWARE_PAIRS
INLINE vf weave(vf first, vf second) {
    __m256i low = _mm256_cvtps_epi32((__m256)first), high = _mm256_cvtps_epi32((__m256)second);
    return (vf)_mm256_blend_epi16(low, _mm256_slli_epi32(high, 16), 0xAA);
}
INLINE vf along(vf first, vf second) {
    __m256i halves = _mm256_packs_epi32(_mm256_cvtps_epi32((__m256)first), _mm256_cvtps_epi32((__m256)second));
    return (vf)_mm256_permute4x64_epi64(halves, 0xD8); /* packs works within 128 bits */
}
#else
/* Adding 1.5 · 2²³ leaves the nearest whole number in the low bits. */
INLINE vf weave(vf first, vf second) {
    const vf magic = splat(12582912.0f);
    return (vf)(((vu)(first + magic) & 0xFFFF) | (vu)(second + magic) << 16);
}
INLINE vf along(vf first, vf second) {
    return weave(EVEN(first, second), ODD(first, second));
}
#endif
