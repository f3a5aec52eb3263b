"""Makes a small UNet whose attention layers hold several transformer blocks, and what diffusers computes with it.

    python3 make_depths.py OUT_FOLDER       writes unet/ and reference.safetensors (Tests/Fixtures/unet-depths)

Random weights; the reference holds the inputs, a prediction at t = 481, the features of decoder blocks 1 and 2 there, and the
gradient of random functions of them with respect to the latent (torch.autograd).  Needs: torch, diffusers, safetensors.
"""
import pathlib
import sys

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file

from make_reference import features


def main():
    out = pathlib.Path(sys.argv[1])
    torch.manual_seed(5)
    unet = UNet2DConditionModel(
        sample_size=16, block_out_channels=(16, 32, 32), layers_per_block=1, norm_num_groups=8, cross_attention_dim=24,
        attention_head_dim=2, transformer_layers_per_block=[1, 2, 3],
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")).half().float().eval().requires_grad_(False)
    latent, context = torch.randn(1, 4, 16, 16), torch.randn(1, 77, 24)
    z = latent.clone().requires_grad_(True)
    found = features(unet, z, context)
    cotangents = [torch.randn(2, *f.shape[1:]) for f in found]
    gradients = [
        torch.autograd.grad(sum((f * c[i]).sum() for f, c in zip(found, cotangents)), z, retain_graph=True)[0] for i in range(2)]
    data = {"latent": latent, "context": context, "unet.481": unet(latent, 481, encoder_hidden_states=context).sample,
            "gradient": torch.cat(gradients)}
    data |= {f"feature.{i}": f.detach() for i, f in enumerate(found)}
    data |= {f"cotangent.{i}": c for i, c in enumerate(cotangents)}
    unet.half().save_pretrained(out / "unet")
    save_file({k: v.contiguous() for k, v in data.items()}, out / "reference.safetensors")


if __name__ == "__main__":
    main()
