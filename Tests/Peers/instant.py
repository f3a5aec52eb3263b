"""Compares instant edits with models of full size with diffusers and peft: text, encoding, every step, decoding.

    python3 instant.py OUT [--program .build/release/dragon] [--side 256]

Makes a model of Stable Diffusion 1.5's shape from random weights in OUT, and what is added to it: LoRAs of every layer in kohya's and
peft's keys, a UNet for inpainting, one that takes the guidance scale, one in 8 bits, a tiny autoencoder. Each edit is recorded by
--trace, and each of its steps computed anew from the one before. Needs: torch, diffusers, transformers, peft, safetensors, Pillow
(PyPI), 20 GB of disk.
"""
import argparse
import pathlib
import subprocess
import sys

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, DDIMScheduler, LCMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file
from transformers import CLIPTextModel, CLIPTokenizer

HERE = pathlib.Path(__file__).resolve().parent
COMMON = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", set_alpha_to_one=False, clip_sample=False, steps_offset=1)
LAYERS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out", "conv1", "conv2", "conv_shortcut",
          "downsamplers.0.conv", "upsamplers.0.conv", "time_emb_proj")
TEXT_LAYERS = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")


def make(out, tokenizer):
    """What is not there yet."""
    model = out / "model"
    if not (model / "model_index.json").exists():
        subprocess.run([sys.executable, HERE / "make_model.py", model, "--dtype", "float32", "--tokenizer", tokenizer], check=True)
    plain = UNet2DConditionModel.from_pretrained(model / "unet")
    sizes = {key: value for key, value in plain.config.items() if not key.startswith("_")}
    for name, change in (("inpainting", {"in_channels": 9}), ("guided", {"time_cond_proj_dim": 256})):
        if not (out / name).exists():
            unet = UNet2DConditionModel(**sizes | change)
            own = unet.state_dict()
            unet.load_state_dict({k: v for k, v in plain.state_dict().items() if v.shape == own[k].shape}, strict=False)
            variant(out, name)
            unet.save_pretrained(out / name / "unet")
    if not (out / "eight").exists():
        variant(out, "eight")
        plain.save_config(out / "eight" / "unet")
        save_file({k: v.to(torch.float8_e4m3fn) for k, v in plain.state_dict().items()},
                  out / "eight" / "unet" / "diffusion_pytorch_model.safetensors")
    if not (out / "tiny").exists():
        AutoencoderTiny().save_pretrained(out / "tiny")
    if not (out / "lcm-kohya.safetensors").exists():
        make_loras(out, plain)


def variant(out, name):
    """A model that shares all but its UNet."""
    (out / name).mkdir()
    for part in ("model_index.json", "scheduler", "text_encoder", "tokenizer", "vae"):
        (out / name / part).symlink_to(f"../model/{part}")


def make_loras(out, unet):
    text = CLIPTextModel.from_pretrained(out / "model" / "text_encoder")
    kohya, peft = {}, {}
    generator = torch.Generator().manual_seed(1)
    for network, model, ends in (("unet", unet, LAYERS), ("text_encoder", text, TEXT_LAYERS)):
        for name, module in model.named_modules():
            weight = getattr(module, "weight", None)
            if weight is None or weight.dim() < 2 or not name.endswith(ends):
                continue
            whole = name if network == "unet" or name.startswith("text_model.") else f"text_model.{name}"
            flat = ("lora_unet_" if network == "unet" else "lora_te_") + whole.replace(".", "_")
            down = torch.randn(64, *weight.shape[1:], generator=generator) * 0.01
            up = torch.randn(weight.shape[0], 64, *([1, 1] if weight.dim() == 4 else []), generator=generator) * 0.01
            kohya |= {f"{flat}.lora_down.weight": down, f"{flat}.lora_up.weight": up, f"{flat}.alpha": torch.tensor(32.0)}
            peft |= {f"{network}.{whole}.lora_A.weight": down, f"{network}.{whole}.lora_B.weight": up}
    save_file(kohya, out / "lcm-kohya.safetensors")
    save_file(peft, out / "lcm-peft.safetensors")


def pictures(out, side):
    noise = Image.effect_noise((side, side), 60).convert("RGB")
    box = [side * part // 16 for part in (5, 6, 9, 10)]
    ImageDraw.Draw(noise).ellipse(box, fill=(200, 60, 40))
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    noise.save(out / "photo.png")
    mask.save(out / "mask.png")


def parts(out, name, lora, tiny):
    """Text encoder, UNet and autoencoder as diffusers and peft have them."""
    model = out / name
    if name == "eight":
        unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(model / "unet"))
        unet.load_state_dict({k: v.float() for k, v in load_file(model / "unet" / "diffusion_pytorch_model.safetensors").items()})
    else:
        unet = UNet2DConditionModel.from_pretrained(model / "unet")
    text = CLIPTextModel.from_pretrained(model / "text_encoder")
    tokenizer = CLIPTokenizer.from_pretrained(model / "tokenizer")
    vae = AutoencoderTiny.from_pretrained(out / "tiny") if tiny else AutoencoderKL.from_pretrained(model / "vae")
    if lora:
        pipe = StableDiffusionPipeline(vae=vae, text_encoder=text, tokenizer=tokenizer, unet=unet, scheduler=DDIMScheduler(**COMMON),
                                       safety_checker=None, feature_extractor=None)
        pipe.load_lora_weights(out, weight_name=lora)
    return text.eval(), tokenizer, unet.eval(), vae.eval()


def error(found, expected):
    return ((found - expected).abs().max() / expected.abs().max()).item()


def compare(out, program, side, label, name="model", sampler="trailing", steps=4, lora=None, tiny=False):
    trace = out / "trace.safetensors"
    command = [program, "move", "--model", out / name, "-i", out / "photo.png", "--mask", out / "mask.png", "--from", "0,0", "--to", "20,8",
               "--preset", "instant", "--sampler", sampler, "--steps", str(steps), "--side", str(side), "--prompt", "a red ball", "--quiet",
               "--trace", trace, "-o", out / "out.png"]
    command += ["--lora", out / lora] if lora else []
    command += ["--vae", out / "tiny"] if tiny else []
    subprocess.run(command, check=True)
    found = load_file(trace)
    text, tokenizer, unet, vae = parts(out, name, lora, tiny)
    ids = tokenizer("a red ball", padding="max_length", max_length=77, return_tensors="pt").input_ids
    context = text(ids)[0]
    scale = 1 if tiny else vae.config.scaling_factor
    encode = (lambda x: vae.encode(x).latents) if tiny else (lambda x: vae.encode(x).latent_dist.mean * scale)
    errors = {"text": error(found["context"], context), "encode": error(found["z0"], encode(found["picture"]))}
    scheduler = {"trailing": DDIMScheduler(timestep_spacing="trailing", **COMMON), "lcm": LCMScheduler(**COMMON)}[sampler]
    scheduler.set_timesteps(steps)
    z = found["start"]
    first = steps - sum(key.startswith("z.") for key in found)
    last = found[f"z.{steps - 1}"]
    outside = last == found["z0"]
    guided = None
    if unet.config.time_cond_proj_dim:
        guided = StableDiffusionPipeline.get_guidance_scale_embedding(None, torch.tensor([0.0]), embedding_dim=256)
    for step in range(first, steps):
        t = scheduler.timesteps[step]
        given = torch.cat([z, found["surroundings"]], dim=1) if "surroundings" in found else z
        predicted = unet(given, t, encoder_hidden_states=found["context"], timestep_cond=guided).sample
        expected = scheduler.step(predicted, t, z).prev_sample
        z = found[f"z.{step}"]
        kept = torch.zeros_like(outside) if "surroundings" in found else outside
        errors[f"step {step}"] = error(torch.where(kept, 0, z), torch.where(kept, 0, expected))
    errors["decode"] = error(found["image"], vae.decode(last / scale).sample)
    print(label, "  ".join(f"{key} {value:.1e}" for key, value in errors.items()), flush=True)
    return max(errors.values())


@torch.no_grad()
def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--program", type=pathlib.Path, default=HERE.parent.parent / ".build/release/dragon")
    ap.add_argument("--side", type=int, default=256)
    ap.add_argument("--tokenizer", type=pathlib.Path, required=True, help="a folder with CLIP's vocab.json and merges.txt")
    a = ap.parse_args()
    a.out.mkdir(exist_ok=True)
    torch.manual_seed(0)
    make(a.out, a.tokenizer)
    pictures(a.out, a.side)
    worst = max(
        compare(a.out, a.program, a.side, "LoRA, kohya", lora="lcm-kohya.safetensors"),
        compare(a.out, a.program, a.side, "LoRA, peft", lora="lcm-peft.safetensors", steps=2),
        compare(a.out, a.program, a.side, "inpainting", name="inpainting", steps=2),
        compare(a.out, a.program, a.side, "LCM", sampler="lcm", steps=1),
        compare(a.out, a.program, a.side, "guidance scale", name="guided", sampler="lcm", steps=1),
        compare(a.out, a.program, a.side, "8 bits", name="eight", steps=2),
        compare(a.out, a.program, a.side, "tiny autoencoder", tiny=True, steps=1))
    print(f"worst: {worst:.1e}")
    sys.exit(worst > 1e-4)


main()
