/* The second half of a Winograd convolution: a product for every point, and Aᵀ m A laid into the picture. */
#ifndef DRAGON_WINOGRAD_OUTPUT_H
#define DRAGON_WINOGRAD_OUTPUT_H

#include "winograd.h"

static size_t winograd_scratch(const dragon_winograd *w, int32_t rows) {
    size_t products = (size_t)POINTS * (size_t)rows * (size_t)band_panels(w) * (size_t)band_width(w);
    size_t filters = (size_t)POINTS * (size_t)rows * A_STRIDE;
    size_t numbers = SCALED ? POINTS * FILTER_NUMBERS : 0;
    size_t input_rows = WORD_DEPTH * PATCH_ROWS * (size_t)row_stride(w);
    return products + filters + numbers > input_rows ? products + filters + numbers : input_rows;
}

/* Products of all points for output channels [row, row + rows): m[point][row][tile]. */
static void multiply_points(const dragon_winograd *w, int row, int rows, const float *input, float *u, float *m,
                            float *numbers) {
    static const float ones[PANEL] = {[0 ... PANEL - 1] = 1};
    int width = band_width(w), panels = band_panels(w), tiles = panels * width;
    /* Blocks of equal length, in whole vectors of words. */
    int blocks = divide_up(w->in_channels, WORD_DEPTH * K_BLOCK), whole = WORD_DEPTH * VL;
    int step = divide_up(divide_up(w->in_channels, blocks), whole) * whole;
    for (int k0 = 0; k0 < w->in_channels; k0 += step) {
        int count = min_int(step, w->in_channels - k0);
        transform_filters(w, row, rows, k0, count, input + input_words(w) + k0, numbers, u);
        for (int point = 0; point < POINTS; point++)
            for (int panel = 0; panel < panels; panel++) {
                const float *b = input + input_index(w, point, panel, k0 / WORD_DEPTH);
                for (int r = 0; r < rows; r += MR) {
                    tile_target target = {
                        .c = m + ((ptrdiff_t)point * rows + r) * tiles + panel * width,
                        .c_row = tiles,
                        .columns = width,
                        .accumulate = k0 > 0,
                        .units = ones,
                    };
                    tile_functions[0][w->vectors - 1][min_int(MR, rows - r) - 1](
                        u + ((ptrdiff_t)point * rows + r) * A_STRIDE, b, words_of(count), &target);
                }
            }
    }
}

/* The rows of VL tiles' outputs, in the order of the picture: out[y][4·VL]. */
INLINE void outputs_of_tiles(const float *m, ptrdiff_t point_stride, float *out) {
    vf down[TILE_ROWS][PATCH_COLUMNS];
    UNROLL for (int j = 0; j < PATCH_COLUMNS; j++) {
        vf column[PATCH_ROWS], t[4];
        UNROLL for (int i = 0; i < PATCH_ROWS; i++) {
            column[i] = load(m + (i * PATCH_COLUMNS + j) * point_stride);
        }
        output_transform(TILE_ROWS, column, t);
        UNROLL for (int y = 0; y < TILE_ROWS; y++) {
            down[y][j] = t[y];
        }
    }
    UNROLL for (int y = 0; y < TILE_ROWS; y++) {
        vf t[4];
        output_transform(TILE_COLUMNS, down[y], t);
        vf low02 = ZIP_LOW(t[0], t[2]), high02 = ZIP_HIGH(t[0], t[2]);
        vf low13 = ZIP_LOW(t[1], t[3]), high13 = ZIP_HIGH(t[1], t[3]);
        store(out + (4 * y + 0) * VL, ZIP_LOW(low02, low13));
        store(out + (4 * y + 1) * VL, ZIP_HIGH(low02, low13));
        store(out + (4 * y + 2) * VL, ZIP_LOW(high02, high13));
        store(out + (4 * y + 3) * VL, ZIP_HIGH(high02, high13));
    }
}

/* Lays `count` tiles that lie side by side into the picture, cut at its border. */
INLINE void place_tiles(const dragon_winograd *w, int channel, int row, int column, int count, const float *out) {
    int item = row / tile_rows_of(w), y0 = row % tile_rows_of(w) * TILE_ROWS, x0 = 4 * column;
    int rows = min_int(TILE_ROWS, w->height - y0), columns = min_int(4 * count, w->width - x0);
    ptrdiff_t offset = item * w->y_item + ((ptrdiff_t)channel * w->height + y0) * w->width + x0;
    float bias = w->bias ? w->bias[channel] : 0.0f;
    for (int y = 0; y < rows; y++, offset += w->width) {
        const float *from = out + y * 4 * VL;
        float *to = w->y + offset;
        if (w->residual) {
            const float *extra = w->residual + offset;
            for (int x = 0; x < columns; x++)
                to[x] = from[x] + bias + extra[x];
        } else {
            for (int x = 0; x < columns; x++)
                to[x] = from[x] + bias;
        }
    }
}

static void winograd_output(const dragon_winograd *w, int32_t row_begin, int32_t row_end, const float *input,
                            float *scratch) {
    int rows = row_end - row_begin, tiles = band_panels(w) * band_width(w), columns = tile_columns_of(w);
    float *u = scratch, *m = scratch + (ptrdiff_t)POINTS * rows * A_STRIDE;
    multiply_points(w, row_begin, rows, input, u, m, m + (ptrdiff_t)POINTS * rows * tiles);
    float out[TILE_ROWS * TILE_COLUMNS * VL];
    for (int r = 0; r < rows; r++)
        for (int tile = 0; tile < band_tiles(w); tile += VL) {
            outputs_of_tiles(m + (ptrdiff_t)r * tiles + tile, (ptrdiff_t)rows * tiles, out);
            int end = min_int(tile + VL, band_tiles(w));
            for (int t = tile; t < end;) {
                int row = w->band_begin + t / columns, column = t % columns;
                int count = min_int(end - t, columns - column);
                place_tiles(w, row_begin + r, row, column, count, out + 4 * (t - tile));
                t += count;
            }
        }
}

#endif
