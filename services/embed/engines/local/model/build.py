"""Build the shipped network from the published weights, bit for bit. A developer's tool.

    python -m services.embed.engines.local.model.build

EfficientNet-Lite0 (Tan and Le, "EfficientNet", ICML 2019; the Lite variants are by the same
authors) without its classifier, as one ONNX graph that takes pictures and gives out two small,
pooled descriptions, so that no feature map ever leaves it:

    pictures (n, 112, 112, 3) uint8 RGB
    semantic (n, 512) what is seen: the head pooled over the picture, centred, projected
    grid (n, 25, 16)  where it is: the 112-channel stage in 5x5 cells that overlap, centred,
                      scaled, projected

Batch norms are folded into the convolutions. Weights are stored as half floats with a cast, which
the runtime folds away when it loads the graph. Every step is elementwise or exact, so that the
file doesn't depend on the machine's linear algebra.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from services.embed.engines.local.model import MODEL_FILE
from services.embed.engines.local.model.weights import Weights, published_file, read_weights

SIDE = 112
SEMANTIC = 512
GRID_CELLS = 5
GRID_CHANNELS = 16

_BATCH_NORM_EPSILON = 1e-3
_OPSET = 17
_IR_VERSION = 8
_PROJECTION_SEED = 20_240_001
# (repeats, kernel, stride, expansion, channels) of each stage.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM_CHANNELS = 32
_GRID_STAGE = 112

Array = NDArray[np.float64]


class _Graph:
    """Nodes and constants in the order in which they are added."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def half(self, name: str, value: Array) -> str:
        """A constant stored as half floats, used as floats."""
        stored = self.constant(f"{name}.half", value.astype(np.float16))
        return self.add("Cast", [stored], name, to=TensorProto.FLOAT)

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def norm(self, name: str) -> tuple[Array, Array, Array, Array]:
        """gamma, beta, mean and variance of a batch norm."""
        kinds = ("weight", "bias", "running_mean", "running_var")
        gamma, beta, mean, variance = (
            self.weights[f"{name}.{kind}"].astype(np.float64) for kind in kinds
        )
        return gamma, beta, mean, variance

    def convolution(
        self,
        x: str,
        conv: str,
        norm: str,
        *,
        stride: int = 1,
        depthwise: bool = False,
        activate: bool = True,
    ) -> str:
        """A convolution, its batch norm folded in, and ReLU6."""
        kernel = self.weights[f"{conv}.weight"].astype(np.float64)
        gamma, beta, mean, variance = self.norm(norm)
        scale = gamma / np.sqrt(variance + _BATCH_NORM_EPSILON)
        inputs = [
            x,
            self.half(f"{conv}.kernel", kernel * scale[:, None, None, None]),
            self.constant(f"{conv}.bias", (beta - mean * scale).astype(np.float32)),
        ]
        size = kernel.shape[2]
        # As the network was trained, on even sides: 7 rows become 3, not 4.
        before, after = (size - stride) // 2, (size - stride + 1) // 2
        y = self.add(
            "Conv",
            inputs,
            f"{conv}.out",
            kernel_shape=[size, size],
            strides=[stride, stride],
            group=kernel.shape[0] if depthwise else 1,
            pads=[before, before, after, after],
        )
        return self.add("Clip", [y, "zero", "six"], f"{conv}.relu6") if activate else y


def build_model(weights: Weights) -> bytes:
    """The serialized ONNX graph."""
    graph = _Graph(weights)
    x = _normalised_pictures(graph)
    x = graph.convolution(x, "_conv_stem", "_bn0", stride=2)
    number, channels = 0, _STEM_CHANNELS
    for repeats, _, stride, expansion, out in _STAGES:
        for repeat in range(repeats):
            x = _block(
                graph,
                x,
                number,
                stride=stride if repeat == 0 else 1,
                expand=expansion > 1,
                residual=repeat > 0 and channels == out,
            )
            number, channels = number + 1, out
        if out == _GRID_STAGE:
            _grid(graph, x, last=number - 1, repeats=repeats)
    head = graph.convolution(x, "_conv_head", "_bn1")
    _semantic(graph, head)
    picture = helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", SIDE, SIDE, 3])
    outputs = [
        helper.make_tensor_value_info("semantic", TensorProto.FLOAT, ["n", SEMANTIC]),
        helper.make_tensor_value_info(
            "grid", TensorProto.FLOAT, ["n", GRID_CELLS**2, GRID_CHANNELS]
        ),
    ]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "sage_local", [picture], outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="sage",
    )
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _normalised_pictures(graph: _Graph) -> str:
    """To about -1..1 and channels first, as the network was trained."""
    graph.constant("zero", np.array(0, np.float32))
    graph.constant("six", np.array(6, np.float32))
    graph.constant("centre", np.array(127, np.float32))
    graph.constant("range", np.array(1 / 128, np.float32))
    graph.add("Cast", ["pictures"], "float", to=TensorProto.FLOAT)
    graph.add("Sub", ["float", "centre"], "centred")
    graph.add("Mul", ["centred", "range"], "scaled")
    return graph.add("Transpose", ["scaled"], "planes", perm=[0, 3, 1, 2])


def _block(graph: _Graph, x: str, number: int, *, stride: int, expand: bool, residual: bool) -> str:
    """An inverted bottleneck: widen, convolve each channel, narrow."""
    name = f"_blocks.{number}"
    y = x
    if expand:
        y = graph.convolution(y, f"{name}._expand_conv", f"{name}._bn0")
    y = graph.convolution(
        y, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, depthwise=True
    )
    y = graph.convolution(y, f"{name}._project_conv", f"{name}._bn2", activate=False)
    return graph.add("Add", [y, x], f"{name}.sum") if residual else y


def _grid(graph: _Graph, x: str, *, last: int, repeats: int) -> None:
    """Cells of the stage that ends with block `last`, centred and scaled by its batch norms.

    The stage is a sum of `repeats` normed terms, so its mean is the sum of their betas and its
    variance about the sum of their squared gammas.
    """
    norms = [graph.norm(f"_blocks.{last - back}._bn2") for back in range(repeats)]
    mean = sum(beta for _, beta, _, _ in norms)
    deviation = np.sqrt(sum(gamma**2 for gamma, _, _, _ in norms))
    side = SIDE // 16 - GRID_CELLS + 1
    graph.add("AveragePool", [x], "cells", kernel_shape=[side, side], strides=[1, 1])
    shape = np.array([0, _GRID_STAGE, GRID_CELLS**2], np.int64)
    graph.add("Reshape", ["cells", graph.constant("cells.shape", shape)], "cells.flat")
    graph.add("Transpose", ["cells.flat"], "cells.last", perm=[0, 2, 1])
    graph.constant("grid.mean", np.asarray(mean, np.float32))
    graph.constant("grid.scale", (1 / deviation).astype(np.float32))
    graph.add("Sub", ["cells.last", "grid.mean"], "grid.centred")
    graph.add("Mul", ["grid.centred", "grid.scale"], "grid.scaled")
    projection = graph.half("grid.projection", _projection(_GRID_STAGE, GRID_CHANNELS))
    graph.add("MatMul", ["grid.scaled", projection], "grid")


def _semantic(graph: _Graph, head: str) -> None:
    """The head pooled over the picture, less what it shows on average, projected."""
    gamma, beta, _, _ = graph.norm("_bn1")
    graph.add("GlobalAveragePool", [head], "pooled")
    graph.add("Flatten", ["pooled"], "pooled.flat")
    graph.constant("head.mean", _mean_relu6(beta, gamma).astype(np.float32))
    graph.add("Sub", ["pooled.flat", "head.mean"], "head.centred")
    projection = graph.half("head.projection", _projection(len(beta), SEMANTIC))
    graph.add("MatMul", ["head.centred", projection], "semantic")


def _mean_relu6(mean: Array, deviation: Array) -> Array:
    """E[min(max(X, 0), 6)] for normal X, elementwise: the head's mean without any data.

    With a = -mean/s, c = (6 - mean)/s, and the standard normal's density p and distribution P:
    mean (P(c) - P(a)) + s (p(a) - p(c)) + 6 (1 - P(c)).
    """

    def expected(mu: float, s: float) -> float:
        s = max(abs(s), 1e-6)
        a, c = -mu / s, (6 - mu) / s
        inside = _distribution(c) - _distribution(a)
        return mu * inside + s * (_density(a) - _density(c)) + 6 * (1 - _distribution(c))

    return np.array([expected(float(m), float(s)) for m, s in zip(mean, deviation, strict=True)])


def _density(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _distribution(z: float) -> float:
    return (1 + math.erf(z / math.sqrt(2))) / 2


def _projection(size: int, kept: int) -> Array:
    """(size, kept): random orthogonal directions that keep distances.

    Randomly signed cosines (the fast Johnson-Lindenstrauss transform of Ailon and Chazelle, SIAM
    J. Comput. 2009), which unlike a QR of random numbers come out the same on every machine.
    """
    random = np.random.default_rng(_PROJECTION_SEED + size)
    signs = random.integers(0, 2, size) * 2 - 1
    waves = np.sort(random.permutation(np.arange(1, size))[:kept])
    rows = np.arange(size)[:, None]
    cosines = np.cos(np.pi * (2 * rows + 1) * waves[None] / (2 * size))
    directions: Array = signs[:, None] * cosines * math.sqrt(2 / kept)
    return directions


def main() -> None:
    """Write the network beside this module."""
    MODEL_FILE.write_bytes(build_model(read_weights(Path(published_file()).read_bytes())))


if __name__ == "__main__":
    main()
