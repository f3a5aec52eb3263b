"""The code of a model: whichever autoencoder stands in its `vae/`."""
import json

from autoencoder import PatchAutoencoder
from convolutional import ConvolutionalAutoencoder


def load(folder):
    """Either kind encodes, decodes, saves itself, and knows its channels and, where it has them, its signs under mirroring."""
    kind = json.loads((folder / "config.json").read_text())["_class_name"]
    return (PatchAutoencoder if kind == "PatchAutoencoder" else ConvolutionalAutoencoder).load(folder)
