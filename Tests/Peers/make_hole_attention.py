"""Writes what diffusers' UNet predicts where a hole attends as it is repainted (HoleAttention.swift).

    python3 make_hole_attention.py        rewrites Tests/Fixtures/hole-attention.safetensors

Tests/Fixtures/model, with a processor of its own on the decoder's self-attention: queries of the hole do not see what is hidden, and
their logits with keys of the hole are multiplied. Needs: torch, diffusers, safetensors (PyPI).
"""
import math
import pathlib

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from safetensors.torch import save_file

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Fixtures"
TIMESTEP, FACTOR = 481, 0.3


class HoleProcessor:
    def __init__(self, hole, hidden, factor):
        self.hole, self.hidden, self.factor = hole, hidden, factor

    @staticmethod
    def tokens(mask, side):
        """Of a coarser layer: set where any cell is."""
        return torch.nn.functional.max_pool2d(mask[None, None].float(), len(mask) // side).flatten() > 0

    def __call__(self, attention, x, encoder_hidden_states=None, attention_mask=None, **_):
        batch, tokens, _ = x.shape
        side = math.isqrt(tokens)
        hole, hidden = self.tokens(self.hole, side), self.tokens(self.hidden, side)
        split = lambda y: y.view(batch, tokens, attention.heads, -1).transpose(1, 2)
        q, k, v = (split(layer(x)) for layer in (attention.to_q, attention.to_k, attention.to_v))
        logits = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
        own = hole[:, None] & hole[None]
        logits = torch.where(own, logits * self.factor, logits)
        logits = logits.masked_fill(hole[:, None] & (hidden & ~hole)[None], -torch.inf)
        seen = (logits.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, -1)
        return attention.to_out[0](seen)


def main():
    torch.manual_seed(7)
    unet = UNet2DConditionModel.from_pretrained(FIXTURES / "model" / "unet").eval()
    latent, context = torch.randn(1, 4, 16, 16), torch.randn(1, 77, unet.config.cross_attention_dim)
    hole, hidden = torch.zeros(16, 16, dtype=torch.bool), torch.zeros(16, 16, dtype=torch.bool)
    hole[4:11, 2:9], hidden[6:14, 7:13] = True, True
    tensors = {"latent": latent, "context": context, "hole": hole.float(), "unseen": hidden.float()}
    plain = AttnProcessor()
    for name, factor in (("hidden", 1), ("lowered", FACTOR)):
        unet.set_attn_processor({
            key: HoleProcessor(hole, hidden, factor) if key.startswith("up_blocks") and "attn1" in key else plain
            for key in unet.attn_processors})
        tensors[name] = unet(latent, TIMESTEP, encoder_hidden_states=context).sample
    unet.set_attn_processor(plain)
    tensors["plain"] = unet(latent, TIMESTEP, encoder_hidden_states=context).sample
    for name in ("hidden", "lowered"):
        print(name, (tensors[name] - tensors["plain"]).abs().max().item(), "from plain attention")
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, FIXTURES / "hole-attention.safetensors")


if __name__ == "__main__":
    main()
