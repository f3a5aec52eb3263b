"""Runs a model folder through diffusers and writes what the engine must reproduce.

    python3 make_reference.py MODEL OUT.safetensors [--side 512] [--width 512] [--batch 1]

OUT holds the inputs (ids, latent, picture) and diffusers' outputs in float32: text embedding, the UNet's prediction at
t = 1, 481 and 981, the decoder's features at t = 481 with the gradient of random functions of them with respect to the
latent (torch.autograd), the encoded picture and the decoded latent.  Needs: torch, diffusers, transformers, safetensors.
"""
import argparse

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextModel


def load(cls, model, folder):
    for variant in ("fp16", None):
        try:
            return cls.from_pretrained(model, subfolder=folder, variant=variant, torch_dtype=torch.float32).eval()
        except (OSError, ValueError):
            continue
    raise SystemExit(f"no weights in {model}/{folder}")


def features(unet, latent, context):
    """Outputs of decoder blocks 1 and 2 at t = 481."""
    kept = {}
    hooks = [unet.up_blocks[i].register_forward_hook(lambda _m, _i, out, i=i: kept.__setitem__(i, out)) for i in (1, 2)]
    unet(latent, 481, encoder_hidden_states=context)
    for hook in hooks:
        hook.remove()
    return [kept[1], kept[2]]


@torch.no_grad()
def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model")
    ap.add_argument("out")
    ap.add_argument("--side", type=int, default=128)
    ap.add_argument("--width", type=int, default=192)
    ap.add_argument("--batch", type=int, default=2)
    a = ap.parse_args()
    g = torch.Generator().manual_seed(11)
    text = load(CLIPTextModel, a.model, "text_encoder")
    vocabulary = text.config.vocab_size
    ids = torch.randint(0, vocabulary, (1, 77), generator=g)
    ids[0, 0], ids[0, 40:] = vocabulary - 2, vocabulary - 1
    data = {"ids": ids, "text": text(ids)[0]}
    unet = load(UNet2DConditionModel, a.model, "unet")
    latent = torch.randn(a.batch, unet.config.in_channels, a.side // 8, a.width // 8, generator=g)
    context = torch.randn(a.batch, 77, unet.config.cross_attention_dim, generator=g)
    data |= {"latent": latent, "context": context}
    for t in (1, 481, 981):
        data[f"unet.{t}"] = unet(latent, t, encoder_hidden_states=context).sample
    with torch.enable_grad():
        z = latent[:1].clone().requires_grad_(True)
        found = features(unet.requires_grad_(False), z, context[:1])
        cotangents = [torch.randn(2, *f.shape[1:], generator=g) for f in found]
        grads = [torch.autograd.grad(found, z, [c[i:i + 1] for c in cotangents], retain_graph=i == 0)[0] for i in (0, 1)]
    data |= {f"feature.{i}": f.detach() for i, f in enumerate(found)}
    data |= {f"cotangent.{i}": c for i, c in enumerate(cotangents)}
    data["gradient"] = torch.cat(grads)
    del unet
    vae = load(AutoencoderKL, a.model, "vae")
    picture = torch.rand(1, 3, a.side, a.width, generator=g) * 2 - 1
    scale = vae.config.scaling_factor
    data |= {"picture": picture, "encoded": vae.encode(picture).latent_dist.mean * scale}
    data["decoded"] = vae.decode(latent[:1] / scale).sample
    save_file({k: v.contiguous() for k, v in data.items()}, a.out)


if __name__ == "__main__":
    main()
