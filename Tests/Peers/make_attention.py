"""What the cells of a latent attend to in diffusers' UNets: the mean of the finest self-attention layers over heads and layers.

    python3 make_attention.py OUT.safetensors       (Tests/Fixtures/attention.safetensors)

For the tests' small model, for the one with several transformer blocks to a layer, and for the embedded model, whose finest level has no
attention: the inputs, and the weights at t = 150, queries by keys.  Needs: torch, diffusers, safetensors.
"""
import pathlib
import sys

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = {"model": ("Tests/Fixtures/model/unet", (8, 8)), "depths": ("Tests/Fixtures/unet-depths/unet", (4, 12)),
          "embedded": ("Install/model/embedded/unet", (8, 16))}


class Watching:
    """Attention by its definition, softmax(q kᵀ / √d) v, whose weights of a self-attention are kept."""

    def __init__(self, kept):
        self.kept = kept

    def __call__(self, attention, hidden, encoder_hidden_states=None, attention_mask=None, temb=None):
        source = hidden if encoder_hidden_states is None else encoder_hidden_states

        def heads(x):
            return x.unflatten(2, (attention.heads, -1)).transpose(1, 2)

        q, k, v = heads(attention.to_q(hidden)), heads(attention.to_k(source)), heads(attention.to_v(source))
        weights = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(-1)
        if encoder_hidden_states is None:
            self.kept.append(weights[0].mean(0))
        return attention.to_out[0]((weights @ v).transpose(1, 2).flatten(2))


@torch.no_grad()
def main():
    torch.manual_seed(23)
    data = {}
    for name, (folder, (height, width)) in MODELS.items():
        unet = UNet2DConditionModel.from_pretrained(ROOT / folder, torch_dtype=torch.float32).eval()
        kept = []
        unet.set_attn_processor(Watching(kept))
        latent = torch.randn(1, unet.config.in_channels, height, width)
        context = torch.randn(1, 5, unet.config.cross_attention_dim)
        unet(latent, 150, encoder_hidden_states=context)
        cells = max(len(weights) for weights in kept)
        finest = [weights for weights in kept if len(weights) == cells]
        data |= {f"{name}.latent": latent, f"{name}.context": context, f"{name}.weights": torch.stack(finest).mean(0)}
        print(name, cells, "cells,", len(finest), "layers")
    save_file({k: v.contiguous() for k, v in data.items()}, sys.argv[1])


if __name__ == "__main__":
    main()
