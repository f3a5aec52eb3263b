"""The two networks: a UNet of Stable Diffusion's shape, a twentieth of its width, and a CLIP-shaped text encoder.

Four levels, so that the decoder blocks the method taps (1 and 2) exist and lie on the grids it expects. Attention is
left out at the finest level, where it would cost more than all convolutions together; the memory bank works on the two
levels below. The network predicts v rather than the noise: at high noise v is the picture itself, which a briefly
trained network gets roughly right, while a small error of the noise there becomes a large one of the picture.
"""
import contextlib
import json

import safetensors.torch
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTextConfig, CLIPTextModel

from vocabulary import LENGTH

WIDTHS = (64, 128, 192, 192)    # of a new model
HEAD = 32                       # channels per attention head
CONTEXT = 128                   # width of the text embedding
KNOWN = 0.1                     # how much counts of what a network for inpainting is shown: samplers step the whole latent


def unet(channels, inpainting=False, widths=WIDTHS):
    """With `inpainting`, as Stable Diffusion has it: the noisy latent, the mask, the latent of the picture with grey in its hole."""
    net = UNet2DConditionModel(
        sample_size=32, in_channels=2 * channels + 1 if inpainting else channels, out_channels=channels,
        block_out_channels=widths, layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=tuple(w // HEAD for w in widths),    # diffusers' name for the *number* of heads
        cross_attention_dim=CONTEXT, norm_num_groups=16)
    start_as_identity(net)
    return net


def widths_of(folder):
    """The channels at each level of an exported model."""
    return tuple(json.loads((folder / "unet/config.json").read_text())["block_out_channels"])


def start_as_identity(net):
    """Every residual branch starts at zero: the signal passes through from the first step on."""
    for name, weight in net.named_parameters():
        if name.startswith("conv_out.") or ".conv2." in name or ".proj_out." in name:
            torch.nn.init.zeros_(weight)


def text_encoder(vocabulary):
    end = vocabulary.ids["<|endoftext|>"]
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=len(vocabulary), hidden_size=CONTEXT, intermediate_size=2 * CONTEXT, num_hidden_layers=2,
        num_attention_heads=CONTEXT // HEAD, max_position_embeddings=LENGTH, hidden_act="quick_gelu",
        projection_dim=CONTEXT, bos_token_id=end - 1, eos_token_id=end, pad_token_id=end))


def scheduler():
    """Stable Diffusion's schedule, with v as the prediction."""
    return DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, set_alpha_to_one=False,
        steps_offset=1, prediction_type="v_prediction", timestep_spacing="leading")


def has_bfloat16(device):
    """Whether products in bfloat16 are the faster ones; processors without them take up to nine times as long."""
    return device.type != "cpu" or torch.cpu._is_avx512_bf16_supported()


class Diffusion(torch.nn.Module):
    """Both networks and the training loss."""

    def __init__(self, vocabulary, channels, inpainting=False, widths=WIDTHS):
        super().__init__()
        self.unet = unet(channels, inpainting, widths)
        self.text = text_encoder(vocabulary)
        self.register_buffer("alphas", scheduler().alphas_cumprod.clone(), persistent=False)

    def load(self, folder):
        """Takes the weights of an exported model of the same widths; one for inpainting may start from one that is not."""
        for part, network, name in (("unet", self.unet, "diffusion_pytorch_model"), ("text_encoder", self.text, "model")):
            weights = safetensors.torch.load_file(folder / part / f"{name}.safetensors")
            if network is self.unet:
                first, missing = weights["conv_in.weight"], network.config.in_channels - weights["conv_in.weight"].shape[1]
                weights["conv_in.weight"] = torch.nn.functional.pad(first, (0, 0, 0, 0, 0, missing))
            network.load_state_dict(weights)

    def predict(self, noisy, t, ids):
        """v for each item."""
        return self.unet(noisy, t, encoder_hidden_states=self.embedded(ids), return_dict=False)[0]

    def embedded(self, ids):
        """Embeddings of prompts; on a processor equal ones are embedded once, while an accelerator would wait for their number."""
        if ids.device.type != "cpu":
            return self.text(ids)[0]
        prompts, which = torch.unique(ids, dim=0, return_inverse=True)
        return self.text(prompts)[0][which]

    def loss(self, latents, t, noise, ids, mask=None, grey=None):
        """→ (weighted loss, unweighted loss by item).

        `mask`, n × 1 × H × W: what a network for inpainting is to paint, which counts most then; `grey`: the latent of a grey cell.

        Weighted by clamp(SNR, 1, 5) / (SNR + 1): below SNR 1 as v's plain error, above 5 flat in the picture's error,
        so that the noise of nearly clean pictures, which cannot be told from texture, doesn't fill the gradient.
        """
        a = self.alphas[t][:, None, None, None]
        noisy, target = a.sqrt() * latents + (1 - a).sqrt() * noise, a.sqrt() * noise - (1 - a).sqrt() * latents
        # the fused attention for CPUs is slow backwards: with the plain one a step takes a sixth less
        kernels = sdpa_kernel([SDPBackend.MATH]) if latents.device.type == "cpu" else contextlib.nullcontext()
        if mask is not None:
            noisy = torch.cat([noisy, mask, torch.lerp(latents, grey[:, None, None].expand_as(latents), mask)], 1)
        noisy = noisy.contiguous(memory_format=torch.channels_last)         # convolutions are fastest so
        with torch.autocast(latents.device.type, torch.bfloat16, enabled=has_bfloat16(latents.device)), kernels:
            predicted = self.predict(noisy, t, ids)
        error = (predicted.float() - target).square()
        if mask is None:
            error = error.mean((1, 2, 3))
        else:
            counted = mask + KNOWN * (1 - mask)
            error = (error * counted).sum((1, 2, 3)) / counted.sum((1, 2, 3)) / latents.shape[1]
        snr = self.alphas[t] / (1 - self.alphas[t])
        return (error * snr.clamp(1, 5) / (snr + 1)).mean(), error.detach()
