"""The training pictures, reduced to what scenes are composed of, in one file: training can go where nothing can be fetched."""
import io
import json
import zipfile

import numpy as np
from PIL import Image

import scenes

QUALITY = 92                    # of WebP: what it loses is finer than what a crop's scaling leaves
SHORT_SIDE = 640


def write(unpacked, file):
    """The training side of the split."""
    backdrops, sprites = scenes.pictures(unpacked, short_side=SHORT_SIDE)
    index = {"backdrops": [], "sprites": []}
    with zipfile.ZipFile(file, "w") as archive:
        for number, (pixels, photograph) in enumerate(backdrops):
            name = f"backdrops/{number:04}.webp"
            archive.writestr(name, encoded(pixels))
            index["backdrops"].append({"file": name, "photograph": photograph})
        for number, sprite in enumerate(sprites):
            name = f"sprites/{number:04}.webp"
            archive.writestr(name, encoded((sprite.pixels * 255 + 0.5).astype(np.uint8)))
            index["sprites"].append({"file": name, "name": sprite.name, "kind": sprite.kind, "drawn": sprite.drawn})
        archive.writestr("index.json", json.dumps(index, indent=1))


def encoded(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "WEBP", quality=QUALITY, method=4, exact=True)
    return stream.getvalue()


def read(file):
    """→ what a Composer takes: backdrops with whether each is a photograph, and sprites."""
    with zipfile.ZipFile(file) as archive:
        index = json.loads(archive.read("index.json"))

        def pixels(entry, mode):
            return np.asarray(Image.open(io.BytesIO(archive.read(entry["file"]))).convert(mode))

        backdrops = [(pixels(entry, "RGB"), entry["photograph"]) for entry in index["backdrops"]]
        sprites = [
            scenes.Sprite(pixels(entry, "RGBA").astype(np.float32) / 255, entry["name"], entry["kind"], entry["drawn"])
            for entry in index["sprites"]]
    return backdrops, sprites
