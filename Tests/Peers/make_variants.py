"""Writes small random models of the kinds that change one thing about Stable Diffusion, and what diffusers and peft compute with them.

    python3 make_variants.py        rewrites Tests/Fixtures/variants

inpainting: a UNet that also takes a mask and a masked picture. lcm: one that takes the guidance scale. tiny: an autoencoder without a
posterior. painting: places of a picture made by diffusers' pipeline. lora: one adapter in every style of keys, loaded by diffusers and
peft themselves onto Tests/Fixtures/model.
schedules: steps of diffusers' schedulers from fixed predictions. fp8: every code of both formats, and its value.
Needs: torch, diffusers, transformers, peft, safetensors (PyPI).
"""
import json
import pathlib

import torch
from diffusers import (AutoencoderTiny, DDIMScheduler, LCMScheduler, StableDiffusionInpaintPipeline, StableDiffusionPipeline,
                       UNet2DConditionModel)
from diffusers.models.autoencoders import autoencoder_kl
from diffusers.pipelines.stable_diffusion import pipeline_stable_diffusion_inpaint
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import CLIPTokenizer

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Fixtures"
OUT = FIXTURES / "variants"
BASE = FIXTURES / "model"


def contiguous(tensors):
    return {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}


def spread(model):
    """Moves norms and biases away from their flat start, so that an error in any of them shows."""
    for name, p in model.named_parameters():
        if p.dim() <= 1:
            p.data.add_((0.02 if name.endswith("bias") else 0.1) * torch.randn_like(p))
    return model.eval()


def small_unet(**options):
    return spread(UNet2DConditionModel(
        out_channels=4, layers_per_block=1, block_out_channels=(8, 16, 16), cross_attention_dim=32, attention_head_dim=2, sample_size=16,
        norm_num_groups=8, down_block_types=("CrossAttnDownBlock2D",) * 2 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 2, **options))


def inpainting():
    unet = small_unet(in_channels=9)
    unet.save_pretrained(OUT / "inpainting")
    latent, mask, masked = torch.randn(1, 4, 16, 16), (torch.rand(1, 1, 16, 16) > 0.5).float(), torch.randn(1, 4, 16, 16)
    context = torch.randn(1, 77, 32)
    found = unet(torch.cat([latent, mask, masked], dim=1), 481, encoder_hidden_states=context).sample
    save_file(contiguous({"latent": latent, "mask": mask, "masked": masked, "context": context, "unet.481": found}),
              OUT / "inpainting" / "reference.safetensors")


def lcm():
    unet = small_unet(in_channels=4, time_cond_proj_dim=20)
    # diffusers starts this layer at random; a larger one shows more.
    unet.time_embedding.cond_proj.weight.data.mul_(4)
    unet.save_pretrained(OUT / "lcm")
    latent, context = torch.randn(1, 4, 16, 16), torch.randn(1, 77, 32)
    embed = StableDiffusionPipeline.get_guidance_scale_embedding
    tensors = {"latent": latent, "context": context}
    for scale in (1.0, 4.0, 8.5):
        w = embed(None, torch.tensor([scale - 1]), embedding_dim=20)
        tensors[f"unet.{scale}"] = unet(latent, 481, encoder_hidden_states=context, timestep_cond=w).sample
    save_file(contiguous(tensors), OUT / "lcm" / "reference.safetensors")


def tiny():
    vae = AutoencoderTiny(encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4, num_encoder_blocks=(1, 2, 1, 2),
                          num_decoder_blocks=(2, 1, 2, 1)).eval()
    for p in vae.parameters():
        if p.dim() <= 1:
            p.data.add_(0.05 * torch.randn_like(p))
    vae.save_pretrained(OUT / "tiny")
    picture, latent = torch.rand(1, 3, 64, 128) * 2 - 1, 2 * torch.randn(1, 4, 8, 16)
    save_file(contiguous({"picture": picture, "encoded": vae.encode(picture).latents, "latent": latent, "decoded": vae.decode(latent).sample}),
              OUT / "tiny" / "reference.safetensors")
    # As its author keeps them: layers by number, the decoder's after a clamp that has none.
    encoder = {k.removeprefix("encoder.layers."): v for k, v in vae.state_dict().items() if k.startswith("encoder.")}
    decoder = {}
    for key, value in vae.state_dict().items():
        if key.startswith("decoder.layers."):
            number, rest = key.removeprefix("decoder.layers.").split(".", 1)
            decoder[f"{int(number) + 1}.{rest}"] = value
    save_file(contiguous(encoder), OUT / "tiny" / "taesd_encoder.safetensors")
    save_file(contiguous(decoder), OUT / "tiny" / "taesd_decoder.safetensors")


# --- Adapters --------------------------------------------------------------------------------------------------------

LINEAR = ["to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]
CONVOLUTION = ["conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv", "time_emb_proj", "conv_in"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
BLOCKS = ("down_blocks.1", "up_blocks.1", "mid_block", "conv_in")


def adapter():
    """Random factors by (network, module): rank by layer, alpha by layer."""
    pipe = pipeline()
    result = {}
    generator = torch.Generator().manual_seed(5)
    for network, model, ends in (("unet", pipe.unet, LINEAR + CONVOLUTION), ("text_encoder", pipe.text_encoder, TEXT)):
        for name, module in model.named_modules():
            weight = getattr(module, "weight", None)
            if weight is None or weight.dim() < 2 or not name.endswith(tuple(ends)) or (network == "unet" and not name.startswith(BLOCKS)):
                continue
            rank = 3 if weight.dim() == 4 and weight.shape[-1] == 3 else 2
            down = torch.randn(rank, *weight.shape[1:], generator=generator) * 0.1
            up = torch.randn(weight.shape[0], rank, *([1, 1] if weight.dim() == 4 else []), generator=generator)
            result[network, name] = (down, up, 1.5 if weight.dim() == 4 else 1.0)
    return result


def pipeline():
    tokenizer = CLIPTokenizer.from_pretrained(BASE / "tokenizer")
    return StableDiffusionPipeline.from_pretrained(BASE, tokenizer=tokenizer, safety_checker=None, feature_extractor=None)


def outputs(pipe, inputs):
    ids, latent, context = inputs
    return {"unet": pipe.unet(latent, 481, encoder_hidden_states=context).sample, "text": pipe.text_encoder(ids)[0]}


def text_name(name):
    return name if name.startswith("text_model.") else f"text_model.{name}"


def kohya(factors):
    tensors = {}
    for (network, name), (down, up, alpha) in factors.items():
        flat = "lora_unet_" + name.replace(".", "_") if network == "unet" else "lora_te_" + text_name(name).replace(".", "_")
        tensors |= {f"{flat}.lora_down.weight": down, f"{flat}.lora_up.weight": up, f"{flat}.alpha": torch.tensor(alpha)}
    return tensors


def dotted(factors, names, text=text_name):
    tensors = {}
    for (network, name), (down, up, _) in factors.items():
        module = "unet." + name if network == "unet" else "text_encoder." + text(name)
        tensors |= {f"{module}.{names[0]}.weight": down, f"{module}.{names[1]}.weight": up}
    return tensors


def attention_processors(factors):
    """diffusers before 0.18: attention alone, in processors; no alpha, no text encoder. Today's no longer reads it."""
    tensors = {}
    for (network, name), (down, up, _) in factors.items():
        parts = name.split(".")
        if network != "unet" or not any(part in ("attn1", "attn2") for part in parts):
            continue
        at = next(i for i, part in enumerate(parts) if part in ("attn1", "attn2"))
        module, layer = ".".join(parts[:at + 1]), parts[at + 1]
        tensors |= {f"{module}.processor.{layer}_lora.down.weight": down, f"{module}.processor.{layer}_lora.up.weight": up}
    return tensors


def lora():
    folder = OUT / "lora"
    folder.mkdir(parents=True, exist_ok=True)
    inputs = (torch.randint(0, 500, (1, 77)), torch.randn(1, 4, 16, 16), torch.randn(1, 77, 32))
    reference = {"ids": inputs[0], "latent": inputs[1], "context": inputs[2]}
    factors = adapter()
    plain = {key: (down, up, down.shape[0]) for key, (down, up, _) in factors.items()}
    linear = {key: value for key, value in plain.items() if value[0].dim() == 2}
    # What diffusers notes of an adapter that it trained: here an alpha of half the rank.
    noted = {}
    for network in ("unet", "text_encoder"):
        noted |= {f"{network}.r": 2, f"{network}.lora_alpha": 1, f"{network}.rank_pattern": {}, f"{network}.alpha_pattern": {},
                  f"{network}.target_modules": [n for w, n in linear if w == network]}
    metadata = {"lora_adapter_metadata": json.dumps(noted)}
    files = {
        "kohya": (kohya(factors), None),
        "peft": (dotted(plain, ("lora_A", "lora_B")), None),
        "peft-alpha": (dotted(linear, ("lora_A", "lora_B"), text=str), metadata),
        "diffusers": (dotted(linear, ("lora.down", "lora.up")) , None),
    }
    # The text encoder's own names in the second style.
    files["diffusers"] = ({k.replace(".lora.down.", ".lora_linear_layer.down.").replace(".lora.up.", ".lora_linear_layer.up.")
                           if k.startswith("text_encoder.") else k: v for k, v in files["diffusers"][0].items()}, None)
    for name, (tensors, data) in files.items():
        path = folder / f"{name}.safetensors"
        save_file(contiguous(tensors), path, metadata=data)
        pipe = pipeline()
        pipe.load_lora_weights(folder, weight_name=path.name)
        for key, value in outputs(pipe, inputs).items():
            reference[f"{name}.{key}"] = value
        if name == "kohya":
            pipe.set_adapters(pipe.get_active_adapters(), 0.6)
            for key, value in outputs(pipe, inputs).items():
                reference[f"kohya-0.6.{key}"] = value
    reference |= {f"plain.{key}": value for key, value in outputs(pipeline(), inputs).items()}
    reference |= by_peft(folder, inputs)
    reference |= with_middle(folder, factors, inputs)
    reference |= in_processors(folder, linear, inputs)
    save_file(contiguous(reference), folder / "reference.safetensors")


def by_peft(folder, inputs):
    """A UNet's adapter as peft itself saves it, its alpha and ranks in a file beside."""
    config = LoraConfig(r=2, lora_alpha=3, target_modules=["to_q", "to_v", "conv1"], rank_pattern={"conv1": 3}, alpha_pattern={"to_v": 5},
                        init_lora_weights=False)
    model = get_peft_model(pipeline().unet, config).eval()
    model.save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink(missing_ok=True)
    (folder / "adapter" / "adapter_model.safetensors").chmod(0o644)
    return {"adapter.unet": model(inputs[1], 481, encoder_hidden_states=inputs[2]).sample}


def with_middle(folder, factors, inputs):
    """LoCon in three factors, by its definition: W + alpha / rank · up · middle · down."""
    pipe = pipeline()
    modules = dict(pipe.unet.named_modules())
    tensors = {}
    for (network, name), (down, up, alpha) in factors.items():
        if network != "unet" or down.dim() != 4 or down.shape[-1] != 3:
            continue
        weight, rank = modules[name].weight, down.shape[0]
        first, middle = torch.randn(rank, weight.shape[1], 1, 1) * 0.3, torch.randn(rank, rank, 3, 3) * 0.3
        flat = "lora_unet_" + name.replace(".", "_")
        tensors |= {f"{flat}.lora_down.weight": first, f"{flat}.lora_mid.weight": middle, f"{flat}.lora_up.weight": up,
                    f"{flat}.alpha": torch.tensor(alpha)}
        change = torch.einsum("or,rshw,si->oihw", up[:, :, 0, 0], middle, first[:, :, 0, 0])
        weight.data += alpha / rank * change
    save_file(contiguous(tensors), folder / "middle.safetensors")
    return {"middle.unet": outputs(pipe, inputs)["unet"]}


def in_processors(folder, factors, inputs):
    """By its definition: W + up · down."""
    pipe = pipeline()
    modules, tensors = dict(pipe.unet.named_modules()), attention_processors(factors)
    for (network, name), (down, up, _) in factors.items():
        if network == "unet" and ("attn1" in name or "attn2" in name):
            modules[name].weight.data += up @ down
    save_file(contiguous(tensors), folder / "processors.safetensors")
    return {"processors.unet": outputs(pipe, inputs)["unet"]}


# --- Inpainting ------------------------------------------------------------------------------------------------------

def painting():
    """Places of a picture made anew by diffusers' own pipeline, three steps of four: by a UNet for inpainting, and by a plain one."""
    posterior = autoencoder_kl.DiagonalGaussianDistribution
    posterior.sample = lambda self, generator=None: self.mean
    picture = torch.rand(1, 3, 128, 128) * 2 - 1
    mask = (torch.rand(1, 1, 16, 16) > 0.6).float().repeat_interleave(8, 2).repeat_interleave(8, 3)
    embeds, start = torch.randn(1, 77, 32), torch.randn(1, 4, 16, 16)
    tensors = {"picture": picture, "mask": mask[0, 0, ::8, ::8], "context": embeds, "noise.0": start}
    # Given as latents it would be taken for the start itself, without the picture in it.
    pipeline_stable_diffusion_inpaint.randn_tensor = lambda *args, **options: start
    generator = torch.Generator().manual_seed(9)
    tensors |= {f"noise.{step + 1}": torch.randn(1, 4, 16, 16, generator=generator) for step in (1, 2)}
    parts = pipeline().components
    common = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", set_alpha_to_one=False, clip_sample=False)
    schedulers = {"lcm": LCMScheduler(**common), "trailing": DDIMScheduler(timestep_spacing="trailing", **common)}
    for kind, unet in (("inpainting", UNet2DConditionModel.from_pretrained(OUT / "inpainting").eval()), ("plain", parts["unet"])):
        for name, scheduler in schedulers.items():
            pipe = StableDiffusionInpaintPipeline(**parts | {"unet": unet, "scheduler": scheduler})
            # A preprocessed picture is taken to be −1 … 1, and a mask 0 … 1.
            tensors[f"{kind}.{name}"] = pipe(
                prompt_embeds=embeds, image=picture, mask_image=mask, height=128, width=128, strength=0.75, num_inference_steps=4,
                guidance_scale=1, generator=torch.Generator().manual_seed(9), output_type="latent").images
    save_file(contiguous(tensors), OUT / "inpainting" / "pipeline.safetensors")


# --- Steps and formats -----------------------------------------------------------------------------------------------

def schedules():
    """Every step of a run whose predictions are given, not computed."""
    common = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", set_alpha_to_one=False, clip_sample=False)
    runs = {f"lcm-{n}": (LCMScheduler(**common), n) for n in (1, 2, 4, 8)}
    runs["lcm-velocity"] = (LCMScheduler(prediction_type="v_prediction", **common), 4)
    runs["lcm-origin-100"] = (LCMScheduler(original_inference_steps=100, **common), 6)
    for spacing in ("leading", "trailing", "linspace"):
        runs[f"ddim-{spacing}"] = (DDIMScheduler(timestep_spacing=spacing, steps_offset=1, **common), 4)
        runs[f"ddim-{spacing}-velocity"] = (DDIMScheduler(timestep_spacing=spacing, prediction_type="v_prediction", steps_offset=1, **common), 4)
        runs[f"zero-{spacing}"] = (DDIMScheduler(timestep_spacing=spacing, prediction_type="v_prediction", rescale_betas_zero_snr=True,
                                                 steps_offset=1, **common), 5)
    runs["ddim-trailing-1"] = (DDIMScheduler(timestep_spacing="trailing", **common), 1)
    tensors = {}
    for name, (scheduler, steps) in runs.items():
        scheduler.set_timesteps(steps)
        tensors[f"{name}.timesteps"] = scheduler.timesteps.to(torch.int64)
        sample = torch.randn(1, 4, 2, 2)
        tensors[f"{name}.start"] = sample
        for index, t in enumerate(scheduler.timesteps):
            predicted = torch.randn(1, 4, 2, 2)
            noise = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(index))
            if isinstance(scheduler, LCMScheduler):
                sample = scheduler.step(predicted, t, sample, generator=torch.Generator().manual_seed(index)).prev_sample
            else:
                sample = scheduler.step(predicted, t, sample).prev_sample
            tensors |= {f"{name}.{index}.predicted": predicted, f"{name}.{index}.noise": noise, f"{name}.{index}.sample": sample}
    save_file(contiguous(tensors), OUT / "schedules.safetensors")


def fp8():
    codes = torch.arange(256, dtype=torch.uint8)
    tensors = {}
    for name, dtype in (("e4m3", torch.float8_e4m3fn), ("e5m2", torch.float8_e5m2)):
        tensors |= {name: codes.clone().view(dtype), f"{name}.values": codes.view(dtype).float()}
    save_file(tensors, OUT / "fp8.safetensors")


@torch.no_grad()
def main():
    OUT.mkdir(exist_ok=True)
    for part in (inpainting, lcm, tiny, lora, painting, schedules, fp8):
        torch.manual_seed(3)
        part()


if __name__ == "__main__":
    main()
