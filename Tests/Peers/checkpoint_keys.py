"""The original layout's keys and what diffusers' own converter makes of them, for Tests/DragonModelTests/Checkpoint.

    pip install diffusers transformers torch
    python Tests/Peers/checkpoint_keys.py       rewrites Tests/Fixtures/checkpoint-keys/*.json

Each file: {"original key": [shape, ["diffusers key", …]]}. Candidates for original keys are tried on the converter; those stay whose result
is a parameter of the real network. Nothing here knows our tables.
"""
import json
import os

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils as converters
from transformers import CLIPTextConfig, CLIPTextModel

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures", "checkpoint-keys")
RESIDUAL = ["in_layers.0", "in_layers.2", "emb_layers.1", "out_layers.0", "out_layers.3", "skip_connection"]
TRANSFORMER = ["norm", "proj_in", "proj_out"] + ["transformer_blocks.0." + name for name in
              ["norm1", "norm2", "norm3", "ff.net.0.proj", "ff.net.2"] + [f"attn{n}.to_{m}" for n in (1, 2) for m in ("q", "k", "v", "out.0")]]


def both(modules):
    return [f"{module}.{kind}" for module in modules for kind in ("weight", "bias")]


def unet_candidates():
    names = ["time_embed.0", "time_embed.2", "input_blocks.0.0", "out.0", "out.2"]
    for block in range(12):
        names += [f"input_blocks.{block}.0.{name}" for name in RESIDUAL + ["op"]] + [f"input_blocks.{block}.1.{name}" for name in TRANSFORMER]
        names += [f"output_blocks.{block}.0.{name}" for name in RESIDUAL] + [f"output_blocks.{block}.1.{name}" for name in TRANSFORMER]
    names += [f"middle_block.{n}.{name}" for n in (0, 2) for name in RESIDUAL] + [f"middle_block.1.{name}" for name in TRANSFORMER]
    return both(names + ["output_blocks.2.1.conv", "output_blocks.5.2.conv", "output_blocks.8.2.conv"])


def autoencoder_candidates():
    block = ["norm1", "conv1", "norm2", "conv2", "nin_shortcut"]
    names = ["quant_conv", "post_quant_conv"]
    for half in ("encoder", "decoder"):
        names += [f"{half}.{name}" for name in ("conv_in", "norm_out", "conv_out")]
        names += [f"{half}.mid.block_{n}.{name}" for n in (1, 2) for name in block]
        names += [f"{half}.mid.attn_1.{name}" for name in ("norm", "q", "k", "v", "proj_out")]
    for level in range(4):
        names += [f"encoder.down.{level}.block.{n}.{name}" for n in range(2) for name in block] + [f"encoder.down.{level}.downsample.conv"]
        names += [f"decoder.up.{level}.block.{n}.{name}" for n in range(3) for name in block] + [f"decoder.up.{level}.upsample.conv"]
    return both(names)


def converted(candidates, prefix, convert):
    """Original key to new keys; each candidate is a tensor that holds its own number."""
    numbered = {prefix + key: torch.full((3, 1), float(number)) for number, key in enumerate(candidates)}
    result = {}
    for key, value in convert(numbered).items():
        if value is not None:
            result.setdefault(candidates[int(value.flatten()[0])], []).append(key)
    return result


def write(name, mapping, model, prefix, pointwise=()):
    shapes = {key: list(value.shape) for key, value in model.state_dict().items()}
    table, covered = {}, []
    for original, targets in mapping.items():
        targets = [target for target in (t.removeprefix("text_model.") for t in targets) if target in shapes]
        if not targets:
            continue
        shape = list(shapes[targets[0]])
        shape[0] *= len(targets)
        table[prefix + original] = [shape + [1, 1] if original.endswith(tuple(pointwise)) else shape, targets]
        covered += targets
    assert sorted(covered) == sorted(shapes), (name, set(shapes) ^ set(covered))
    with open(os.path.join(FOLDER, name), "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(table.items())) + "\n}\n")
    print(name, len(table))


def open_clip(text):
    names = ["token_embedding.weight", "positional_embedding", "ln_final.weight", "ln_final.bias"]
    for layer in range(23):
        block = f"transformer.resblocks.{layer}"
        names += both(f"{block}.{name}" for name in ("ln_1", "ln_2", "attn.out_proj", "mlp.c_fc", "mlp.c_proj"))
        names += [f"{block}.attn.in_proj_weight", f"{block}.attn.in_proj_bias"]
    text.config.hidden_size = 1  # so that the converter cuts our 3-row tensors into thirds
    return converted(names, "cond_stage_model.model.", lambda state: converters.convert_open_clip_checkpoint(text, state))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    blocks = {"down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4}
    with torch.device("meta"):
        unets = {"unet-sd1.json": UNet2DConditionModel(cross_attention_dim=768),
                 "unet-sd2.json": UNet2DConditionModel(cross_attention_dim=1024, attention_head_dim=[5, 10, 20, 20], use_linear_projection=True)}
        autoencoder = AutoencoderKL(block_out_channels=(128, 256, 512, 512), layers_per_block=2, **blocks)
        clip = CLIPTextModel(CLIPTextConfig(hidden_size=768, intermediate_size=3072, num_attention_heads=12))
        openclip = CLIPTextModel(CLIPTextConfig(hidden_size=1024, intermediate_size=4096, num_attention_heads=16, num_hidden_layers=23, hidden_act="gelu"))
    prefix = "model.diffusion_model."
    for name, unet in unets.items():
        mapping = converted(unet_candidates(), prefix, lambda state: converters.convert_ldm_unet_checkpoint(state, {"layers_per_block": 2}))
        write(name, mapping, unet, prefix)
    prefix = "first_stage_model."
    mapping = converted(autoencoder_candidates(), prefix, lambda state: converters.convert_ldm_vae_checkpoint(state, blocks))
    write("vae.json", mapping, autoencoder, prefix, [f"attn_1.{name}.weight" for name in ("q", "k", "v", "proj_out")])
    keys = ["text_model." + key for key in clip.state_dict()]
    prefix = "cond_stage_model.transformer."
    write("clip-sd1.json", converted(keys, prefix, converters.convert_ldm_clip_checkpoint), clip, prefix)
    write("clip-sd2.json", open_clip(openclip), openclip, "cond_stage_model.model.")


if __name__ == "__main__":
    main()
