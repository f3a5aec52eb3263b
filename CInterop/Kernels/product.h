/* Products of a weight and columns: A is widened and B packed block by block on the way to the tiles. */
#ifndef DRAGON_PRODUCT_H
#define DRAGON_PRODUCT_H

#include "tile.h"

/* Row tiles that share one pass over a panel of B. */
#define ROW_GROUP 4
#define A_BLOCK_FLOATS (K_BLOCK * A_COLUMN > MR * A_STRIDE ? K_BLOCK * A_COLUMN : MR * A_STRIDE)

/* Columns of A in a block: whole filters. */
INLINE int block_columns(const dragon_product *p) {
    return p->taps > 1 ? K_BLOCK / p->taps * p->taps : K_BLOCK;
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

INLINE void widen_row(const void *a, ptrdiff_t first, int count, int32_t type, float *out) {
    int k = 0;
    for (; k + VL <= count; k += VL)
        store(out + k, widen_at(a, first + k, type));
    if (k < count)
        store(out + k, widen_some(a, first + k, type, count - k));
}

/* Filters whose taps are read in reverse, or whose channels do not follow each other. */
static void widen_filters(const dragon_product *p, ptrdiff_t row, int k0, int count, float *out) {
    int taps = p->taps;
    float forward[32];
    for (int k = 0; k < count; k += taps) {
        ptrdiff_t first = row * p->a_row + (k0 + k) / taps * p->a_col;
        ptrdiff_t lowest = p->a_tap < 0 ? first + (taps - 1) * p->a_tap : first;
        widen_row(p->a, lowest, taps, p->a_type, forward);
        for (int t = 0; t < taps; t++)
            out[k + t] = forward[p->a_tap < 0 ? taps - 1 - t : t];
    }
}

INLINE void widen_columns(const dragon_product *p, int32_t type, int row, int k0, int count, float *out) {
    int rows = min_int(A_COLUMN, p->m - row);
    for (int k = 0; k < count; k++, out += A_COLUMN) {
        ptrdiff_t first = (k0 + k) * p->a_col + row;
        for (int r = 0; r < rows; r += VL)
            store(out + r,
                  rows - r >= VL ? widen_at(p->a, first + r, type) : widen_some(p->a, first + r, type, rows - r));
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

INLINE void copy_columns(const float *from, float *to, int columns, int width) {
    if (columns == width) {
        for (int i = 0; i < width; i += VL)
            store(to + i, load(from + i));
    } else {
        for (int i = 0; i < columns; i++)
            to[i] = from[i];
        for (int i = columns; i < width; i++)
            to[i] = 0;
    }
}

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

static void pack_patches(const dragon_product *p, const float *item, int first, int columns, int width, int k0,
                         int count, float *out) {
    output_run runs[PANEL];
    int run_count = find_runs(p, first, columns, runs), area = p->window * p->window;
    for (int k = k0; k < k0 + count; k++, out += width) {
        const float *channel = item + k / area * p->b_row;
        int ky = k % area / p->window, kx = k % p->window;
        for (int r = 0; r < run_count; r++) {
            int y = runs[r].y + ky;
            if (y < 0 || y >= p->in_height)
                memset(out + runs[r].lane, 0, (size_t)runs[r].length * sizeof *out);
            else
                copy_run(channel + (ptrdiff_t)y * p->in_width, runs[r].x + kx, p->in_width, p->stride, runs[r].length,
                         out + runs[r].lane);
        }
        for (int i = columns; i < width; i++)
            out[i] = 0;
    }
}

static void pack_panel(const dragon_product *p, int panel, int k0, int count, float *out) {
    int in_item = panels_of_item(p), columns = panel_columns(p, panel), width = panel_vectors(p, panel) * VL;
    int first = panel % in_item * PANEL;
    const float *item = p->b + panel / in_item * p->b_item;
    if (p->window) {
        pack_patches(p, item, first, columns, width, k0, count, out);
    } else {
        for (int k = 0; k < count; k++)
            copy_columns(item + (k0 + k) * p->b_row + first, out + (ptrdiff_t)k * width, columns, width);
    }
}

static size_t packed_floats(const dragon_product *p, int32_t panels) {
    return (size_t)p->k * PANEL * (size_t)panels;
}

static void pack_all(const dragon_product *p, int32_t panel_begin, int32_t panel_end, float *packed) {
    for (int panel = panel_begin; panel < panel_end; panel++)
        pack_panel(p, panel, 0, p->k, packed + (ptrdiff_t)panel * p->k * PANEL);
}

/* ---- C */

/* Floats of B that a task packs whole: they stay in the second-level cache while the rows pass over them. Above, B is
 * packed a block of k at a time, and C is read and written once more for every block. */
#define WHOLE_LIMIT (1 << 18)

INLINE int packs_whole(const dragon_product *p, int panels) {
    return (ptrdiff_t)panels * p->k * PANEL <= WHOLE_LIMIT;
}

static size_t multiply_scratch(const dragon_product *p, int32_t panels, int32_t is_packed) {
    size_t columns = packs_whole(p, panels) ? (size_t)p->k : K_BLOCK;
    return ROW_GROUP * A_BLOCK_FLOATS + (is_packed ? 0 : (size_t)panels * columns * PANEL);
}

/* Columns of B in packed form: panel q starts at data + (q − first)·depth·PANEL and holds rows k0 … k0 + depth. */
typedef struct packed_columns {
    const float *data;
    int first, depth, k0;
} packed_columns;

static void multiply_tile(const dragon_product *p, int row, int rows, int panel, const float *a,
                          const packed_columns *columns, int k0, int count) {
    int in_item = panels_of_item(p), vectors = panel_vectors(p, panel);
    ptrdiff_t offset = panel / in_item * p->c_item + row * p->c_row + panel % in_item * PANEL;
    const float *b = columns->data + (ptrdiff_t)(panel - columns->first) * columns->depth * PANEL +
                     (ptrdiff_t)(k0 - columns->k0) * vectors * VL;
    tile_target target = {
        .c = p->c + offset,
        .c_row = p->c_row,
        .columns = panel_columns(p, panel),
        .bias = k0 == 0 && p->bias ? p->bias + row : NULL,
        .residual = k0 == 0 && p->residual ? p->residual + offset : NULL,
        .accumulate = p->accumulate || k0 > 0,
    };
    tile_functions[is_column_major(p)][vectors - 1][rows - 1](a, b, count, &target);
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
        columns = (packed_columns){own, panel_begin, min_int(step, p->k - k0), k0};
        for (int panel = panel_begin; panel < panel_end; panel++)
            pack_panel(p, panel, k0, columns.depth, own + (ptrdiff_t)(panel - panel_begin) * columns.depth * PANEL);
        multiply_packed(p, row_begin, row_end, panel_begin, panel_end, &columns, scratch);
    }
}

#endif
