/* 3×3 convolutions by minimal filtering: Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A over overlapping patches d.
 *
 * float32 takes F(4×4, 3×3). In a narrow format that loses too much of what its transforms add and subtract: it takes
 * points of interpolation whose powers stay near 1, and bfloat16 F(2×4, 3×3), two rows by four columns. Where the format
 * has units, each point of each channel has one over the band, which the filters are multiplied by before they get theirs:
 * so the sums need but the filters'. The transformed filters are
 * made anew on the way, a block of rows at a time: reading nine halves and computing thirty-six floats is cheaper than
 * reading thirty-six floats from memory. */
#ifndef DRAGON_WINOGRAD_H
#define DRAGON_WINOGRAD_H

#include "tile.h"
#include "winograd_points.h"

/* Rows and columns of a tile's outputs, and of the patch under them. */
#define TILE_ROWS (WORD_DEPTH > 1 && !SCALED ? 2 : 4)
#define TILE_COLUMNS 4
#define PATCH_ROWS (TILE_ROWS + 2)
#define PATCH_COLUMNS (TILE_COLUMNS + 2)
#define POINTS (PATCH_ROWS * PATCH_COLUMNS)
#define CACHE_LINE 16 /* floats */

INLINE int tile_rows_of(const dragon_winograd *w) {
    return divide_up(w->height, TILE_ROWS);
}
INLINE int tile_columns_of(const dragon_winograd *w) {
    return divide_up(w->width, TILE_COLUMNS);
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

/* Transformed input: [point][panel][word of channels][tile of the panel]. */
INLINE ptrdiff_t input_index(const dragon_winograd *w, int point, int panel, int word) {
    return (((ptrdiff_t)point * band_panels(w) + panel) * words_of(w->in_channels) + word) * band_width(w);
}

INLINE ptrdiff_t input_words(const dragon_winograd *w) {
    return (ptrdiff_t)POINTS * band_panels(w) * words_of(w->in_channels) * band_width(w);
}

/* Units: [point][channel], after the words. What follows a point's channels is zero, and keeps points off the same sets of
 * a cache. */
INLINE ptrdiff_t unit_stride(const dragon_winograd *w) {
    return words_of(w->in_channels) * WORD_DEPTH + CACHE_LINE;
}

static size_t winograd_input_floats(const dragon_winograd *w) {
    return (size_t)(input_words(w) + (SCALED ? POINTS * unit_stride(w) : 0));
}

/* ---- input */

/* The rows of Bᵀd for one row of tiles; row i at rows + i·stride, its first float being column −1 of the picture. */
static void transform_down(const dragon_winograd *w, const float *picture, int tile_row, float *rows,
                           ptrdiff_t stride) {
    for (int x = 0; x < w->width; x += VL) {
        vf d[PATCH_ROWS], t[PATCH_ROWS];
        UNROLL for (int i = 0; i < PATCH_ROWS; i++) {
            int y = TILE_ROWS * tile_row - 1 + i;
            d[i] = y >= 0 && y < w->height ? load(picture + (ptrdiff_t)y * w->width + x) : (vf){};
        }
        input_transform(TILE_ROWS, d, t);
        UNROLL for (int i = 0; i < PATCH_ROWS; i++) {
            store(rows + i * stride + 1 + x, t[i]);
        }
    }
    for (int i = 0; i < PATCH_ROWS; i++) {
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
INLINE void store_tiles(const dragon_winograd *w, int point, int word, int tile, int count, vf value, float *input) {
    int width = band_width(w), lane = tile % width;
    float *out = input + input_index(w, point, tile / width, word) + lane;
    if (count == VL && lane + VL <= width) {
        store(out, value);
    } else if (count == VL / 2 && lane + VL / 2 <= width) {
        memcpy(out, &value, sizeof value / 2);
    } else {
        float lanes[VL];
        memcpy(lanes, &value, sizeof lanes);
        for (int i = 0; i < count; i++)
            input[input_index(w, point, (tile + i) / width, word) + (tile + i) % width] = lanes[i];
    }
}

INLINE ptrdiff_t row_stride(const dragon_winograd *w) {
    return (ptrdiff_t)divide_up(tile_columns_of(w), VL) * 4 * VL + 2 * VL;
}

static void clear_spare_tiles(const dragon_winograd *w, int word, float *input) {
    int width = band_width(w), tiles = band_tiles(w);
    for (int point = 0; point < POINTS; point++)
        for (int tile = tiles; tile < band_panels(w) * width; tile++)
            input[input_index(w, point, tile / width, word) + tile % width] = 0;
}

/* Of each point of a word's channels: what is largest, then what makes it a number of units. */
typedef struct point_sizes {
    vi largest[WORD_DEPTH][POINTS];
    vf factor[WORD_DEPTH][POINTS];
} point_sizes;

/* One row of points of VL tiles, of the channels of a word: row i of each channel's Bᵀd is `rows` floats apart. */
INLINE void transform_across(const float *row, ptrdiff_t rows, vf t[WORD_DEPTH][PATCH_COLUMNS]) {
    UNROLL for (int channel = 0; channel < WORD_DEPTH; channel++) {
        vf d[PATCH_COLUMNS];
        gather_tiles(row + channel * rows, d);
        input_transform(TILE_COLUMNS, d, t[channel]);
    }
}

INLINE void measure_points(vf t[WORD_DEPTH][PATCH_COLUMNS], int first, point_sizes *sizes) {
    UNROLL for (int channel = 0; channel < WORD_DEPTH; channel++) {
        UNROLL for (int j = 0; j < PATCH_COLUMNS; j++) {
            vi *largest = &sizes->largest[channel][first + j];
            *largest = larger(*largest, t[channel][j]);
        }
    }
}

INLINE void store_points(const dragon_winograd *w, int word, int first, int tile, int count,
                         vf t[WORD_DEPTH][PATCH_COLUMNS], const point_sizes *sizes, float *input) {
    UNROLL for (int j = 0; j < PATCH_COLUMNS; j++) {
        vf a = t[0][j], b = t[WORD_DEPTH - 1][j];
        if (SCALED)
            a *= sizes->factor[0][first + j], b *= sizes->factor[WORD_DEPTH - 1][first + j];
        store_tiles(w, first + j, word, tile, count, weave(a, b), input);
    }
}

/* Goes over the band's tiles to measure the points of a word's channels, or to store them. */
INLINE void transform_band(const dragon_winograd *w, int word, int measures, point_sizes *sizes, float *input,
                           float *scratch) {
    ptrdiff_t stride = row_stride(w), channel_rows = PATCH_ROWS * stride;
    int columns = tile_columns_of(w), first = word * WORD_DEPTH, channels = min_int(WORD_DEPTH, w->in_channels - first);
    for (int row = w->band_begin; row < w->band_end; row++) {
        int item = row / tile_rows_of(w);
        const float *picture = w->x + item * w->x_item + (ptrdiff_t)first * w->height * w->width;
        for (int c = 0; c < channels; c++)
            transform_down(w, picture + (ptrdiff_t)c * w->height * w->width, row % tile_rows_of(w),
                           scratch + c * channel_rows, stride);
        for (int x = 0; x < columns; x += VL) {
            int tile = (row - w->band_begin) * columns + x, count = min_int(VL, columns - x);
            for (int i = 0; i < PATCH_ROWS; i++) {
                vf t[WORD_DEPTH][PATCH_COLUMNS];
                transform_across(scratch + i * stride + 4 * x, channel_rows, t);
                if (measures)
                    measure_points(t, i * PATCH_COLUMNS, sizes);
                else
                    store_points(w, word, i * PATCH_COLUMNS, tile, count, t, sizes, input);
            }
        }
    }
}

static void take_units(const dragon_winograd *w, int word, point_sizes *sizes, float *input) {
    for (int point = 0; point < POINTS; point++) {
        float *units = input + input_words(w) + point * unit_stride(w) + word * WORD_DEPTH;
        for (int channel = 0; channel < WORD_DEPTH; channel++) {
            vi largest = largest_lane(sizes->largest[channel][point]);
            units[channel] = unit_of(largest)[0];
            sizes->factor[channel][point] = units_in(largest);
        }
        if (word == words_of(w->in_channels) - 1)
            memset(units + WORD_DEPTH, 0, CACHE_LINE * sizeof *units);
    }
}

/* scratch: PATCH_ROWS rows for each channel of a word. */
static void winograd_input(const dragon_winograd *w, int32_t word, float *input, float *scratch) {
    ptrdiff_t channel_rows = PATCH_ROWS * row_stride(w);
    int channels = min_int(WORD_DEPTH, w->in_channels - word * WORD_DEPTH);
    memset(scratch + channels * channel_rows, 0, (size_t)((WORD_DEPTH - channels) * channel_rows) * sizeof *scratch);
    point_sizes sizes = {0};
    if (SCALED) {
        transform_band(w, word, 1, &sizes, input, scratch);
        take_units(w, word, &sizes, input);
    }
    transform_band(w, word, 0, &sizes, input, scratch);
    clear_spare_tiles(w, word, input);
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

/* G g Gᵀ of VL filters: point (i, j) at out[i·PATCH_COLUMNS + j]. */
INLINE void transform_filter_group(const void *weight, int32_t type, int flip, ptrdiff_t first, ptrdiff_t between,
                                   vf out[POINTS]) {
    vf taps[9], rows[3][PATCH_COLUMNS], column[PATCH_ROWS];
    load_filters(weight, type, first, between, taps);
    UNROLL for (int y = 0; y < 3; y++) {
        int start = flip ? 8 - 3 * y : 3 * y, step = flip ? -1 : 1;
        filter_transform(TILE_COLUMNS, taps[start], taps[start + step], taps[start + 2 * step], rows[y]);
    }
    UNROLL for (int j = 0; j < PATCH_COLUMNS; j++) {
        filter_transform(TILE_ROWS, rows[0][j], rows[1][j], rows[2][j], column);
        UNROLL for (int i = 0; i < PATCH_ROWS; i++) {
            out[i * PATCH_COLUMNS + j] = column[i];
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

/* The transformed filters of `count` channels from k on, none if below 1: VL of them at most. */
INLINE void transform_some_filters(const dragon_winograd *w, int32_t type, int flip, int row, int k, int count,
                                   vf out[POINTS]) {
    ptrdiff_t total = (ptrdiff_t)w->out_channels * w->in_channels * 9;
    ptrdiff_t first = row * w->w_out + k * w->w_in, between = w->w_in;
    if (count >= VL && first + (VL - 1) * between + 9 + VL <= total) {
        transform_filter_group(w->weight, type, flip, first, between, out);
    } else {
        char copy[SPARE_FILTERS * sizeof(float)];
        copy_filters(w->weight, type, first, between, max_int(0, min_int(VL, count)), copy);
        transform_filter_group(copy, type, flip, 0, 9, out);
    }
}

/* A row of filters to words of u, point after point. */
INLINE void transform_filter_row(const dragon_winograd *w, int32_t type, int flip, int row, int k0, int count, float *u,
                                 ptrdiff_t point_stride) {
    for (int k = 0; k < count; k += WORD_DEPTH * VL) {
        vf points[WORD_DEPTH][POINTS];
        UNROLL for (int part = 0; part < WORD_DEPTH; part++) {
            transform_some_filters(w, type, flip, row, k0 + k + part * VL, count - k - part * VL, points[part]);
        }
        UNROLL for (int point = 0; point < POINTS; point++) {
            store(u + point * point_stride + k / WORD_DEPTH, along(points[0][point], points[WORD_DEPTH - 1][point]));
        }
    }
}

/* The same in units of the row: numbers in units of the input's channels first, FILTER_NUMBERS for each point. */
#define FILTER_NUMBERS (WORD_DEPTH * K_BLOCK + CACHE_LINE)
INLINE void round_filter_row(const dragon_winograd *w, int32_t type, int flip, int row, int k0, int count,
                             const float *units, float *numbers, float *u, ptrdiff_t point_stride) {
    ptrdiff_t stride = unit_stride(w);
    vi largest[POINTS] = {0};
    for (int k = 0; k < count; k += VL) {
        vf points[POINTS];
        transform_some_filters(w, type, flip, row, k0 + k, count - k, points);
        UNROLL for (int point = 0; point < POINTS; point++) {
            vf number = points[point] * load(units + point * stride + k);
            largest[point] = larger(largest[point], number);
            store(numbers + point * FILTER_NUMBERS + k, number);
        }
    }
    for (int point = 0; point < POINTS; point++)
        round_row(numbers, point * FILTER_NUMBERS, count, DRAGON_FLOAT32, largest[point], u + point * point_stride);
}

INLINE void transform_filters_as(const dragon_winograd *w, int32_t type, int flip, int row, int rows, int k0, int count,
                                 const float *units, float *numbers, float *u) {
    for (int r = 0; r < rows; r++) {
        ptrdiff_t point_stride = (ptrdiff_t)rows * A_STRIDE;
        if (SCALED)
            round_filter_row(w, type, flip, row + r, k0, count, units, numbers, u + r * A_STRIDE, point_stride);
        else
            transform_filter_row(w, type, flip, row + r, k0, count, u + r * A_STRIDE, point_stride);
    }
}

/* units: of the input's channels, from k0 on; numbers: POINTS · FILTER_NUMBERS; neither is looked at where none are. */
static void transform_filters(const dragon_winograd *w, int row, int rows, int k0, int count, const float *units,
                              float *numbers, float *u) {
    if (w->flip) {
        WITH_ELEMENT_TYPE(w->weight_type, transform_filters_as(w, TYPE, 1, row, rows, k0, count, units, numbers, u));
    } else {
        WITH_ELEMENT_TYPE(w->weight_type, transform_filters_as(w, TYPE, 0, row, rows, k0, count, units, numbers, u));
    }
}

#endif
