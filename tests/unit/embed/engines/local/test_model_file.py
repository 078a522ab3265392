"""The shipped network is what its builder makes of the published weights, and nothing else."""

from __future__ import annotations

import io
import os
import pickle

import numpy as np
import onnx
import pytest

from services.embed.engines.local.model import MODEL_FILE
from services.embed.engines.local.model.build import build_model
from services.embed.engines.local.model.weights import published_file, read_weights
from services.embed.engines.local.network import Network


def test_the_shipped_file_equals_the_rebuilt_one() -> None:
    rebuilt = build_model(read_weights(published_file().read_bytes()))
    assert rebuilt == MODEL_FILE.read_bytes()


def test_no_feature_map_leaves_the_graph() -> None:
    graph = onnx.load(str(MODEL_FILE)).graph
    shapes = {
        value.name: [dimension.dim_value for dimension in value.type.tensor_type.shape.dim][1:]
        for value in graph.output
    }
    assert shapes == {"semantic": [512], "grid": [25, 16]}


def test_the_weights_have_no_room_for_code() -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, ("echo harmful",)

    data = io.BytesIO()
    parts: list[object] = [0x1950A86A20F9469CFC6C, 1001, {}, Harmful()]
    for part in parts:
        pickle.dump(part, data)
    with pytest.raises(pickle.UnpicklingError, match="system"):
        read_weights(data.getvalue())


def test_another_file_is_refused() -> None:
    with pytest.raises(pickle.UnpicklingError, match="not a state dict"):
        read_weights(pickle.dumps(1) + pickle.dumps(2))


def test_a_batch_is_described_like_its_pictures_one_by_one() -> None:
    pictures = np.random.default_rng(1).integers(0, 255, (3, 112, 112, 3), np.uint8)
    network = Network()
    together = network.describe(pictures)
    for number in range(3):
        alone = network.describe(pictures[number : number + 1])
        np.testing.assert_allclose(alone.semantic[0], together.semantic[number], atol=1e-3)
        np.testing.assert_allclose(alone.grid[0], together.grid[number], atol=1e-3)
