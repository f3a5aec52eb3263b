"""Writes random adapters for image prompts of every kind, an encoder of pictures, and what diffusers and transformers compute with them.

    python3 make_adapters.py                rewrites Tests/Fixtures/variants/adapter, for Tests/Fixtures/model
    python3 make_adapters.py MODEL OUT      the same for any model's folder, with the encoder of Stable Diffusion's own adapters, ViT-H/14

Needs: torch, diffusers, transformers, safetensors, Pillow (PyPI).
"""
import pathlib
import sys

import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

from make_variants import BASE, OUT, contiguous, spread

SMALL = CLIPVisionConfig(hidden_size=40, intermediate_size=80, num_hidden_layers=3, num_attention_heads=2, image_size=28, patch_size=7,
                         projection_dim=24, hidden_act="gelu")
VIT_H = CLIPVisionConfig(hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=16, image_size=224,
                         patch_size=14, projection_dim=1024, hidden_act="gelu")


def cross_attentions(unet):
    """diffusers' own order, by which adapters number them."""
    for index, name in enumerate(unet.attn_processors):
        if name.endswith("attn2.processor"):
            yield index, unet.get_submodule(name.removesuffix(".processor")).to_k.out_features


def projections(cross, width, embedding):
    """Each kind's own tensors: a few tokens, a token of each token, a resampler."""
    def layer(out, into):
        return torch.randn(out, into) / into ** 0.5

    def norm(n):
        return 1 + 0.1 * torch.randn(n), 0.02 * torch.randn(n)

    def linear(name, out, into):
        return {f"{name}.weight": layer(out, into), f"{name}.bias": 0.02 * torch.randn(out)}

    def normed(name, n):
        return dict(zip((f"{name}.weight", f"{name}.bias"), norm(n)))

    own, inner, queries = (24, 128, 5) if width < 1000 else (768, 768, 16)
    tokens = 4 * cross
    plus = {"latents": torch.randn(1, queries, own), **linear("proj_in", own, width), **linear("proj_out", cross, own),
            **normed("norm_out", cross)}
    for i in range(4):
        plus |= {**normed(f"layers.{i}.0.norm1", own), **normed(f"layers.{i}.0.norm2", own),
                 f"layers.{i}.0.to_q.weight": layer(inner, own), f"layers.{i}.0.to_kv.weight": layer(2 * inner, own),
                 f"layers.{i}.0.to_out.weight": layer(own, inner), **normed(f"layers.{i}.1.0", own),
                 f"layers.{i}.1.1.weight": layer(4 * own, own), f"layers.{i}.1.3.weight": layer(own, 4 * own)}
    return {"plain": {**linear("proj", tokens, embedding), **normed("norm", cross)},
            "full": {**linear("proj.0", width, width), **linear("proj.2", cross, width), **normed("proj.3", cross)}, "plus": plus}


def picture():
    """Longer than wide, with something on it."""
    ramp = torch.stack(torch.meshgrid(torch.linspace(0, 1, 61), torch.linspace(0, 1, 90), indexing="ij"))
    values = torch.cat([ramp, (ramp[:1] * 9).sin() * (ramp[1:] * 7).cos() / 2 + 0.5])
    return (values * 255).round().to(torch.uint8)


def main(model, out, config):
    torch.manual_seed(11)
    out.mkdir(parents=True, exist_ok=True)
    unet = UNet2DConditionModel.from_pretrained(model / "unet").float().eval()
    plain_processors = unet.attn_processors
    encoder = spread(CLIPVisionModelWithProjection(config))
    if config is VIT_H:
        # As it is published.
        encoder = encoder.half()
        encoder.save_pretrained(out / "image_encoder")
        encoder = encoder.float()
    else:
        encoder.save_pretrained(out / "image_encoder")
    side = config.image_size
    processor = CLIPImageProcessor(size={"shortest_edge": side}, crop_size=side)
    shown = picture()
    pixels = processor(Image.fromarray(shown.permute(1, 2, 0).numpy()), return_tensors="pt").pixel_values
    embeds, hidden = encoder(pixels).image_embeds, encoder(pixels, output_hidden_states=True).hidden_states[-2]
    none = encoder(torch.zeros_like(pixels), output_hidden_states=True).hidden_states[-2]
    cross, cells = unet.config.cross_attention_dim, unet.config.sample_size
    latent, context = torch.randn(1, 4, cells, cells).repeat(2, 1, 1, 1), torch.randn(2, 77, cross)
    tensors = {"picture": shown, "pixels": pixels, "embeds": embeds, "hidden": hidden, "latent": latent, "context": context}
    for kind, projection in projections(cross, config.hidden_size, config.projection_dim).items():
        attention = {}
        for index, channels in cross_attentions(unet):
            for name in ("to_k_ip", "to_v_ip"):
                attention[f"{index}.{name}.weight"] = torch.randn(channels, cross) / cross ** 0.5
        if config is VIT_H:
            projection, attention = ({k: v.half() for k, v in part.items()} for part in (projection, attention))
        save_file(contiguous({f"image_proj.{k}": v for k, v in projection.items()} | {f"ip_adapter.{k}": v for k, v in attention.items()}),
                  out / f"{kind}.safetensors")
        unet.set_attn_processor(dict(plain_processors))
        unet._load_ip_adapter_weights([{"image_proj": {k: v.float() for k, v in projection.items()},
                                        "ip_adapter": {k: v.float() for k, v in attention.items()}}], low_cpu_mem_usage=False)
        unet.eval()
        seen = torch.stack([torch.zeros_like(embeds), embeds] if kind == "plain" else [none, hidden])
        tensors[f"{kind}.tokens"] = unet.encoder_hid_proj([seen])[0].reshape(2, -1, cross)
        for scale in (1.0, 0.1):
            for p in unet.attn_processors.values():
                if hasattr(p, "scale"):
                    p.scale = [scale]
            tensors[f"{kind}.{scale}"] = unet(latent, 481, encoder_hidden_states=context, added_cond_kwargs={"image_embeds": [seen]}).sample
    save_file(contiguous(tensors), out / "reference.safetensors")


if __name__ == "__main__":
    with torch.no_grad():
        if len(sys.argv) == 3:
            main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), VIT_H)
        else:
            main(BASE, OUT / "adapter", SMALL)
