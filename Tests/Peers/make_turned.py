"""Records moves that turn their object, as the PyTorch oracle's own cases are recorded, for Tests/DragonEditTests.

    python Tests/Peers/make_turned.py ORACLE OUT [--seed N] [--steps N]

ORACLE is the folder of dragon_oracle.py and make_fixtures.py; OUT gets model/ and cases/turn-*, cases/flip-*. Where OUT has a model, that
is taken. The turn is torch's own: the resized latent, mask and reference features are sampled from a turned grid (grid_sample, nearest)
about the corner of cells that is nearest to the object's middle. Needs: torch, diffusers, transformers, safetensors.
"""
import argparse
import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

ap = argparse.ArgumentParser()
ap.add_argument("oracle", type=pathlib.Path)
ap.add_argument("out", type=pathlib.Path)
ap.add_argument("--seed", type=int, default=7)
ap.add_argument("--steps", type=int, default=50)
options = ap.parse_args()
arguments, sys.argv = sys.argv, [sys.argv[0], str(options.out), "--seed", str(options.seed), "--cases", "none"]
sys.path.insert(0, str(options.oracle))
import dragon_oracle as oracle  # noqa: E402
from dragon_oracle import centre_fit, inverse, nearest, roll, similarity, unit, vectors  # noqa: E402

kept = (options.out / "model").exists()
if not kept:
    import make_fixtures  # noqa: F401  builds the model, and no case
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel  # noqa: E402
from transformers import CLIPTextModel, CLIPTokenizer  # noqa: E402


def turned(x, corner, degrees, mirrored):
    """x, its last two axes turned clockwise about a corner (x, y) of its cells, mirrored first."""
    h, w = x.shape[-2:]
    rows, columns = torch.meshgrid(torch.arange(h).double() + 0.5, torch.arange(w).double() + 0.5, indexing="ij")
    way = torch.complex(columns - corner[0], rows - corner[1])
    way = way * torch.polar(torch.ones((), dtype=torch.float64), torch.deg2rad(torch.tensor(-float(degrees), dtype=torch.float64)))
    if mirrored:
        way = -way.conj()
    places = torch.stack([(way.real + corner[0]) * 2 / w - 1, (way.imag + corner[1]) * 2 / h - 1], -1)
    flat = x.double().reshape(1, -1, h, w)
    return F.grid_sample(flat, places[None], mode="nearest", padding_mode="zeros", align_corners=False).reshape(x.shape).to(x.dtype)


class TurnedPlan(oracle.Plan):
    """A move whose object is turned about its middle."""

    def corner(self, cell):
        ys, xs = torch.nonzero(self.e.mask > 0.5, as_tuple=True)
        middle = [(float(v.min()) + float(v.max()) + 1) / 2 for v in (xs, ys)]
        return [int(v / cell * self.e.resize + 0.5) for v in middle]

    def carried(self, x, size, cell, shift):
        """x, resized, turned, shifted, on a grid of that size."""
        x = turned(x, self.corner(cell), self.e.degrees, self.e.mirrored)
        return centre_fit(roll(x, *shift), size)

    def plan_move(self):
        e, g = self.e, (self.gh, self.gw)
        m = (e.mask > 0.5).float()
        self.org = nearest(m, g) > 0.5
        scaled = (int(self.gh * e.resize), int(self.gw * e.resize))
        self.shift = [int(d // self.cell * e.resize) for d in e.displacement]
        whole = turned(nearest(m, scaled), self.corner(self.cell), e.degrees, e.mirrored)
        self.cur = self.carried(nearest(m, scaled), g, self.cell, self.shift) > 0.5
        if self.cur.sum() != (whole > 0.5).sum() or oracle.wraps(whole > 0.5, *self.shift):
            raise ValueError("the object must stay inside the picture")
        self.other = ~(self.cur | self.org)
        self.hole = self.org & ~self.cur
        self.fill = self.other if e.inpaint_mask is None else nearest((e.inpaint_mask > 0.5).float(), g) > 0.5
        self.edit_region = nearest(self.cur.float(), (self.lh, self.lw)) > 0
        self.sde_region = nearest((self.cur | self.org).float(), (self.lh, self.lw)) > 0.5

    def start_move(self, z):
        e, g = self.e, (self.lh, self.lw)
        pixels = e.image.shape[-2] / self.lh
        size = (int(self.lh * e.resize), int(self.lw * e.resize))
        shift = [int(d / pixels * e.resize) for d in e.displacement]
        m = self.carried((nearest(e.mask, size) > 0).float(), g, pixels, shift)
        return z * (1 - m) + self.carried(F.interpolate(z, size), g, pixels, shift) * m

    def energy_move(self, cur, ref):
        e, w = self.e, self.e.weights
        wanted = [self.carried(f, (self.gh, self.gw), self.cell, self.shift) for f in oracle.grid_features(ref, e.resize)]
        source, cur = oracle.grid_features(ref), oracle.grid_features(cur)
        edit = content = 0.0
        for c, t, s in zip(cur, wanted, source):
            edit = edit + 0.5 * inverse(w.edit, similarity(vectors(c, self.cur), vectors(t, self.cur)))
            content = content + 0.5 * inverse(w.content, similarity(vectors(s, self.other), vectors(c, self.other)))
            hole_c, hole_s = vectors(c, self.hole), vectors(s, self.hole)
            content = content + 0.5 * w.contrast * unit(similarity(hole_c, hole_s)).mean()
            content = content + inverse(w.inpaint, unit(similarity(hole_c.mean(0, True), vectors(s, self.fill).mean(0, True))))
        return edit, content


def smooth_picture(g, h, w):
    low = F.interpolate(torch.randn(1, 3, h // 16, w // 16, generator=g), (h, w), mode="bicubic")
    mid = F.interpolate(torch.randn(1, 3, h // 4, w // 4, generator=g), (h, w), mode="bicubic")
    x = low + 0.3 * mid
    return (x / x.abs().max()).clamp(-1, 1)


def box(h, w, x, y, width, height):
    m = torch.zeros(h, w)
    m[y:y + height, x:x + width] = 1
    return m


def cases(tokens, g):
    h, w = 128, 192
    base = dict(image=smooth_picture(g, h, w), prompt=tokens("a photo of the cat"), empty=tokens(""))
    # No symmetry: an L.
    shape = torch.maximum(box(h, w, 50, 40, 40, 14), box(h, w, 50, 40, 16, 46))
    turn = oracle.Edit("move", mask=shape, displacement=(36.0, -6.0), resize=1.2, **base)
    flip = oracle.Edit("move", mask=shape, displacement=(62.0, 10.0), inpaint_mask=box(h, w, 10, 90, 50, 30), **base)
    turn.degrees, turn.mirrored = 35.0, False
    flip.degrees, flip.mirrored = 90.0, True
    return {"turn-dragon": turn, "turn-diffeditor": turn, "flip-dragon": flip}


def main():
    oracle.Plan = TurnedPlan
    model = options.out / "model"
    tokenizer = CLIPTokenizer.from_pretrained(model / "tokenizer")
    tokens = lambda s: tokenizer(s, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    (options.out / "cases").mkdir(parents=True, exist_ok=True)
    for name, e in cases(tokens, torch.Generator().manual_seed(options.seed)).items():
        e.algorithm, e.steps = name.split("-")[1], options.steps
        noise = torch.randn(
            options.steps, 3, 1, 4, *[s // 8 for s in e.image.shape[-2:]], generator=torch.Generator().manual_seed(options.seed + 1))
        e.noise = lambda i, r, shape: noise[i, r]
        run = oracle.Oracle(
            UNet2DConditionModel.from_pretrained(model / "unet"), AutoencoderKL.from_pretrained(model / "vae"),
            CLIPTextModel.from_pretrained(model / "text_encoder"), DDIMScheduler.from_pretrained(model / "scheduler"))
        run.run(e)
        data = {"trace." + k: v for k, v in run.trace.items()}
        for k in ("image", "mask", "inpaint_mask", "prompt", "empty"):
            if getattr(e, k) is not None:
                data["input." + k] = getattr(e, k).contiguous()
        if e.algorithm == "diffeditor":
            data["input.noise"] = noise[11:20, :, 0].contiguous()
        save_file(data, options.out / "cases" / f"{name}.safetensors")
        (options.out / "cases" / f"{name}.json").write_text(json.dumps({
            "mode": e.mode, "algorithm": e.algorithm, "steps": e.steps, "cfg": e.cfg, "energy_scale": e.energy_scale,
            "sde_strength": e.sde_strength, "weights": vars(e.weights), "displacement": e.displacement, "resize": e.resize,
            "rotate": e.degrees, "flip": e.mirrored, "handles": [], "targets": []}, indent=1))
        print(name, "guidance0 %.3e" % run.trace["guidance.0"].abs().max(), flush=True)


main()
