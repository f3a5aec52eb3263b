"""Holes to train an inpainting network on: what a selection leaves behind, on the grid of the latent."""
import cv2
import numpy as np
import torch


def hole(rng, side):
    """side × side, 1 in the hole: one to three rounded or cornered blobs of an object's size, now and then most of the picture."""
    mask = np.zeros((side, side), np.uint8)
    for _ in range(rng.integers(1, 4)):
        centre, radius = rng.uniform(0, side, 2), side * rng.uniform(0.06, 0.3)
        angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 12)))
        reach = radius * rng.uniform(0.5, 1.0, len(angles)) * (1 + rng.uniform(0, 1) * np.abs(np.cos(angles - rng.uniform(0, np.pi))))
        outline = centre + reach[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return 1 - mask if rng.random() < 0.05 else mask


def holes(rng, count, side):
    """count × 1 × side × side; none is empty, none is all."""
    masks = []
    while len(masks) < count:
        mask = hole(rng, side)
        if 4 <= mask.sum() <= 0.9 * side * side:
            masks.append(mask)
    return torch.from_numpy(np.stack(masks)).float()[:, None]
