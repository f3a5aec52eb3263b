"""Moves and resizes that leave the frame, which the reference implementation refuses: what falls outside is dropped.

The reference shifts a scaled grid cyclically and then fits it to the picture, so an object that is made smaller far
from the centre would wrap around. Here every cell is carried to its place by itself; where nothing wraps, the result is
the reference's own.
"""
import torch


def offsets(scaled, size):
    """Where a centred grid of side `scaled` starts on one of side `size`."""
    gap = size - scaled
    return gap // 2 if gap >= 0 else -(-gap // 2)


def carried(mask, shift, size):
    """Cells of a scaled mask that land on the grid → (rows and columns there, rows and columns in the mask)."""
    ys, xs = torch.nonzero(mask, as_tuple=True)
    to_y = ys + int(shift[1]) + offsets(mask.shape[0], size[0])
    to_x = xs + int(shift[0]) + offsets(mask.shape[1], size[1])
    inside = (to_y >= 0) & (to_y < size[0]) & (to_x >= 0) & (to_x < size[1])
    return (to_y[inside], to_x[inside]), (ys[inside], xs[inside])


def plan(oracle):
    """The reference's plan of an edit with placement as above."""

    class Plan(oracle.Plan):
        def plan_move(self):
            edit, grid = self.e, (self.gh, self.gw)
            mask = (edit.mask > 0.5).float()
            self.org = oracle.nearest(mask, grid) > 0.5
            scaled = oracle.nearest(mask, (int(self.gh * edit.resize), int(self.gw * edit.resize))) > 0.5
            shift = [int(d // self.cell * edit.resize) for d in edit.displacement]
            there, here = carried(scaled, shift, grid)
            self.cur, self.tar = torch.zeros(grid, dtype=torch.bool), torch.zeros_like(scaled)
            self.cur[there], self.tar[here] = True, True
            self.other, self.hole = ~(self.cur | self.org), self.org & ~self.cur
            self.fill = self.other
            self.edit_region = oracle.nearest(self.cur.float(), (self.lh, self.lw)) > 0
            self.sde_region = oracle.nearest((self.cur | self.org).float(), (self.lh, self.lw)) > 0.5

        def start_move(self, z):
            edit, size = self.e, (int(self.lh * self.e.resize), int(self.lw * self.e.resize))
            shift = [int(d / (edit.image.shape[-1] / self.lw) * edit.resize) for d in edit.displacement]
            there, here = carried(oracle.nearest(edit.mask, size) > 0, shift, (self.lh, self.lw))
            scaled, start = torch.nn.functional.interpolate(z, size), z.clone()
            start[:, :, there[0], there[1]] = scaled[:, :, here[0], here[1]]
            return start

    return Plan
