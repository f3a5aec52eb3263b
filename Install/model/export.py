"""Writes the averaged weights as an ordinary diffusers folder in half precision."""
import json
import pathlib
import shutil

import torch

from networks import scheduler

DEFAULTS = pathlib.Path(__file__).with_name("dragon.json")     # tuned by hand, with `evaluate`


def write(trainer, folder):
    """`folder` gets unet/, vae/, text_encoder/, tokenizer/, scheduler/ and model_index.json."""
    model = trainer.model
    model.load_state_dict(trainer.average, strict=False)
    model.to("cpu", torch.float16, memory_format=torch.contiguous_format)
    for part, network in (("unet", model.unet), ("text_encoder", model.text)):
        shutil.rmtree(folder / part, ignore_errors=True)
        for weight in network.parameters():
            weight.data = weight.data.contiguous()
        network.save_pretrained(folder / part)
        strip_paths(folder / part / "config.json")
    trainer.code.save(folder / "vae")
    trainer.vocabulary.save(folder / "tokenizer")
    scheduler().save_pretrained(folder / "scheduler")
    pipeline = "StableDiffusionInpaintPipeline" if trainer.inpainting else "StableDiffusionPipeline"
    index = {"_class_name": pipeline, "unet": ["diffusers", "UNet2DConditionModel"],
             "vae": trainer.code.kind, "text_encoder": ["transformers", "CLIPTextModel"],
             "tokenizer": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "DDIMScheduler"]}
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    shutil.copy(DEFAULTS, folder / "dragon.json")
    for weights in folder.glob("*/*.safetensors"):
        weights.chmod(0o644)


def strip_paths(file):
    """Drops the note of where the configuration was loaded from."""
    config = json.loads(file.read_text())
    config.pop("_name_or_path", None)
    file.write_text(json.dumps(config, indent=2) + "\n")
