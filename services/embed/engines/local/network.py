"""The network of the local engine: pictures in, pooled descriptions out."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from services.embed.artifacts.tracks import Float32, UInt8
from services.embed.engines.local.model import MODEL_FILE

# The side of the square pictures that it takes. At half of what it was trained with, coding moves
# vectors a third less than at 160, other scenes are as far apart, and it takes 0.6 of the time.
PICTURE_SIDE = 112


@dataclass(frozen=True)
class Described:
    """What the network says about n pictures.

    semantic: (n, 512) what is seen, centred. grid: (n, 25, 16) what is seen where, on 5x5 cells.
    """

    semantic: Float32
    grid: Float32


class Network:
    """Each call runs on the thread that makes it: decoding needs the others."""

    def __init__(self) -> None:
        # It starts a thread as soon as it is imported, and a process must not fork with threads.
        import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        _give_back_memory()

    def describe(self, pictures: UInt8) -> Described:
        """pictures: (n, 112, 112, 3) RGB."""
        semantic, grid = self._session.run(["semantic", "grid"], {"pictures": pictures})
        return Described(np.asarray(semantic), np.asarray(grid))


@lru_cache(maxsize=1)
def loaded_network() -> Network:
    """The process's own, loaded when it is first asked for."""
    return Network()


def _give_back_memory() -> None:
    """What loading the graph has freed: 20 MB that the decoders couldn't use (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
