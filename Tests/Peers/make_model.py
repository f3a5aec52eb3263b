"""Writes a Stable Diffusion folder with random weights, for comparing numbers and speed.

    python3 make_model.py OUT [--preset sd15|tiny-sd2] [--dtype float16|bfloat16|float32] [--tokenizer DIR]

sd15 has the published configuration at full size; tiny-sd2 has the second generation's choices (linear projections, heads by
level, gelu, velocity) on a few channels.  The weights are drawn at random, so the pictures mean nothing.
Needs: torch, diffusers, transformers, safetensors (PyPI).
"""
import argparse
import json
import pathlib
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

PRESETS = {
    "sd15": dict(
        unet=dict(block_out_channels=(320, 640, 1280, 1280), cross_attention_dim=768, attention_head_dim=8, sample_size=64),
        vae=dict(block_out_channels=(128, 256, 512, 512), sample_size=512),
        text=dict(vocab_size=49408, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
                  hidden_act="quick_gelu"),
        prediction="epsilon"),
    "tiny-sd2": dict(
        unet=dict(block_out_channels=(16, 32, 32, 48), cross_attention_dim=24, attention_head_dim=(1, 2, 4, 4), sample_size=16,
                  use_linear_projection=True, norm_num_groups=8),
        vae=dict(block_out_channels=(8, 16, 16, 24), sample_size=128, norm_num_groups=8),
        text=dict(vocab_size=600, hidden_size=24, intermediate_size=48, num_hidden_layers=3, num_attention_heads=2,
                  hidden_act="gelu", bos_token_id=598, eos_token_id=599, pad_token_id=0),
        prediction="v_prediction"),
}


def spread(model):
    """Moves norms and biases away from their flat start, so that an error in any of them shows."""
    for name, p in model.named_parameters():
        if p.dim() <= 1:
            p.data.add_((0.02 if name.endswith("bias") else 0.1) * torch.randn_like(p))


def build(preset):
    return {
        "unet": UNet2DConditionModel(
            in_channels=4, out_channels=4, layers_per_block=2,
            down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
            up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3, **preset["unet"]),
        "vae": AutoencoderKL(
            in_channels=3, out_channels=3, latent_channels=4, layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, scaling_factor=0.18215,
            **preset["vae"]),
        "text_encoder": CLIPTextModel(CLIPTextConfig(max_position_embeddings=77, projection_dim=preset["text"]["hidden_size"],
                                                     **preset["text"])),
    }


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--preset", choices=PRESETS, default="sd15")
    ap.add_argument("--dtype", default="float16")
    ap.add_argument("--tokenizer", type=pathlib.Path, help="a folder with vocab.json and merges.txt")
    a = ap.parse_args()
    torch.manual_seed(0)
    preset = PRESETS[a.preset]
    dtype = getattr(torch, a.dtype)
    for name, model in build(preset).items():
        spread(model)
        model.to(dtype).save_pretrained(a.out / name, variant="fp16" if dtype == torch.float16 else None)
    DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, clip_sample=False,
                  set_alpha_to_one=False, steps_offset=1, prediction_type=preset["prediction"]).save_pretrained(a.out / "scheduler")
    (a.out / "model_index.json").write_text(json.dumps({
        "_class_name": "StableDiffusionPipeline", "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}))
    if a.tokenizer:
        shutil.copytree(a.tokenizer, a.out / "tokenizer", dirs_exist_ok=True)


main()
