"""A store of composed scenes, written by side processes while the trainer already reads.

The principal components' code is ready from the start, so that shards hold latents; for a learned one, which is trained on the scenes,
they hold pixels, which the trainer encodes. Composing a scene takes 4 ms and a training step on a processor hundreds: with scenes
stored, the network alone sets the pace, and a scene is used several times, mirrored or not, with other crops and other noise.
"""
import multiprocessing
import os
import queue
import threading
import time

import numpy as np
import torch

import latents
from autoencoder import PATCH, as_tensor, scaled
from scenes import Composer
from vocabulary import Vocabulary

SIZE = 2048


def shard_files(folder):
    return sorted(folder.glob("*.npz"))


def write_shard(folder, number, composer, code, words):
    """Composes one shard, of pixels where there is no code; a reader sees it whole or not at all."""
    rng = np.random.default_rng(1_000_003 * (number + 1))
    contents, tokens, objects = [], [], []
    for _ in range(SIZE // 64):
        pictures, texts, covered = zip(*(composer.scene(rng) for _ in range(64)))
        contents.append(code.encode(as_tensor(pictures)).half().numpy() if code else np.stack(pictures))
        # some words are spelled in smaller pieces, so that those of unseen words are learned too
        tokens += [words.encode(text, 0.3 if rng.random() < 0.2 else 0.0) for text in texts]
        objects.append(cells(np.stack(covered)))
    part = folder / f"{number:04}.part"
    with part.open("wb") as f:
        contents = {"latents" if code else "pictures": np.concatenate(contents)}
        np.savez(f, **contents, tokens=np.int16(tokens), objects=np.concatenate(objects))
    part.rename(folder / f"{number:04}.npz")


def cells(covered):
    """n × H × W → n × H/8 × W/8: which cells an object touches."""
    n, h, w = covered.shape
    return covered.reshape(n, h // PATCH, PATCH, w // PATCH, PATCH).max((2, 4)) > 0.1


def produce(read, base, learned, count, part, parts):
    """Writes the shards of one process that are still missing; `read` → backdrops and sprites."""
    torch.set_num_threads(1)
    folder = base / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in range(part, count, parts) if not (folder / f"{n:04}.npz").exists()]
    if missing:
        code = None if learned else latents.load(base / "vae")
        composer, words = Composer(*read()), Vocabulary.load(base / "tokenizer")
        for number in missing:
            write_shard(folder, number, composer, code, words)


def start_producers(read, base, learned, count, processes):
    """The side processes. They end by themselves, or with their parent."""
    context = multiprocessing.get_context("spawn")
    started = [
        context.Process(target=_produce, args=(os.nice(0), read, base, learned, count, part, processes), daemon=True)
        for part in range(processes)]
    for process in started:
        process.start()
    return started


def _produce(niceness, *arguments):
    os.nice(max(0, 19 - niceness))
    produce(*arguments)


class Reader:
    """Reads shards beside the training, each once, as they appear."""

    def __init__(self, folder, most):
        self.folder, self.most, self.read = folder, most, set()
        self.waiting = queue.Queue(16)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while len(self.read) < self.most:
            for path in [p for p in shard_files(self.folder) if p not in self.read][:self.most - len(self.read)]:
                with np.load(path) as shard:
                    self.waiting.put({name: torch.from_numpy(shard[name]) for name in shard})
                self.read.add(path)
            time.sleep(0.2)

    def new(self, wait=False):
        """The shards read since the last call, at least one with `wait`."""
        found = [self.waiting.get()] if wait else []
        while not self.waiting.empty():
            found.append(self.waiting.get())
        return found


class Scenes:
    """Random batches from the shards that exist, held where the network is; looks for new ones now and then."""

    def __init__(self, reader, code, device, ready=()):
        self.reader, self.device, self.code, self.count = reader, device, code, 0
        self.signs = None if code.signs is None else code.signs[:, None, None].to(device)
        self.latents = self.tokens = self.objects = None
        for shard in ready or reader.new(wait=True):
            self.append(shard)

    def refresh(self):
        for shard in self.reader.new():
            self.append(shard)

    def append(self, shard):
        """Takes a shard of latents, or encodes one of pixels."""
        if "pictures" in shard:
            shard["latents"] = torch.cat([encoded(self.code, part.to(self.device)) for part in shard.pop("pictures").split(256)])
        parts = [shard[name] for name in ("latents", "tokens", "objects")]
        if self.latents is None:
            self.latents, self.tokens, self.objects = (
                torch.empty((self.reader.most * SIZE, *part.shape[1:]), dtype=part.dtype, device=self.device) for part in parts)
        for whole, part in zip((self.latents, self.tokens, self.objects), parts):
            whole[self.count:self.count + SIZE] = part.to(self.device)
        self.count += SIZE

    def batch(self, generator, count, crop):
        """count × C × crop × crop latents, half of them mirrored where their code knows how, their tokens, and
        count × 1 × crop × crop: the cells of objects."""
        chosen = torch.randint(self.count, (count,), generator=generator, device=self.device)
        room = self.latents.shape[-1] - crop
        y, x = (int(v) for v in torch.randint(room + 1, (2,)))
        found, objects = (store[chosen][..., y:y + crop, x:x + crop].float() for store in (self.latents, self.objects[:, None]))
        if self.signs is not None:
            mirrored = torch.rand(count, 1, 1, 1, generator=generator, device=self.device) < 0.5
            found = torch.where(mirrored, found.flip(-1) * self.signs, found)
            objects = torch.where(mirrored, objects.flip(-1), objects)
        return found, self.tokens[chosen].long(), objects


@torch.no_grad()
def encoded(code, pictures):
    """Latents in half precision of n × H × W × 3 bytes."""
    x = scaled(pictures)
    with torch.autocast(x.device.type, torch.bfloat16, enabled=x.device.type != "cpu" and code.signs is None):
        return code.encode(x).half()
