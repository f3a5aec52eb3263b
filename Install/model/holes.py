"""Holes to train an inpainting network on: what a selection leaves behind, on the grid of the latent."""
import cv2
import numpy as np
import torch
import torch.nn.functional as F


def blob(rng, side):
    """side × side, 1 in the hole: one to three rounded or cornered blobs of an object's size, now and then most of the picture."""
    mask = np.zeros((side, side), np.uint8)
    for _ in range(rng.integers(1, 4)):
        centre, radius = rng.uniform(0, side, 2), side * rng.uniform(0.06, 0.3)
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 12)))
        reach = radius * rng.uniform(0.5, 1.0, len(angles)) * (1 + rng.uniform(0, 1) * np.abs(np.cos(angles - rng.uniform(0, np.pi))))
        outline = centre + reach[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return 1 - mask if rng.random() < 0.05 else mask


def blobs(rng, count, side):
    """count × 1 × side × side; none is empty, none is all."""
    masks = []
    while len(masks) < count:
        mask = blob(rng, side)
        if 4 <= mask.sum() <= 0.9 * side * side:
            masks.append(mask)
    return torch.from_numpy(np.stack(masks)).float()[:, None]


class Holes:
    """Draws holes for scenes: blobs, and the outlines of other scenes' objects, a cell wider."""

    def __init__(self, side, device, count=4096, seed=0):
        self.blobs = blobs(np.random.default_rng(seed), count, side).to(device)
        self.side, self.device = side, device

    def draw(self, objects, generator=None):
        """n × 1 × side × side for scenes whose objects lie in `objects`, of the same shape.

        Three holes of four spare the scene's own objects: an emptied place is to become ground, whatever stands beside it. The fourth
        does not, for what is made anew beside a laid object cuts into it.
        """
        n = len(objects)
        chance = torch.rand(2, n, 1, 1, 1, generator=generator, device=self.device)
        shift = [int(v) for v in torch.randint(self.side, (2,))]
        outlines = F.max_pool2d(objects.roll(1, 0).roll(shift, (2, 3)), 3, 1, 1)
        drawn = self.blobs[torch.randint(len(self.blobs), (n,), generator=generator, device=self.device)]
        masks = torch.where((chance[0] < 0.5) & enough(outlines), outlines, drawn)
        sparing = masks * (1 - objects)
        return torch.where((chance[1] < 0.75) & enough(sparing), sparing, masks)


def enough(masks):
    """n × 1 × 1 × 1: whether a hole is neither next to nothing nor next to all."""
    share = masks.mean((1, 2, 3), keepdim=True)
    return (share > 4 / masks[0].numel()) & (share < 0.9)
