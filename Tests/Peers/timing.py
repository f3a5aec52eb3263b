"""Times PyTorch + diffusers, or OpenVINO, on what `dragon bench` times, alternating with it, and prints the ratio of the medians.

    python3 timing.py MODEL [--dragon PATH] [--side 512] [--repeat 5] [--threads 2] [--phases unet,unet2,guidance,encode,decode]
                      [--peer torch|openvino-fp32|openvino-bf16|openvino-int8|openvino-int8-bf16] [--precision fp32|bf16|int16|auto]
                      [--edits exact,fast [--tokenizer DIR]]

Both sides stay loaded and take turns, run by run, so that a machine whose speed drifts favours neither. Against OpenVINO, which has
no gradients, all phases but guidance. With --edits a whole move of ours, once each, beside the sum of the peer's parts of a published
one, measured before: 50 predictions for the inversion, 50 of two for the sampling, 30 guidances, a picture in and one out. Its 8-bit weights and activations are quantised on one random input: good for the time.
Needs: torch, diffusers, safetensors, and for those openvino and nncf (PyPI).
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from make_reference import load


class Done(Exception):
    """Ends a pass after the last feature map."""


def features(unet, latent, text):
    """Outputs of decoder blocks 1 and 2; later blocks are not run."""
    kept = []

    def keep(_module, _inputs, out):
        kept.append(out)
        if len(kept) == 2:
            raise Done

    hooks = [unet.up_blocks[i].register_forward_hook(keep) for i in (1, 2)]
    try:
        unet(latent, 481, encoder_hidden_states=text)
    except Done:
        pass
    for hook in hooks:
        hook.remove()
    return kept


def guidance(unet, latent, text):
    """Features of a reference and of the current latent, and the gradients of two functions, as torch.autograd gives them."""
    reference = features(unet, latent, text)
    with torch.enable_grad():
        z = latent.clone().requires_grad_(True)
        current = features(unet.requires_grad_(False), z, text)
        first = sum((a * b).sum() for a, b in zip(current, reference))
        second = sum((a * a).sum() for a in current)
        torch.autograd.grad(first, z, retain_graph=True)
        torch.autograd.grad(second, z)


def torch_phases(model, side):
    unet, vae = load(UNet2DConditionModel, model, "unet"), load(AutoencoderKL, model, "vae")
    cells = side // 8
    latent, text = torch.randn(2, unet.config.in_channels, cells, cells), torch.randn(2, 77, unet.config.cross_attention_dim)
    picture = torch.rand(1, 3, side, side) * 2 - 1
    return {
        "unet": lambda: unet(latent[:1], 481, encoder_hidden_states=text[:1]),
        "unet2": lambda: unet(latent, 481, encoder_hidden_states=text),
        "guidance": lambda: guidance(unet, latent[:1], text[:1]),
        "encode": lambda: vae.encode(picture),
        "decode": lambda: vae.decode(torch.randn(1, vae.config.latent_channels, cells, cells)),
    }


class Function(torch.nn.Module):
    """A UNet or an autoencoder as a function of tensors alone, which is what can be converted."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def openvino_phases(model, side, peer, threads):
    """The same functions, compiled for the processor by OpenVINO."""
    import openvino

    unet, vae = load(UNet2DConditionModel, model, "unet"), load(AutoencoderKL, model, "vae")
    cells = side // 8
    latent, text = torch.randn(2, unet.config.in_channels, cells, cells), torch.randn(2, 77, unet.config.cross_attention_dim)
    predict = Function(lambda z, t: unet(z, torch.tensor(481), encoder_hidden_states=t).sample)
    predict.network = unet
    encode, decode = Function(lambda x: vae.encode(x).latent_dist.mean), Function(lambda z: vae.decode(z).sample)
    encode.network = decode.network = vae
    functions = {
        "unet": (predict, (latent[:1], text[:1])),
        "unet2": (predict, (latent, text)),
        "encode": (encode, (torch.rand(1, 3, side, side) * 2 - 1,)),
        "decode": (decode, (torch.randn(1, vae.config.latent_channels, cells, cells),)),
    }
    hints = {"INFERENCE_PRECISION_HINT": "bf16" if peer.endswith("bf16") else "f32", "INFERENCE_NUM_THREADS": threads}

    def compiled(function, inputs):
        network = openvino.convert_model(function, example_input=inputs)
        network.reshape({port: openvino.PartialShape(list(x.shape)) for port, x in zip(network.inputs, inputs)})
        arrays = [x.numpy() for x in inputs]
        if "int8" in peer:
            import nncf

            network = nncf.quantize(network, nncf.Dataset([arrays]), model_type=nncf.ModelType.TRANSFORMER, subset_size=1)
        run = openvino.Core().compile_model(network, "CPU", hints)
        return lambda: run(arrays)

    made = {}

    def phase(name):
        def run():
            if name not in made:
                made[name] = compiled(*functions[name])
            made[name]()

        return run

    return {name: phase(name) for name in functions}


# What a published move of 50 steps consists of.
PARTS = {"encode": 1, "unet": 50, "unet2": 50, "guidance": 30, "decode": 1}


def ours_of(a, phase, *options):
    """Seconds that `dragon bench` says of a phase, in a process of its own."""
    out = subprocess.run(
        [a.dragon, "bench", "--model", a.model, "--side", str(a.side), "--phase", phase, "--repeat", "1", "--threads", str(a.threads),
         "--precision", a.precision, "--json", *options], check=True, capture_output=True, env=os.environ)
    return json.loads(out.stdout)["seconds"]["min"]


@torch.no_grad()
def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model")
    ap.add_argument("--dragon", default=".build/release/dragon")
    ap.add_argument("--side", type=int, default=512)
    ap.add_argument("--repeat", type=int, default=5)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--phases", default="unet,unet2,guidance,encode,decode")
    ap.add_argument("--peer", default="torch", choices=["torch"] + [f"openvino-{x}" for x in ("fp32", "bf16", "int8", "int8-bf16")])
    ap.add_argument("--edits", default="", help="presets of a whole move: exact, fast")
    ap.add_argument("--tokenizer", help="of the model, where it has none of its own")
    ap.add_argument("--precision", default="fp32", choices=["fp32", "bf16", "int16", "auto"])
    a = ap.parse_args()
    if a.edits and not set(PARTS) <= set(a.phases.split(",")):
        ap.error(f"--edits needs the phases {','.join(PARTS)}")
    torch.set_num_threads(a.threads)
    phases = torch_phases(a.model, a.side) if a.peer == "torch" else openvino_phases(a.model, a.side, a.peer, a.threads)
    medians = {}
    print(f"{'phase':8}{'peer':>9}{'dragon':>9}{'ratio':>8}   (median seconds; ratio of medians, min and max of pairs)")
    for name in a.phases.split(","):
        if name not in phases:
            continue
        # `--repeat 1` makes one warm-up run and one timed run a process; torch is warmed up once.
        phases[name]()
        pairs = []
        for _ in range(a.repeat):
            start = time.perf_counter()
            phases[name]()
            theirs = time.perf_counter() - start
            pairs.append((theirs, ours_of(a, name)))
        theirs, ours = (statistics.median(p[i] for p in pairs) for i in (0, 1))
        ratios = [o / t for t, o in pairs]
        print(f"{name:8}{theirs:9.3f}{ours:9.3f}{ours / theirs:8.3f}   {min(ratios):.3f} {max(ratios):.3f}", flush=True)
        medians[name] = theirs
    for preset in filter(None, a.edits.split(",")):
        theirs = sum(count * medians[name] for name, count in PARTS.items())
        tokenizer = ["--tokenizer", a.tokenizer] if a.tokenizer else []
        ours = ours_of(a, "edit", "--preset", preset, *tokenizer)
        print(f"{preset:8}{theirs:9.1f}{ours:9.1f}{ours / theirs:8.3f}   (of the parts summed)", flush=True)


if __name__ == "__main__":
    main()
