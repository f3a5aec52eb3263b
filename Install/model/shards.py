"""A store of composed scenes as latents, written by side processes while the trainer already reads.

Composing a scene takes 4 ms and a training step on a processor hundreds: with scenes stored, the network alone sets the pace, and a
scene is used several times, mirrored or not, with other crops and other noise.
"""
import multiprocessing
import os

import numpy as np
import torch

from autoencoder import PATCH, PatchAutoencoder, as_tensor
from scenes import Composer
from vocabulary import Vocabulary

SIZE = 2048


def shard_files(folder):
    return sorted(folder.glob("*.npz"))


def write_shard(folder, number, composer, autoencoder, words):
    """Composes one shard; a reader sees it whole or not at all."""
    rng = np.random.default_rng(1_000_003 * (number + 1))
    latents, tokens, objects = [], [], []
    for _ in range(SIZE // 64):
        pictures, texts, covered = zip(*(composer.scene(rng) for _ in range(64)))
        latents.append(autoencoder.encode(as_tensor(pictures)).half().numpy())
        # some words are spelled in smaller pieces, so that those of unseen words are learned too
        tokens += [words.encode(text, 0.3 if rng.random() < 0.2 else 0.0) for text in texts]
        objects.append(cells(np.stack(covered)))
    part = folder / f"{number:04}.part"
    with part.open("wb") as f:
        np.savez(f, latents=np.concatenate(latents), tokens=np.int16(tokens), objects=np.concatenate(objects))
    part.rename(folder / f"{number:04}.npz")


def cells(covered):
    """n × H × W → n × H/8 × W/8: which cells an object touches."""
    n, h, w = covered.shape
    return covered.reshape(n, h // PATCH, PATCH, w // PATCH, PATCH).max((2, 4)) > 0.1


def produce(read, base, count, part, parts):
    """Writes the shards of one process that are still missing; `read` → backdrops and sprites."""
    torch.set_num_threads(1)
    folder = base / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(part, count, parts) if not (folder / f"{n:04}.npz").exists()]
    if missing:
        composer, autoencoder, words = Composer(*read()), PatchAutoencoder.load(base / "vae"), Vocabulary.load(base / "tokenizer")
        for number in missing:
            write_shard(folder, number, composer, autoencoder, words)


def start_producers(read, base, count, processes):
    """The side processes. They end by themselves, or with their parent."""
    context = multiprocessing.get_context("spawn")
    started = [
        context.Process(target=_produce, args=(os.nice(0), read, base, count, part, processes), daemon=True) for part in range(processes)]
    for process in started:
        process.start()
    return started


def _produce(niceness, *arguments):
    os.nice(max(0, 19 - niceness))
    produce(*arguments)


class Scenes:
    """Random batches from the shards that exist, held where the network is; looks for new ones now and then."""

    def __init__(self, base, signs, most, device):
        self.folder, self.device, self.signs = base / "shards", device, signs[:, None, None].to(device)
        self.most, self.read, self.count = most, set(), 0
        self.latents = self.tokens = self.objects = None
        self.refresh()

    def refresh(self):
        for path in shard_files(self.folder):
            if path in self.read or len(self.read) == self.most:
                continue
            with np.load(path) as shard:
                self.append(*(torch.from_numpy(shard[name]) for name in ("latents", "tokens", "objects")))
            self.read.add(path)

    def append(self, *parts):
        if self.latents is None:
            self.latents, self.tokens, self.objects = (
                torch.empty((self.most * SIZE, *part.shape[1:]), dtype=part.dtype, device=self.device) for part in parts)
        for whole, part in zip((self.latents, self.tokens, self.objects), parts):
            whole[self.count:self.count + SIZE] = part.to(self.device)
        self.count += SIZE

    def batch(self, generator, count, crop):
        """count × C × crop × crop latents, half of them mirrored, their tokens, and count × 1 × crop × crop: the cells of objects."""
        chosen = torch.randint(self.count, (count,), generator=generator, device=self.device)
        room = self.latents.shape[-1] - crop
        y, x = (int(v) for v in torch.randint(room + 1, (2,)))
        latents, objects = (store[chosen][..., y:y + crop, x:x + crop].float() for store in (self.latents, self.objects[:, None]))
        mirrored = torch.rand(count, 1, 1, 1, generator=generator, device=self.device) < 0.5
        latents = torch.where(mirrored, latents.flip(-1) * self.signs, latents)
        return latents, self.tokens[chosen].long(), torch.where(mirrored, objects.flip(-1), objects)
