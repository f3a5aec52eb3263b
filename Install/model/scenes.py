"""Composes pictures of known content: cut-out objects on photographs, 256 × 256, each with a caption.

A scene is drawn from a seeded generator, so that a shard of scenes is reproducible. Everything is uint8 or float32
RGB; colours are changed, and objects scaled, turned, mirrored and shadowed, because few pictures have to stand for many.
"""
import dataclasses

import cv2
import numpy as np
from PIL import Image

import sources

SIDE = 256
Image.MAX_IMAGE_PIXELS = None
cv2.setNumThreads(1)            # scenes are composed in parallel processes


@dataclasses.dataclass(frozen=True)
class Sprite:
    pixels: np.ndarray          # h × w × 4 float32, 0…1, not premultiplied
    name: str | None            # "drake"
    kind: str                   # "bird"
    drawn: bool                 # a cartoon rather than a photograph


def load_backdrop(path, short_side=768):
    picture = Image.open(path).convert("RGB")
    scale = short_side / min(picture.size)
    if scale < 1:
        picture = picture.resize([max(short_side, round(s * scale)) for s in picture.size], Image.Resampling.LANCZOS)
    return np.asarray(picture)


def load_sprite(key, path, smallest=80, largest=320):
    """The cut-out trimmed to its visible box, or None where it is too small or not a cut-out at all."""
    picture = Image.open(path).convert("RGBA")
    alpha = np.asarray(picture)[..., 3] > 24
    if not alpha.any():
        return None
    ys, xs = np.nonzero(alpha)
    picture = picture.crop((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
    if max(picture.size) < smallest or alpha.mean() > 0.97:
        return None
    picture.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    pixels = np.asarray(picture).astype(np.float32) / 255
    return Sprite(pixels, sources.name_of(path), sources.kind_of(key), "cartoon" in key)


def pictures(unpacked, evaluation=False, short_side=768):
    """Backdrops, each with whether it is a photograph, and sprites of one side of the split."""
    backdrops = [(load_backdrop(p, short_side), sources.is_photograph(p)) for p in sources.backdrops(unpacked)[evaluation]]
    sprites = [load_sprite(k, p) for k, p in sources.stamps(unpacked)[evaluation]]
    return backdrops, [s for s in sprites if s]


class Composer:
    """Draws scenes of given backdrops and sprites."""

    def __init__(self, backdrops, sprites):
        self.backdrops = [pixels for pixels, _ in backdrops]
        shares = np.array([2.0 if photograph else 1.0 for _, photograph in backdrops])
        self.shares = shares / shares.sum()
        self.sprites = sprites
        weights = np.array([0.35 if s.drawn else 1.0 for s in sprites])
        self.weights = weights / weights.sum()

    def scene(self, rng):
        """→ (256 × 256 × 3 uint8, caption, 256 × 256 float32: where objects lie)."""
        canvas, covered = jitter(self.backdrop(rng), rng, 1.0), np.zeros((SIDE, SIDE, 1), np.float32)
        count = rng.choice([0, 1, 2, 3, 4], p=[0.08, 0.5, 0.24, 0.12, 0.06])
        chosen = [self.sprites[i] for i in rng.choice(len(self.sprites), count, p=self.weights)]
        if count > 1 and rng.random() < 0.25:
            chosen[1] = chosen[0]                       # two alike: the same thing at two places
        for sprite in chosen:
            place(canvas, covered, posed(sprite, rng), rng)
        if rng.random() < 0.15:
            canvas *= illumination(rng)
        return np.clip(canvas * 255 + 0.5, 0, 255).astype(np.uint8), caption(chosen, rng), covered[..., 0]

    def backdrop(self, rng):
        """A crop of a photograph or, now and then, a plain or graded colour."""
        if rng.random() < 0.1:
            corners = rng.random((2, 2, 3)).astype(np.float32)
            if rng.random() < 0.5:
                corners[:] = corners[:1, :1]
            return cv2.resize(corners, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        source = self.backdrops[rng.choice(len(self.backdrops), p=self.shares)]
        h, w = source.shape[:2]
        side = int(np.exp(rng.uniform(np.log(SIDE), np.log(min(h, w) + 1))))
        y, x = rng.integers(h - side + 1), rng.integers(w - side + 1)
        crop = cv2.resize(source[y:y + side, x:x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        crop = crop.astype(np.float32) / 255
        if rng.random() < 0.5:
            crop = crop[:, ::-1]
        if rng.random() < 0.12:
            crop = np.rot90(crop, rng.integers(1, 4))
        if rng.random() < 0.15:
            crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(1, 5))
        return np.ascontiguousarray(crop)


def jitter(rgb, rng, strength):
    """Brightness, contrast, saturation, gamma and a turn of the hue; now and then no colour at all."""
    grey = rgb @ np.float32([0.299, 0.587, 0.114])
    saturation = 0.0 if rng.random() < 0.06 * strength else rng.uniform(1 - 0.4 * strength, 1 + 0.4 * strength)
    rgb = grey[..., None] + (rgb - grey[..., None]) * np.float32(saturation)
    if rng.random() < 0.4 * strength:
        rgb = rgb @ hue_turn(rng.uniform(-np.pi, np.pi) if rng.random() < 0.3 else rng.normal(0, 0.3))
    contrast, shift = rng.uniform(1 - 0.3 * strength, 1 + 0.2 * strength), rng.normal(0, 0.06 * strength)
    rgb = (rgb - 0.5) * np.float32(contrast) + np.float32(0.5 + shift)
    return np.clip(rgb, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.2 * strength)))


def hue_turn(angle):
    """Rotation of RGB space about its grey axis: keeps lightness roughly, changes hue."""
    c, s, third = np.cos(angle), np.sin(angle), 1 / 3
    same, near, far = c + (1 - c) * third, third * (1 - c) - np.sqrt(third) * s, third * (1 - c) + np.sqrt(third) * s
    return np.float32([[same, near, far], [far, same, near], [near, far, same]])


def posed(sprite, rng):
    """The sprite at a random size, tilt, mirroring and colour; premultiplied, so that scaling leaves no fringe."""
    pixels = sprite.pixels
    rgb = jitter(pixels[..., :3], rng, 0.5)
    pixels = np.concatenate([rgb * pixels[..., 3:], pixels[..., 3:]], -1)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    h, w = pixels.shape[:2]
    size = SIDE * np.exp(rng.uniform(np.log(0.16), np.log(0.62)))
    scale = min(size / max(h, w), 1.6)
    angle = rng.normal(0, 9) if rng.random() < 0.5 else 0.0
    reach = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    nw, nh = int(scale * (w * reach[0] + h * reach[1])) + 2, int(scale * (w * reach[1] + h * reach[0])) + 2
    if scale < 0.5:                                     # halve first: bilinear sampling alone would alias
        pixels = cv2.resize(np.ascontiguousarray(pixels), (max(w // 2, 1), max(h // 2, 1)), interpolation=cv2.INTER_AREA)
        h, w, scale = *pixels.shape[:2], scale * 2
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, scale)
    matrix[:, 2] += nw / 2 - w / 2, nh / 2 - h / 2
    return cv2.warpAffine(np.ascontiguousarray(pixels), matrix, (nw, nh), flags=cv2.INTER_LINEAR)


def place(canvas, covered, sprite, rng):
    """Lays a premultiplied sprite over the canvas, mostly wholly inside it, sometimes with a soft shadow; tells where it lies."""
    h, w = sprite.shape[:2]
    loose = 0.35 if rng.random() < 0.15 else 0.0
    x = int(rng.uniform(-loose * w, SIDE - w * (1 - loose)))
    y = int(rng.uniform(-loose * h, SIDE - h * (1 - loose)))
    if rng.random() < 0.3:
        blur, dx, dy = rng.uniform(1.5, 6), int(rng.normal(0, 6)), int(abs(rng.normal(0, 6)))
        pad = int(3 * blur)
        shade = cv2.GaussianBlur(np.pad(sprite[..., 3], pad), (0, 0), blur) * np.float32(rng.uniform(0.2, 0.6))
        _over(canvas, np.zeros((*shade.shape, 3), np.float32), shade, x + dx - pad, y + dy - pad)
    _over(canvas, sprite[..., :3], sprite[..., 3], x, y)
    _over(covered, sprite[..., 3:], sprite[..., 3], x, y)


def _over(canvas, rgb, alpha, x, y):
    """Premultiplied "over", clipped to the canvas."""
    h, w = alpha.shape
    top, left, bottom, right = max(y, 0), max(x, 0), min(y + h, SIDE), min(x + w, SIDE)
    if top >= bottom or left >= right:
        return
    part = np.s_[top - y:bottom - y, left - x:right - x]
    under = canvas[top:bottom, left:right]
    under *= 1 - alpha[part][..., None]
    under += rgb[part]


def illumination(rng):
    """A smooth light across the picture."""
    corners = rng.uniform(0.6, 1.25, (2, 2, 1)).astype(np.float32)
    return cv2.resize(corners, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)[..., None]


def caption(sprites, rng):
    """What the scene shows, by name or by kind: "a photo of a drake", "a photo of a bird and a rose"."""
    if not sprites:
        return "a photo of a background" if rng.random() < 0.7 else "a background"
    names = []
    for sprite in sprites[:2]:
        name = sprite.name if sprite.name and rng.random() < 0.75 else sprite.kind
        names.append(("an " if name[0] in "aeiou" else "a ") + name)
    listed = " and ".join(dict.fromkeys(names))
    if all(s.drawn for s in sprites):
        return "a drawing of " + listed
    return ("a photo of " if rng.random() < 0.85 else "") + listed
