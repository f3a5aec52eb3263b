"""Trains the learned autoencoder on crops of composed scenes."""
import time

import numpy as np
import torch
import torch.nn.functional as F

import convolutional
from autoencoder import scaled

CROP = 128
NOISE = 0.1                     # most of it a latent meets on its way to the decoder, against which small values are no hiding place
REDUCED = 0.3                   # weight of decoding a latent of half the size


class Pictures:
    """Composed scenes as pixels, held where the network is, the first `most` shards."""

    def __init__(self, reader, most, device):
        self.reader, self.most, self.device, self.shards = reader, most, device, []
        self.refresh(wait=True)

    def refresh(self, wait=False):
        if len(self.shards) < self.most:
            self.shards += [{name: part.to(self.device) for name, part in shard.items()} for shard in self.reader.new(wait)]

    def batch(self, count):
        """count × 3 × CROP × CROP in [-1, 1], of one shard and from one place; half the batches mirrored."""
        pictures = self.shards[int(torch.randint(len(self.shards), ()))]["pictures"]
        chosen = torch.randint(len(pictures), (count,), device=self.device)
        y, x = (int(v) for v in torch.randint(pictures.shape[1] - CROP + 1, (2,)))
        crops = scaled(pictures[:, y:y + CROP, x:x + CROP][chosen])
        return crops.flip(-1) if torch.rand(()) < 0.5 else crops


def halved(x):
    return F.avg_pool2d(x, 2)


def distance(found, truth):
    """Absolute difference of pixels, of their changes from one to the next, and of both at half the size."""
    total = 0
    for weight in (1.0, 0.5):
        missed = found - truth
        total = total + weight * (missed.abs().mean() + missed.diff(dim=-1).abs().mean() + missed.diff(dim=-2).abs().mean())
        found, truth = halved(found), halved(truth)
    return total


def spread(latents):
    """How far channels are from zero mean and unit variance: the decoder limits latents to ±3, and noise is as strong in all."""
    variance, mean = torch.var_mean(latents, (0, 2, 3))
    return (mean.square() + (variance - 1).square()).mean()


def loss(net, pictures):
    with torch.autocast(pictures.device.type, torch.bfloat16, enabled=pictures.device.type != "cpu"):
        latents = net.encoder(pictures)
        noise = NOISE * torch.rand(len(latents), 1, 1, 1, device=latents.device) * torch.randn_like(latents)
        whole, reduced = net.decoder(latents + noise), net.decoder(halved(latents))
    whole, reduced, latents = whole.float(), reduced.float(), latents.float()
    missed = distance(whole, pictures)
    return missed + REDUCED * distance(reduced, halved(pictures)) + 0.1 * spread(latents), (whole.detach() - pictures).square().mean()


def rate_at(done, most):
    """Up over the first part, then down to zero as a cosine does."""
    return most * min(1.0, done / 0.03) * 0.5 * (1 + np.cos(np.pi * done))


def learn(base, reader, channels, minutes, device, most=40, rate=7e-4):
    """Trains from nothing, and saves the result as `vae/`. → the shards read."""
    torch.manual_seed(0)
    batch = 64 if device != "cpu" else 2        # there for trying the way only
    net = convolutional.network(channels).to(device, memory_format=torch.channels_last)
    pictures = Pictures(reader, most, device)
    optimizer = torch.optim.AdamW(net.parameters(), rate, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    started, steps, errors, done = time.monotonic(), 0, [], 0.0
    while done < 1:
        total, error = loss(net, pictures.batch(batch).contiguous(memory_format=torch.channels_last))
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(done, rate)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        steps += 1
        errors.append(error)
        if steps % (200 if device != "cpu" else 20) == 0:
            decibels = -10 * torch.log10(torch.stack(errors).mean() / 4)
            print(f"{(time.monotonic() - started) / 60:6.2f} min  step {steps}  {steps * batch / (time.monotonic() - started):.0f}/s  "
                  f"of {len(pictures.shards)} shards  {decibels:.2f} dB", flush=True)
            errors = []
            pictures.refresh()
        done = (time.monotonic() - started) / 60 / minutes
    code = convolutional.ConvolutionalAutoencoder(net.eval().requires_grad_(False))
    measure(code, pictures)
    code.save(base / "vae")
    return pictures.shards


@torch.no_grad()
def measure(code, pictures):
    """Sets the scale that gives latents unit variance."""
    latents = torch.cat([code.net.encoder(pictures.batch(64)) for _ in range(16)])
    variance, mean = torch.var_mean(latents, (0, 2, 3))
    print("channels' means", [round(float(v), 2) for v in mean], "deviations", [round(float(v), 2) for v in variance.sqrt()], flush=True)
    code.net.register_to_config(scaling_factor=float(1 / latents.std()))
