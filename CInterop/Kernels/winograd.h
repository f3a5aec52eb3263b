/* 3×3 convolutions by F(4×4, 3×3): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A over 6×6 patches d that overlap by two.
 *
 * Interpolation points 0, ±1, ±2, ∞. The transformed filters are made anew on the way, a block of rows at a time:
 * reading nine halves and computing thirty-six floats is cheaper than reading thirty-six floats from memory. */
#ifndef DRAGON_WINOGRAD_H
#define DRAGON_WINOGRAD_H

#include "tile.h"

#define POINTS 36

INLINE int tile_rows_of(const dragon_winograd *w) {
    return divide_up(w->height, 4);
}
INLINE int tile_columns_of(const dragon_winograd *w) {
    return divide_up(w->width, 4);
}
INLINE int band_tiles(const dragon_winograd *w) {
    return (w->band_end - w->band_begin) * tile_columns_of(w);
}
INLINE int band_width(const dragon_winograd *w) {
    return w->vectors * VL;
}
INLINE int band_panels(const dragon_winograd *w) {
    return divide_up(band_tiles(w), band_width(w));
}

/* Transformed input: [point][panel][channel][tile of the panel]. */
INLINE ptrdiff_t input_index(const dragon_winograd *w, int point, int panel, int channel) {
    return (((ptrdiff_t)point * band_panels(w) + panel) * w->in_channels + channel) * band_width(w);
}

static size_t winograd_input_floats(const dragon_winograd *w) {
    return (size_t)POINTS * (size_t)band_panels(w) * (size_t)w->in_channels * (size_t)band_width(w);
}

/* Bᵀ applied to six values. */
INLINE void input_transform(const vf d[6], vf out[6]) {
    vf even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
    vf even2 = d[4] - d[2], odd2 = 2.0f * (d[3] - d[1]);
    out[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    out[1] = even + odd;
    out[2] = even - odd;
    out[3] = even2 + odd2;
    out[4] = even2 - odd2;
    out[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/* Aᵀ applied to six values. */
INLINE void output_transform(const vf m[6], vf out[4]) {
    vf sum1 = m[1] + m[2], difference1 = m[1] - m[2];
    vf sum2 = m[3] + m[4], difference2 = m[3] - m[4];
    out[0] = m[0] + sum1 + sum2;
    out[1] = difference1 + 2.0f * difference2;
    out[2] = sum1 + 4.0f * sum2;
    out[3] = difference1 + 8.0f * difference2 + m[5];
}

/* G applied to three values. */
INLINE void filter_transform(vf g0, vf g1, vf g2, vf out[6]) {
    vf a = (g0 + g2) * (-1.0f / 6), b = g1 * (-1.0f / 6);
    vf c = g0 * (1.0f / 24) + g2 * (1.0f / 6), d = g1 * (1.0f / 12);
    out[0] = g0 * 0.25f;
    out[1] = a + b;
    out[2] = a - b;
    out[3] = c + d;
    out[4] = c - d;
    out[5] = g2;
}

/* ---- input */

/* Six rows of Bᵀd for one row of tiles; row i at rows + i·stride, its first float being column −1 of the picture. */
static void transform_down(const dragon_winograd *w, const float *picture, int tile_row, float *rows,
                           ptrdiff_t stride) {
    for (int x = 0; x < w->width; x += VL) {
        vf d[6], t[6];
        UNROLL for (int i = 0; i < 6; i++) {
            int y = 4 * tile_row - 1 + i;
            d[i] = y >= 0 && y < w->height ? load(picture + (ptrdiff_t)y * w->width + x) : (vf){};
        }
        input_transform(d, t);
        UNROLL for (int i = 0; i < 6; i++) {
            store(rows + i * stride + 1 + x, t[i]);
        }
    }
    for (int i = 0; i < 6; i++) {
        rows[i * stride] = 0;
        for (ptrdiff_t x = w->width + 1; x < stride; x++)
            rows[i * stride + x] = 0;
    }
}

/* The six values of VL neighbouring tiles, from one row of Bᵀd. */
INLINE void gather_tiles(const float *row, vf d[6]) {
    vf v0 = load(row), v1 = load(row + VL), v2 = load(row + 2 * VL), v3 = load(row + 3 * VL);
    vf even01 = EVEN(v0, v1), odd01 = ODD(v0, v1), even23 = EVEN(v2, v3), odd23 = ODD(v2, v3);
    d[0] = EVEN(even01, even23);
    d[2] = ODD(even01, even23);
    d[1] = EVEN(odd01, odd23);
    d[3] = ODD(odd01, odd23);
    d[4] = NEXT_LANE(d[0], splat(row[4 * VL]));
    d[5] = NEXT_LANE(d[1], splat(row[4 * VL + 1]));
}

/* `count` lanes to tiles [tile, tile + count) of the band. */
INLINE void store_tiles(const dragon_winograd *w, int point, int channel, int tile, int count, vf value, float *input) {
    int width = band_width(w), lane = tile % width;
    float *out = input + input_index(w, point, tile / width, channel) + lane;
    if (count == VL && lane + VL <= width) {
        store(out, value);
    } else if (count == VL / 2 && lane + VL / 2 <= width) {
        memcpy(out, &value, sizeof value / 2);
    } else {
        float lanes[VL];
        memcpy(lanes, &value, sizeof lanes);
        for (int i = 0; i < count; i++)
            input[input_index(w, point, (tile + i) / width, channel) + (tile + i) % width] = lanes[i];
    }
}

INLINE ptrdiff_t row_stride(const dragon_winograd *w) {
    return (ptrdiff_t)divide_up(tile_columns_of(w), VL) * 4 * VL + 2 * VL;
}

static void clear_spare_tiles(const dragon_winograd *w, int channel, float *input) {
    int width = band_width(w), tiles = band_tiles(w);
    for (int point = 0; point < POINTS; point++)
        for (int tile = tiles; tile < band_panels(w) * width; tile++)
            input[input_index(w, point, tile / width, channel) + tile % width] = 0;
}

/* scratch: 6 rows. */
static void winograd_input(const dragon_winograd *w, int32_t channel, float *input, float *scratch) {
    ptrdiff_t stride = row_stride(w);
    int columns = tile_columns_of(w);
    for (int row = w->band_begin; row < w->band_end; row++) {
        int item = row / tile_rows_of(w);
        const float *picture = w->x + item * w->x_item + (ptrdiff_t)channel * w->height * w->width;
        transform_down(w, picture, row % tile_rows_of(w), scratch, stride);
        for (int x = 0; x < columns; x += VL) {
            int tile = (row - w->band_begin) * columns + x, count = min_int(VL, columns - x);
            for (int i = 0; i < 6; i++) {
                vf d[6], t[6];
                gather_tiles(scratch + i * stride + 4 * x, d);
                input_transform(d, t);
                UNROLL for (int j = 0; j < 6; j++) {
                    store_tiles(w, i * 6 + j, channel, tile, count, t[j], input);
                }
            }
        }
    }
    clear_spare_tiles(w, channel, input);
}

/* ---- filters */

/* Nine taps of VL filters, tap by tap: rows of VL taps, transposed by log2(VL) perfect shuffles. Reads VL taps from
 * every filter's first (for VL < 9: from its first, and from every VL-th after it). */
INLINE void load_filters(const void *weight, int32_t type, ptrdiff_t first, ptrdiff_t between, vf taps[9]) {
    UNROLL for (int part = 0; part < 9; part += VL) {
        vf rows[VL], next[VL];
        UNROLL for (int i = 0; i < VL; i++) {
            rows[i] = widen_at(weight, first + i * between + part, type);
        }
        UNROLL for (int stage = 0; stage < LOG2_VL; stage++) {
            UNROLL for (int i = 0; i < VL / 2; i++) {
                next[2 * i] = ZIP_LOW(rows[i], rows[i + VL / 2]);
                next[2 * i + 1] = ZIP_HIGH(rows[i], rows[i + VL / 2]);
            }
            UNROLL for (int i = 0; i < VL; i++) {
                rows[i] = next[i];
            }
        }
        UNROLL for (int t = 0; t < (9 - part < VL ? 9 - part : VL); t++) {
            taps[part + t] = rows[t];
        }
    }
}

/* G g Gᵀ of VL filters to u[point · point_stride …]. */
INLINE void transform_filter_group(const void *weight, int32_t type, int flip, ptrdiff_t first, ptrdiff_t between,
                                   float *u, ptrdiff_t point_stride) {
    vf taps[9], rows[3][6], out[6];
    load_filters(weight, type, first, between, taps);
    UNROLL for (int y = 0; y < 3; y++) {
        int start = flip ? 8 - 3 * y : 3 * y, step = flip ? -1 : 1;
        filter_transform(taps[start], taps[start + step], taps[start + 2 * step], rows[y]);
    }
    UNROLL for (int j = 0; j < 6; j++) {
        filter_transform(rows[0][j], rows[1][j], rows[2][j], out);
        UNROLL for (int i = 0; i < 6; i++) {
            store(u + (i * 6 + j) * point_stride, out[i]);
        }
    }
}

/* Filters at the weight's end, or fewer than VL: copied first, so that nothing beyond them is read. */
#define SPARE_FILTERS (9 * VL + 2 * VL)
static void copy_filters(const void *weight, int32_t type, ptrdiff_t first, ptrdiff_t between, int count, char *copy) {
    size_t bytes = (size_t)(9 * element_size(type));
    memset(copy, 0, SPARE_FILTERS * sizeof(float));
    for (int i = 0; i < count; i++)
        memcpy(copy + (size_t)i * bytes, (const char *)weight + (first + i * between) * element_size(type), bytes);
}

INLINE void transform_filter_row(const dragon_winograd *w, int32_t type, int flip, int row, int k0, int count, float *u,
                                 ptrdiff_t point_stride) {
    ptrdiff_t total = (ptrdiff_t)w->out_channels * w->in_channels * 9;
    char copy[SPARE_FILTERS * sizeof(float)];
    for (int k = 0; k < count; k += VL) {
        ptrdiff_t first = row * w->w_out + (k0 + k) * w->w_in, between = w->w_in;
        const void *weight = w->weight;
        if (count - k < VL || first + (VL - 1) * between + 9 + VL > total) {
            copy_filters(weight, type, first, between, min_int(VL, count - k), copy);
            weight = copy, first = 0, between = 9;
        }
        transform_filter_group(weight, type, flip, first, between, u + k, point_stride);
    }
}

INLINE void transform_filters_as(const dragon_winograd *w, int32_t type, int flip, int row, int rows, int k0, int count,
                                 float *u) {
    for (int r = 0; r < rows; r++)
        transform_filter_row(w, type, flip, row + r, k0, count, u + r * A_STRIDE, (ptrdiff_t)rows * A_STRIDE);
}

static void transform_filters(const dragon_winograd *w, int row, int rows, int k0, int count, float *u) {
    if (w->flip) {
        WITH_ELEMENT_TYPE(w->weight_type, transform_filters_as(w, TYPE, 1, row, rows, k0, count, u));
    } else {
        WITH_ELEMENT_TYPE(w->weight_type, transform_filters_as(w, TYPE, 0, row, rows, k0, count, u));
    }
}

#endif
