"""Writes what torch.autograd makes of every operator that has a pullback, for Tests/DragonTensorTests.

    python Tests/Peers/make_pullbacks.py        rewrites Tests/Fixtures/pullbacks.safetensors

Everything is computed in float64 and stored in float32. A case's tensors are named `operator.number.what`: `x` (or `q`, `k`, `v`), `dy`,
`dx`, weights, and `options`, the operator's whole numbers in the order of its `save` line below. Needs: torch, safetensors.
"""
import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures", "pullbacks.safetensors")
g = torch.Generator().manual_seed(5)
data, counts = {}, {}


def random(*shape, offset=0.0):
    # Numbers that float32 holds, so that both sides start from the same.
    return (torch.randn(*shape, generator=g) + offset).double()


def save(operator, inputs, output, constants, options, cotangents=1):
    """Records the gradients of `cotangents` random functions of the output; a case of several has a batch of one."""
    number = counts[operator] = counts.get(operator, -1) + 1
    dy = random(cotangents * output.shape[0], *output.shape[1:])
    parts = dy.split(output.shape[0])
    grads = [torch.autograd.grad(output, list(inputs.values()), part, retain_graph=True) for part in parts]
    tensors = dict(inputs) | constants | {"dy": dy}
    tensors |= {"d" + name: torch.cat([grad[i] for grad in grads]) for i, name in enumerate(inputs)}
    tensors |= {"options": torch.tensor(options or [0], dtype=torch.int64)}
    for name, value in tensors.items():
        value = value.detach().contiguous().clone()
        data[f"{operator}.{number}.{name}"] = value if value.dtype == torch.int64 else value.float()


def leaf(*shape, offset=0.0):
    return random(*shape, offset=offset).requires_grad_(True)


def main():
    for batch, inner, out, columns in [(1, 1, 1, 1), (2, 7, 5, 3), (1, 65, 33, 77)]:
        x, w = leaf(batch, inner, columns), random(out, inner)
        save("linear", {"x": x}, w @ x, {"weight": w}, [])
    # Windows of 3 and 1; enough tiles and channels for minimal filtering; stride 2 on odd and even sides.
    for batch, inner, out, height, width, side, stride in [
            (1, 3, 4, 5, 7, 3, 1), (1, 17, 16, 13, 22, 3, 1), (2, 16, 20, 16, 12, 3, 1), (1, 5, 3, 6, 7, 1, 1), (1, 5, 6, 9, 7, 3, 2),
            (2, 4, 3, 8, 10, 3, 2), (1, 16, 17, 14, 13, 3, 2)]:
        x, w = leaf(batch, inner, height, width), random(out, inner, side, side)
        save("convolution", {"x": x}, F.conv2d(x, w, stride=stride, padding=side // 2), {"weight": w}, [stride])
    for channels, groups, height, width, silu in [(8, 4, 5, 3, 0), (8, 4, 5, 3, 1), (32, 32, 3, 9, 1), (12, 3, 11, 7, 1), (6, 2, 1, 1, 0)]:
        x, scale, shift = leaf(1, channels, height, width, offset=2.0), random(channels), random(channels)
        y = F.group_norm(x, groups, scale, shift, 1e-5)
        save("group_norm", {"x": x}, F.silu(y) if silu else y, {"scale": scale, "shift": shift}, [groups, silu], cotangents=2)
    for channels, columns in [(33, 19), (5, 1), (4, 530)]:
        x, scale, shift = leaf(1, channels, columns, offset=1.0), random(channels), random(channels)
        y = F.layer_norm(x.transpose(1, 2), (channels,), scale, shift, 1e-5).transpose(1, 2)
        save("layer_norm", {"x": x}, y, {"scale": scale}, [], cotangents=2)
    for channels, columns in [(5, 7), (16, 33)]:
        x = leaf(1, 2 * channels, columns)
        value, gate = x.chunk(2, dim=1)
        save("gated_gelu", {"x": x}, value * F.gelu(gate), {}, [], cotangents=2)
    for heads, depth, queries, keys in [(1, 1, 1, 1), (3, 8, 33, 77), (1, 40, 50, 50), (4, 17, 5, 129), (1, 8, 300, 9), (1, 5, 7, 290)]:
        q, k, v = (leaf(1, heads * depth, n) for n in (queries, keys, keys))
        split = [t.reshape(heads, depth, -1).transpose(1, 2) for t in (q, k, v)]
        y = F.scaled_dot_product_attention(*split).transpose(1, 2).reshape(1, heads * depth, queries)
        save("attention", {"q": q, "k": k, "v": v}, y, {}, [heads], cotangents=2)
    for channels, height, width in [(1, 1, 1), (3, 4, 5)]:
        x = leaf(2, channels, height, width)
        save("upsampling", {"x": x}, F.interpolate(x, scale_factor=2.0, mode="nearest"), {}, [])
    for first, second, height, width in [(3, 4, 2, 5), (1, 6, 3, 3)]:
        a, b = leaf(2, first, height, width), leaf(2, second, height, width)
        save("concatenation", {"a": a, "b": b}, torch.cat([a, b], dim=1), {}, [first])
    save_file(data, OUT)


if __name__ == "__main__":
    main()
