/// The cheapest cut of a grid in two, by Boost's maximum flow (Boykov and Kolmogorov, PAMI 2004).
#ifndef DRAGON_GRAPHCUT_H
#define DRAGON_GRAPHCUT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A grid of cells, rows from the top, each tied to its eight neighbours. A tie that would leave the grid is not read.
typedef struct graphcut_grid {
    int32_t width;
    int32_t height;
    /// What it costs to leave a cell out, where positive, and to take it in, where negative. Infinite: it is decided.
    const float *gain;
    /// What it costs to part a cell from the one on the right, below, below on the right, below on the left: 0 or more.
    const float *right;
    const float *below;
    const float *below_right;
    const float *below_left;
} graphcut_grid;

/// Divides the cells so that what the cut costs in all is least. Cells that are decided take no memory and next to no
/// time.
///
/// - inside: width · height bytes, 1 for a cell that is taken in.
/// - Returns: 1; 0 where memory ran out, or where the grid has more than 100 million cells.
int32_t graphcut_divide(const graphcut_grid *grid, uint8_t *inside);

#ifdef __cplusplus
}
#endif

#endif
