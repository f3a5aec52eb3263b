"""Small pictures of every kind that is read, with the pixels that Pillow sees in them, for Tests/CommandLineTests.

    pip install pillow numpy
    python Tests/Peers/pictures.py      rewrites Tests/Fixtures/pictures

expected.json: {"file": [width, height, bits, has transparency, [R, G, B, A, …]]}. Kinds that Pillow does not write are put together here.
"""
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures", "pictures")
WIDTH, HEIGHT = 13, 9


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, color_type, bits, extra=b""):
    """Samples [height, width, channels] as a PNG of that colour type; rows unfiltered."""
    rows = samples.astype(">u2" if bits == 16 else "u1").reshape(samples.shape[0], -1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    rgba = np.stack([x * 19, y * 28, (x + y) * 11, 255 - x * y * 2], axis=2).clip(0, 255).astype(np.uint8)
    deep = rgba.astype(np.uint16) * 257 - (rgba.astype(np.uint16) // 3)
    picture = Image.fromarray(rgba)
    expected = {}

    def keep(name, bits, has_alpha, pixels):
        expected[name] = [WIDTH, HEIGHT, bits, has_alpha, pixels.flatten().tolist()]

    def save(name, image, has_alpha=False, **options):
        path = os.path.join(FOLDER, name)
        image.save(path, **options)
        seen = Image.open(path)
        keep(name, 8, has_alpha, np.asarray(seen.convert("RGBA")))

    save("rgb.png", picture.convert("RGB"))
    save("rgba.png", picture, True)
    save("gray.png", picture.convert("L"))
    save("gray-alpha.png", picture.convert("LA"), True)
    save("bits.png", picture.convert("1"))
    save("palette.png", picture.convert("RGB").quantize(7))
    save("palette-alpha.png", picture.convert("RGB").quantize(7), True, transparency=3)
    save("rgb.jpg", picture.convert("RGB"), quality=95, subsampling=0)
    save("gray.jpg", picture.convert("L"), quality=95)
    save("progressive.jpg", picture.convert("RGB"), quality=95, subsampling=0, progressive=True)
    save("cmyk.jpg", picture.convert("RGB").convert("CMYK"), quality=95)
    save("lossy.webp", picture.convert("RGB"), quality=95)
    save("lossless.webp", picture, True, lossless=True, exact=True)

    opaque = np.concatenate([deep[..., :3], np.full((HEIGHT, WIDTH, 1), 65535)], axis=2)
    for name, data, has_alpha, pixels in [
        ("rgb16.png", png(deep[..., :3], 2, 16), False, opaque), ("rgba16.png", png(deep, 6, 16), True, deep),
        ("gray16.png", png(deep[..., :1], 0, 16), False, np.concatenate([deep[..., :1]] * 3 + [opaque[..., 3:]], axis=2)),
    ]:
        with open(os.path.join(FOLDER, name), "wb") as file:
            file.write(data)
        keep(name, 16, has_alpha, pixels)
    picture.convert("RGB").save(os.path.join(FOLDER, "animation.webp"), save_all=True, append_images=[picture.convert("RGB").rotate(180)])
    with open(os.path.join(FOLDER, "expected.json"), "w") as file:
        json.dump(expected, file, separators=(",", ":"))
    print(len(expected), "pictures")


if __name__ == "__main__":
    main()
