"""Training that makes DDIM inversion come back to the picture it started from.

An inversion takes the noise of a latent for that of the next, noisier one; sampling asks the network at the noisier one. Where the
two answers differ, what comes back is another picture. So the network is trained to give the same noise at both, on inversions of
its own, and to stay what it was on pictures with fresh noise, which a copy of it tells.
"""
import copy

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

STEPS = 50
STRIDE = 1000 // STEPS
CLEANEST = 10       # the step from which on latents are trained on: below, a step changes next to nothing
KEPT = 256          # inversions to draw from, the latest ones
FIRST = 32          # of them before training begins
RENEWED = 15        # steps of training after which another batch is inverted
SHARE = 300         # of the consistency in the loss: its errors are small, and add up over a sampling


class Invertibility:
    """The loss, and the inversions that it is taken on."""

    def __init__(self, model):
        self.model, self.teacher = model, copy.deepcopy(model).requires_grad_(False)
        device = model.alphas.device
        self.times = torch.arange(STEPS, device=device) * STRIDE + 1            # as the sampler's, the least noisy first
        self.noisier = model.alphas[self.times]
        self.cleaner = torch.cat([model.alphas[:1], self.noisier[:-1]])
        # what an error of the noise does to the picture in a step of sampling; bounded, where the picture is all but gone
        effect = (1 - self.cleaner).sqrt() - (1 - self.noisier).sqrt() * (self.cleaner / self.noisier).sqrt()
        weight = effect.square() / self.cleaner.clamp(min=0.02)
        self.weight = weight / weight.mean()
        self.latents, self.tokens, self.steps = [], [], 0

    def loss(self, pictures, tokens):
        """→ (loss, time steps, error of v by item against what the network was before): of `pictures`, now and then, new
        inversions are made."""
        if len(self.latents) < FIRST or self.steps % RENEWED == 0:
            self.invert(pictures, tokens)
        self.steps += 1
        count, device = len(pictures), pictures.device
        rows = torch.randint(len(self.latents), (count,)).tolist()
        strata = (torch.arange(count, device=device) + torch.rand(count, device=device)) / count
        step, t = (CLEANEST + (STEPS - CLEANEST) * strata).long(), (1000 * strata).long()
        inverted = torch.stack([self.latents[row][k] for row, k in zip(rows, step.tolist())])
        clean, ids = torch.stack([self.latents[row][0] for row in rows]), torch.stack([self.tokens[row] for row in rows])
        noisier, cleaner, at_t = (a[:, None, None, None] for a in (self.noisier[step], self.cleaner[step], self.model.alphas[t]))
        noisy = at_t.sqrt() * clean + (1 - at_t).sqrt() * torch.randn_like(clean)
        with sdpa_kernel([SDPBackend.MATH]):
            asked = self.noise(inverted, noisier, self.predict(inverted, self.times[step], ids))
            following = stepped(inverted, asked.detach(), cleaner, noisier)
            v = self.predict(torch.cat([following, noisy]), torch.cat([self.times[step], t]), torch.cat([ids, ids]))
            with torch.no_grad():
                wanted = self.predict(noisy, t, ids, self.teacher)
        apart = (asked - self.noise(following, noisier, v[:count])).square().mean((1, 2, 3))
        changed = (v[count:] - wanted).square().mean((1, 2, 3))
        return SHARE * (self.weight[step] * apart).mean() + changed.mean(), t, changed.detach()

    @torch.no_grad()
    def invert(self, latents, tokens):
        """Adds the inversions of clean latents."""
        course = [latents]
        for t, cleaner, noisier in zip(self.times, self.cleaner, self.noisier):
            v = self.predict(latents, t.expand(len(latents)), tokens)
            latents = stepped(latents, self.noise(latents, noisier, v), cleaner, noisier)
            course.append(latents)
        self.latents = (self.latents + list(torch.stack(course, 1)))[-KEPT:]
        self.tokens = (self.tokens + list(tokens))[-KEPT:]

    def predict(self, latents, t, ids, network=None):
        return (network or self.model).predict(latents.contiguous(memory_format=torch.channels_last), t, ids)

    @staticmethod
    def noise(latents, alpha, v):
        return alpha.sqrt() * v + (1 - alpha).sqrt() * latents


def stepped(latents, noise, alpha, next_alpha):
    """A step of DDIM (Song et al., 2021, arXiv 2010.02502, equation 12 without fresh noise), in either direction."""
    return next_alpha.sqrt() * (latents - (1 - alpha).sqrt() * noise) / alpha.sqrt() + (1 - next_alpha).sqrt() * noise
