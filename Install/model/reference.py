"""Runs the reference implementation of the edits on an embedded model, which predicts v."""
import types

import numpy as np
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel

import latents
import placement
from invertible import stepped
from vocabulary import Vocabulary


def tensor(rgb):
    return torch.from_numpy(rgb.astype(np.float32)).permute(2, 0, 1)[None] / 127.5 - 1


def rgb(image):
    return ((image[0].clamp(-1, 1) + 1) * 127.5).round().permute(1, 2, 0).byte().numpy()


class AsVariational:
    """The autoencoder behind the interface of a variational one: its "posterior" is a point."""

    def __init__(self, code):
        self.code, self.config = code, types.SimpleNamespace(scaling_factor=1.0)

    def eval(self):
        return self

    def encode(self, image):
        return types.SimpleNamespace(latent_dist=types.SimpleNamespace(mean=self.code.encode(image)))

    def decode(self, latent):
        return types.SimpleNamespace(sample=self.code.decode(latent))


def predicting_noise(network_type, alphas):
    """The reference network with its prediction turned from v into the noise it implies: ε = √ᾱ v + √(1−ᾱ) z."""

    class Network(network_type):
        def predict(self, latent, t, context, phase, step):
            v = super().predict(latent, t, context, phase, step)
            return alphas[t].sqrt() * v + (1 - alphas[t]).sqrt() * latent

    return Network


class Editor:
    def __init__(self, oracle, folder):
        self.oracle = oracle
        oracle.Plan = placement.plan(oracle)
        load = dict(torch_dtype=torch.float32)
        unet = UNet2DConditionModel.from_pretrained(folder / "unet", **load)
        text = CLIPTextModel.from_pretrained(folder / "text_encoder", **load)
        self.schedule = DDIMScheduler.from_pretrained(folder / "scheduler")
        self.vocabulary = Vocabulary.load(folder / "tokenizer")
        self.sampler = oracle.Oracle(unet, AsVariational(latents.load(folder / "vae")), text, self.schedule)
        if self.schedule.config.prediction_type == "v_prediction":
            self.sampler.net = predicting_noise(oracle.Network, self.schedule.alphas_cumprod)(unet)

    def ids(self, prompt):
        return torch.tensor([self.vocabulary.encode(prompt)])

    def round_trip(self, image, prompt, steps=50):
        """→ (the reconstruction, what comes back after inversion and plain sampling)."""
        sampler = self.sampler
        sampler.steps = steps
        self.schedule.set_timesteps(steps)
        context = sampler.embed(self.ids(prompt))
        start = sampler.encode(image)
        z, stride = sampler.invert(start, context)[-1], 1000 // steps
        for i, t in enumerate(int(t) for t in self.schedule.timesteps):
            eps = sampler.net.predict(z, t, context, "plain", i)
            a, b = sampler.alpha(t), sampler.alpha(t - stride)
            z = stepped(z, eps, a, b)
        return sampler.decode(start), sampler.decode(z)

    @torch.no_grad()
    def generate(self, prompts, side, scale=3.0, steps=50, seed=0):
        """Pictures from noise, to see what the network has learned."""
        sampler, stride = self.sampler, 1000 // steps
        self.schedule.set_timesteps(steps)
        sampler.steps = steps
        context = sampler.embed(torch.cat([self.ids(p) for p in prompts]))
        empty = sampler.embed(self.ids("")).expand_as(context)
        shape = (len(prompts), sampler.net.unet.config.in_channels, side // 8, side // 8)
        z = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
        for i, t in enumerate(int(t) for t in self.schedule.timesteps):
            both = sampler.net.predict(torch.cat([z, z]), t, torch.cat([empty, context]), "plain", i)
            none, given = both.chunk(2)
            eps = none + scale * (given - none)
            a, b = sampler.alpha(t), sampler.alpha(t - stride)
            z = stepped(z, eps, a, b)
        return sampler.decode(z)

    def edit(self, scene, given, algorithm="dragon"):
        """The edited picture as uint8, from the sampler alone."""
        mode = "move" if scene.mode == "resize" else scene.mode
        defaults = self.oracle.DEFAULTS[mode]
        weights = [given.get(n, getattr(defaults.weights, n)) for n in ("edit", "content", "contrast", "inpaint")]
        generator = torch.Generator().manual_seed(0)
        request = self.oracle.Edit(
            mode=mode, image=tensor(scene.pictures["source"]), prompt=self.ids(scene.info["prompt"]), empty=self.ids(""),
            mask=torch.from_numpy(scene.masks["mask"]).float() / 255, displacement=scene.shift(),
            resize=scene.info.get("resize", 1.0), handles=scene.points("handles"), targets=scene.points("targets"),
            weights=self.oracle.Weights(*weights), energy_scale=given.get("scale"), cfg=given.get("cfg"),
            steps=int(given.get("steps", 50)), algorithm=algorithm,
            noise=lambda step, repeat, shape: torch.randn(shape, generator=generator))
        if "reference" in scene.pictures:
            request.reference = tensor(scene.pictures["reference"])
            if "reference_mask" in scene.masks:
                request.reference_mask = torch.from_numpy(scene.masks["reference_mask"]).float() / 255
        return rgb(self.sampler.run(request))
