"""A learned autoencoder of small residual convolutions: diffusers' AutoencoderTiny, with the weights made here.

It has no norms, so that a plain colour stays what it is and a crop is encoded as it is within its picture. Unlike the
principal components' code, a cell overlaps its neighbours, and is trained so that a latent reduced to half its size
decodes to the picture reduced likewise: fine detail is then written where coarse things are, not in channels of its own.
"""
import torch
from diffusers import AutoencoderTiny

CHANNELS = 64
BLOCKS = (1, 2, 3, 3)           # of each level of the encoder, finest first; the decoder's are the same backwards


def network(channels):
    blocks = len(BLOCKS) * (CHANNELS,)
    net = AutoencoderTiny(
        latent_channels=channels, encoder_block_out_channels=blocks, decoder_block_out_channels=blocks,
        num_encoder_blocks=BLOCKS, num_decoder_blocks=BLOCKS[::-1], scaling_factor=1.0)
    for name, weight in net.named_parameters():
        start(name, weight)
    return net


def start(name, weight):
    """Signals keep their strength; residual branches and the outputs begin nearly closed."""
    if weight.ndim == 1:
        torch.nn.init.zeros_(weight)
    else:
        torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")
        if ".conv.4." in name or len(weight) < CHANNELS:
            weight.data *= 0.1


class ConvolutionalAutoencoder:
    """The network behind the same interface as the patch autoencoder's; latents are scaled to unit variance."""

    kind = ("diffusers", "AutoencoderTiny")     # as model_index.json has it
    signs = None                # mirroring a picture is nothing simple in its latent

    def __init__(self, net):
        self.net, self.channels = net, net.config.latent_channels

    @property
    def scale(self):
        return self.net.config.scaling_factor

    def encode(self, pictures):
        return self.net.encoder(pictures) * self.scale

    def decode(self, latents):
        return self.net.decoder(latents / self.scale)

    def save(self, folder):
        net = network(self.channels)
        net.load_state_dict({k: v.cpu() for k, v in self.net.state_dict().items()})
        net.register_to_config(scaling_factor=float(self.scale))
        net.half().save_pretrained(folder)

    @staticmethod
    def load(folder):
        return ConvolutionalAutoencoder(AutoencoderTiny.from_pretrained(folder, torch_dtype=torch.float32).eval().requires_grad_(False))

    def to(self, device):
        self.net.to(device, memory_format=torch.channels_last)
        return self
