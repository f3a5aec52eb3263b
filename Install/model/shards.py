"""A store of composed scenes as latents, written by a side process while the trainer already reads.

Composing a scene takes 4 ms and a training step hundreds: with scenes stored, the network alone sets the pace, and a
scene is used several times with other crops, mirrored or not, and other noise.
"""
import json
import multiprocessing
import os

import numpy as np
import torch

from autoencoder import PatchAutoencoder, as_tensor
from scenes import Composer

SIZE = 2048


def shard_files(folder):
    return sorted(folder.glob("*.npy"))


def write_shard(folder, number, composer, autoencoder):
    """Composes one shard; the captions are in place before the latents appear under their final name."""
    rng = np.random.default_rng(1_000_003 * (number + 1))
    latents, captions = [], []
    for _ in range(SIZE // 64):
        pictures, texts = zip(*(composer.scene(rng) for _ in range(64)))
        latents.append(autoencoder.encode(as_tensor(pictures)).half().numpy())
        captions += texts
    (folder / f"{number:04}.json").write_text(json.dumps(captions))
    part = folder / f"{number:04}.part"
    with part.open("wb") as f:
        np.save(f, np.concatenate(latents))
    part.rename(folder / f"{number:04}.npy")


def produce(unpacked, base, count):
    """Writes the shards that are still missing, up to `count`."""
    torch.set_num_threads(1)
    folder = base / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(count) if not (folder / f"{n:04}.npy").exists()]
    if missing:
        composer, autoencoder = Composer(unpacked), PatchAutoencoder.load(base / "vae")
        for number in missing:
            write_shard(folder, number, composer, autoencoder)


def start_producer(unpacked, base, count):
    """The side process. It ends by itself, or with its parent."""
    process = multiprocessing.get_context("spawn").Process(target=_produce, args=(unpacked, base, count, os.nice(0)), daemon=True)
    process.start()
    return process


def _produce(unpacked, base, count, niceness):
    os.nice(max(0, 19 - niceness))
    produce(unpacked, base, count)


class Scenes:
    """Random batches of (latents, captions) from the shards that exist; looks for new ones now and then."""

    def __init__(self, base, signs):
        self.folder, self.signs, self.shards = base / "shards", signs[:, None, None].half(), []
        self.refresh()

    def refresh(self):
        for path in shard_files(self.folder)[len(self.shards):]:
            captions = json.loads(path.with_suffix(".json").read_text())
            self.shards.append((torch.from_numpy(np.load(path, mmap_mode="r")), captions))

    def batch(self, rng, count, crop):
        """count × C × crop × crop latents, half of them mirrored, and their captions."""
        latents, captions = [], []
        for _ in range(count):
            store, texts = self.shards[rng.integers(len(self.shards))]
            i, room = rng.integers(len(texts)), store.shape[-1] - crop
            y, x = rng.integers(room + 1), rng.integers(room + 1)
            z = store[i, :, y:y + crop, x:x + crop]
            latents.append(z.flip(-1) * self.signs if rng.random() < 0.5 else z.clone())
            captions.append(texts[i])
        return torch.stack(latents).float(), captions
