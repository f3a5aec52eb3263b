"""Writes a full-size Stable Diffusion 1.5 folder with random weights, for comparing numbers and speed.

    python3 make_sd15.py OUT [--dtype float16|float32] [--tokenizer DIR]

The configuration is the published one; the weights are drawn at random, so its pictures mean nothing.
Needs: torch, diffusers, transformers, safetensors (PyPI).
"""
import argparse
import json
import pathlib
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel


def spread(model):
    """Moves norms and biases away from their flat start, so that an error in any of them shows."""
    for name, p in model.named_parameters():
        if p.dim() <= 1:
            p.data.add_((0.02 if name.endswith("bias") else 0.1) * torch.randn_like(p))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--dtype", default="float16")
    ap.add_argument("--tokenizer", type=pathlib.Path, help="a folder with vocab.json and merges.txt")
    a = ap.parse_args()
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, layers_per_block=2, block_out_channels=(320, 640, 1280, 1280),
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3, cross_attention_dim=768, attention_head_dim=8)
    vae = AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, layers_per_block=2, sample_size=512,
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, scaling_factor=0.18215)
    text = CLIPTextModel(CLIPTextConfig(
        vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
        max_position_embeddings=77, projection_dim=768, hidden_act="quick_gelu"))
    dtype = getattr(torch, a.dtype)
    variant = "fp16" if dtype == torch.float16 else None
    for name, model in (("unet", unet), ("vae", vae), ("text_encoder", text)):
        spread(model)
        model.to(dtype).save_pretrained(a.out / name, variant=variant)
    DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000,
                  clip_sample=False, set_alpha_to_one=False, steps_offset=1).save_pretrained(a.out / "scheduler")
    (a.out / "model_index.json").write_text(json.dumps({
        "_class_name": "StableDiffusionPipeline", "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}))
    if a.tokenizer:
        shutil.copytree(a.tokenizer, a.out / "tokenizer", dirs_exist_ok=True)


main()
