/* Products of a weight and columns: A and B are brought to the products' format block by block on the way to the tiles. */
#ifndef DRAGON_PRODUCT_H
#define DRAGON_PRODUCT_H

#include "tile.h"

/* Row tiles that share one pass over a panel of B. */
#define ROW_GROUP 4
#define A_BLOCK_FLOATS ((K_BLOCK + 1) * A_COLUMN > MR * A_STRIDE ? (K_BLOCK + 1) * A_COLUMN : MR * A_STRIDE)

/* Columns of A in a block: whole filters, and whole words. */
INLINE int block_columns(const dragon_product *p) {
    int whole = (p->taps > 1 ? p->taps : 1) * WORD_DEPTH;
    return WORD_DEPTH * K_BLOCK / whole * whole;
}

/* Floats of a panel of B: words for `depth` numbers of each column and, where there are units, one of each for a block. */
INLINE ptrdiff_t panel_floats(const dragon_product *p, int depth) {
    return (ptrdiff_t)(words_of(depth) + (SCALED ? divide_up(depth, block_columns(p)) : 0)) * PANEL;
}

INLINE int is_column_major(const dragon_product *p) {
    return p->taps == 1 && p->a_row == 1 && p->a_col != 1;
}

INLINE int panels_of_item(const dragon_product *p) {
    return divide_up(p->n, PANEL);
}

/* Valid columns of a panel, and the vectors that hold them. */
INLINE int panel_columns(const dragon_product *p, int panel) {
    int first = panel % panels_of_item(p) * PANEL;
    return min_int(PANEL, p->n - first);
}
INLINE int panel_vectors(const dragon_product *p, int panel) {
    return panel_columns(p, panel) > VL ? 2 : 1;
}

/* ---- A */

/* Filters whose taps are read in reverse, or whose channels do not follow each other. */
static void widen_filters(const dragon_product *p, ptrdiff_t row, int k0, int count, float *out) {
    int taps = p->taps;
    float forward[32], numbers[WORD_DEPTH * K_BLOCK], *flat = WORD_DEPTH > 1 ? numbers : out;
    for (int k = 0; k < count; k += taps) {
        ptrdiff_t first = row * p->a_row + (k0 + k) / taps * p->a_col;
        ptrdiff_t lowest = p->a_tap < 0 ? first + (taps - 1) * p->a_tap : first;
        for (int t = 0; t < taps; t += VL)
            store(forward + t, widen_up_to(p->a, lowest + t, p->a_type, taps - t));
        for (int t = 0; t < taps; t++)
            flat[k + t] = forward[p->a_tap < 0 ? taps - 1 - t : t];
    }
    if (WORD_DEPTH > 1)
        widen_row(numbers, 0, count, DRAGON_FLOAT32, out);
}

INLINE void widen_columns(const dragon_product *p, int32_t type, int row, int k0, int count, float *out) {
    int rows = min_int(A_COLUMN, p->m - row);
    for (int r = 0; r < rows; r += VL) {
        ptrdiff_t first = k0 * p->a_col + row + r;
        vf factor = splat(1);
        if (SCALED) {
            vi largest = {};
            for (int k = 0; k < count; k++)
                largest = larger(largest, widen_up_to(p->a, first + k * p->a_col, type, rows - r));
            store(out + words_of(count) * A_COLUMN + r, unit_of(largest));
            factor = units_in(largest);
        }
        for (int k = 0; k < count; k += WORD_DEPTH, first += WORD_DEPTH * p->a_col) {
            int is_paired = WORD_DEPTH > 1 && k + 1 < count;
            vf next = is_paired ? widen_up_to(p->a, first + p->a_col, type, rows - r) : (vf){};
            store(out + k / WORD_DEPTH * A_COLUMN + r,
                  weave(widen_up_to(p->a, first, type, rows - r) * factor, next * factor));
        }
    }
}

INLINE void widen_block_as(const dragon_product *p, int32_t type, int row, int rows, int k0, int count, float *out) {
    int contiguous = p->taps == 1 ? p->a_col == 1 : p->a_tap == 1 && p->a_col == p->taps;
    if (is_column_major(p)) {
        widen_columns(p, type, row, k0, count, out);
    } else {
        for (int r = 0; r < rows; r++) {
            if (contiguous)
                widen_row(p->a, (row + r) * p->a_row + k0, count, type, out + r * A_STRIDE);
            else
                widen_filters(p, row + r, k0, count, out + r * A_STRIDE);
        }
    }
}

/* Rows [row, row + rows) and columns [k0, k0 + count) of A, as the tiles read them. */
static void widen_block(const dragon_product *p, int row, int rows, int k0, int count, float *out) {
    WITH_ELEMENT_TYPE(p->a_type, widen_block_as(p, TYPE, row, rows, k0, count, out));
}

/* ---- B */

/* Outputs of a convolution that lie in one row of its output: their inputs lie in one row too. */
typedef struct output_run {
    int lane, length, y, x; /* y, x: of the input under the window's first tap */
} output_run;

static int find_runs(const dragon_product *p, int first, int columns, output_run *runs) {
    int count = 0;
    for (int lane = 0; lane < columns;) {
        int oy = (first + lane) / p->out_width, ox = (first + lane) % p->out_width;
        int length = min_int(columns - lane, p->out_width - ox);
        runs[count++] = (output_run){lane, length, oy * p->stride - p->pad, ox * p->stride - p->pad};
        lane += length;
    }
    return count;
}

INLINE void copy_run(const float *row, int x, int width, int stride, int length, float *out) {
    if (stride == 1) {
        int begin = min_int(length, max_int(0, -x)), end = max_int(begin, min_int(length, width - x));
        for (int i = 0; i < begin; i++)
            out[i] = 0;
        for (int i = begin; i < end; i++)
            out[i] = row[x + i];
        for (int i = end; i < length; i++)
            out[i] = 0;
    } else {
        for (int i = 0; i < length; i++) {
            int at = x + i * stride;
            out[i] = at >= 0 && at < width ? row[at] : 0;
        }
    }
}

/* Row k of the patches' matrix: one tap of one channel, for the columns of a panel. */
static void pack_tap(const dragon_product *p, const float *item, const output_run *runs, int run_count, int k,
                     float *out) {
    int area = p->window * p->window, ky = k % area / p->window, kx = k % p->window;
    const float *channel = item + k / area * p->b_row;
    for (int r = 0; r < run_count; r++) {
        int y = runs[r].y + ky;
        if (y < 0 || y >= p->in_height)
            memset(out + runs[r].lane, 0, (size_t)runs[r].length * sizeof *out);
        else
            copy_run(channel + (ptrdiff_t)y * p->in_width, runs[r].x + kx, p->in_width, p->stride, runs[r].length,
                     out + runs[r].lane);
    }
}

static void pack_patches(const dragon_product *p, const float *item, int first, int columns, int width, int k0,
                         int count, float *out) {
    output_run runs[PANEL];
    int run_count = find_runs(p, first, columns, runs);
    float rows[2][PANEL];
    for (int k = k0; k < k0 + count; k += WORD_DEPTH, out += width) {
        int is_paired = WORD_DEPTH > 1 && k + 1 < k0 + count;
        float *row = WORD_DEPTH > 1 ? rows[0] : out;
        pack_tap(p, item, runs, run_count, k, row);
        if (is_paired)
            pack_tap(p, item, runs, run_count, k + 1, rows[1]);
        if (WORD_DEPTH > 1 || columns < width)
            weave_rows(row, is_paired ? rows[1] : NULL, columns, width, out);
    }
}

static void pack_columns(const dragon_product *p, const float *item, int first, int columns, int width, int k0,
                         int count, float *out) {
    for (int k = 0; k < count; k += WORD_DEPTH, out += width) {
        const float *row = item + (k0 + k) * p->b_row + first;
        weave_rows(row, k + 1 < count ? row + p->b_row : NULL, columns, width, out);
    }
}

/* The rows of a block as they are, zero past `columns` and after the last. */
static void copy_rows(const dragon_product *p, const float *item, int first, int columns, int k0, int count,
                      float rows[][PANEL]) {
    output_run runs[PANEL];
    int run_count = p->window ? find_runs(p, first, columns, runs) : 0;
    for (int k = 0; k < count; k++) {
        if (p->window) {
            memset(rows[k], 0, sizeof rows[k]);
            pack_tap(p, item, runs, run_count, k0 + k, rows[k]);
        } else {
            const float *row = item + (k0 + k) * p->b_row + first;
            for (int i = 0; i < PANEL; i += VL)
                store(rows[k] + i, widen_up_to(row, i, DRAGON_FLOAT32, columns - i));
        }
    }
    if (count % WORD_DEPTH)
        memset(rows[count], 0, sizeof rows[count]);
}

/* A block in units of its columns. */
static void pack_units(const dragon_product *p, const float *item, int first, int columns, int width, int k0, int count,
                       float *out, float *units) {
    float rows[WORD_DEPTH * K_BLOCK][PANEL];
    copy_rows(p, item, first, columns, k0, count, rows);
    for (int v = 0; v < width; v += VL) {
        vi largest = {};
        for (int k = 0; k < count; k++)
            largest = larger(largest, load(rows[k] + v));
        store(units + v, unit_of(largest));
        vf factor = units_in(largest);
        for (int k = 0; k < count; k += WORD_DEPTH)
            store(out + k / WORD_DEPTH * width + v,
                  weave(load(rows[k] + v) * factor, load(rows[k + WORD_DEPTH - 1] + v) * factor));
    }
}

static void pack_panel(const dragon_product *p, int panel, int k0, int count, float *out) {
    int in_item = panels_of_item(p), columns = panel_columns(p, panel), width = panel_vectors(p, panel) * VL;
    int first = panel % in_item * PANEL, block = block_columns(p);
    const float *item = p->b + panel / in_item * p->b_item;
    if (SCALED) {
        float *units = out + (ptrdiff_t)words_of(count) * PANEL;
        for (int k = 0; k < count; k += block, units += PANEL)
            pack_units(p, item, first, columns, width, k0 + k, min_int(block, count - k),
                       out + (ptrdiff_t)(k / WORD_DEPTH) * width, units);
    } else if (p->window) {
        pack_patches(p, item, first, columns, width, k0, count, out);
    } else {
        pack_columns(p, item, first, columns, width, k0, count, out);
    }
}

static size_t packed_floats(const dragon_product *p, int32_t panels) {
    return (size_t)panel_floats(p, p->k) * (size_t)panels;
}

static void pack_all(const dragon_product *p, int32_t panel_begin, int32_t panel_end, float *packed) {
    for (int panel = panel_begin; panel < panel_end; panel++)
        pack_panel(p, panel, 0, p->k, packed + panel * panel_floats(p, p->k));
}

/* ---- C */

/* Floats of B that a task packs whole: they stay in the second-level cache while the rows pass over them. Above, B is
 * packed a block of k at a time, and C is read and written once more for every block. */
#define WHOLE_LIMIT (1 << 18)

INLINE int packs_whole(const dragon_product *p, int panels) {
    return panels * panel_floats(p, p->k) <= WHOLE_LIMIT;
}

static size_t multiply_scratch(const dragon_product *p, int32_t panels, int32_t is_packed) {
    size_t floats = (size_t)panel_floats(p, packs_whole(p, panels) ? p->k : WORD_DEPTH * K_BLOCK);
    return ROW_GROUP * A_BLOCK_FLOATS + (is_packed ? 0 : (size_t)panels * floats);
}

/* Columns of B in packed form: panel q starts at data + (q − first)·panel_floats and holds rows k0 … k0 + depth. */
typedef struct packed_columns {
    const float *data;
    int first, depth, k0;
} packed_columns;

static void multiply_tile(const dragon_product *p, int row, int rows, int panel, const float *a,
                          const packed_columns *columns, int k0, int count) {
    int in_item = panels_of_item(p), vectors = panel_vectors(p, panel);
    ptrdiff_t offset = panel / in_item * p->c_item + row * p->c_row + panel % in_item * PANEL;
    const float *start = columns->data + (panel - columns->first) * panel_floats(p, columns->depth);
    const float *b = start + (ptrdiff_t)((k0 - columns->k0) / WORD_DEPTH) * vectors * VL;
    int block = SCALED ? (k0 - columns->k0) / block_columns(p) : 0;
    tile_target target = {
        .c = p->c + offset,
        .c_row = p->c_row,
        .columns = panel_columns(p, panel),
        .bias = k0 == 0 && p->bias ? p->bias + row : NULL,
        .residual = k0 == 0 && p->residual ? p->residual + offset : NULL,
        .accumulate = p->accumulate || k0 > 0,
        .units = SCALED ? start + (ptrdiff_t)(words_of(columns->depth) + block) * PANEL : NULL,
    };
    tile_functions[is_column_major(p)][vectors - 1][rows - 1](a, b, words_of(count), &target);
}

/* Rows [row, end) of at most ROW_GROUP tiles, by k0 … k0 + count of A, over the panels. */
static void multiply_group(const dragon_product *p, int row, int end, int panel_begin, int panel_end,
                           const packed_columns *columns, int k0, int count, float *a) {
    for (int r = row; r < end; r += MR)
        widen_block(p, r, min_int(MR, end - r), k0, count, a + (r - row) / MR * A_BLOCK_FLOATS);
    for (int panel = panel_begin; panel < panel_end; panel++)
        for (int r = row; r < end; r += MR)
            multiply_tile(p, r, min_int(MR, end - r), panel, a + (r - row) / MR * A_BLOCK_FLOATS, columns, k0, count);
}

static void multiply_packed(const dragon_product *p, int row_begin, int row_end, int panel_begin, int panel_end,
                            const packed_columns *columns, float *a) {
    int step = block_columns(p), end = columns->k0 + columns->depth;
    for (int row = row_begin; row < row_end; row += ROW_GROUP * MR)
        for (int k0 = columns->k0; k0 < end; k0 += step)
            multiply_group(p, row, min_int(row_end, row + ROW_GROUP * MR), panel_begin, panel_end, columns, k0,
                           min_int(step, end - k0), a);
}

static void multiply(const dragon_product *p, int32_t row_begin, int32_t row_end, int32_t panel_begin,
                     int32_t panel_end, const float *packed, float *scratch) {
    float *own = scratch + ROW_GROUP * A_BLOCK_FLOATS;
    packed_columns columns = {packed, 0, p->k, 0};
    if (packed) {
        multiply_packed(p, row_begin, row_end, panel_begin, panel_end, &columns, scratch);
        return;
    }
    int step = packs_whole(p, panel_end - panel_begin) ? p->k : block_columns(p);
    for (int k0 = 0; k0 < p->k; k0 += step) {
        int depth = min_int(step, p->k - k0);
        columns = (packed_columns){own, panel_begin, depth, k0};
        for (int panel = panel_begin; panel < panel_end; panel++)
            pack_panel(p, panel, k0, depth, own + (panel - panel_begin) * panel_floats(p, depth));
        multiply_packed(p, row_begin, row_end, panel_begin, panel_end, &columns, scratch);
    }
}

#endif
