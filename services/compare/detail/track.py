"""Detail tracks as they come: luma pictures about 320 pixels wide, every half second or second.

A track of hours is tens of megabytes packed and a gigabyte unpacked, so pictures are unpacked when
they are looked at, a chunk at a time.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np

from services.compare.timeline import Float32, Float64


class DamagedDetail(ValueError):
    """What is stored of a detail track is not what it should be."""


_SIDE = 8
_PLACES = _SIDE * _SIDE
# Both sides of a comparison are walked through in order, and back by a picture or two.
_UNPACKED_CHUNKS, _KEPT_PICTURES = 3, 4


@dataclass(frozen=True, kw_only=True)
class DetailChunk:
    """Some consecutive pictures, packed as the contract says (DetailBatch).

    times: (n,) when each comes on, in seconds.
    """

    rows: int
    columns: int
    quantum: int
    times: Float64
    packed: bytes


class DetailPictures(Protocol):
    """The pictures of a detail track, whatever was done to them."""

    def __len__(self) -> int: ...

    @property
    def times(self) -> Float64:
        """(n,) when each picture comes on, in seconds, increasing."""
        ...

    def picture(self, number: int) -> Float32:
        """(rows, columns) luma, 0 to 255; not to be changed. Raises DamagedDetail."""
        ...


class DetailTrack:
    """The pictures of a detail track, or of some stretches of it."""

    def __init__(self, chunks: Sequence[DetailChunk]) -> None:
        self._chunks = list(chunks)
        self._unpacked: OrderedDict[int, _Coefficients] = OrderedDict()
        self._pictures: OrderedDict[int, Float32] = OrderedDict()

    def __len__(self) -> int:
        return len(self.times)

    @cached_property
    def times(self) -> Float64:
        """(n,) when each picture comes on, in seconds, increasing."""
        parts = [chunk.times for chunk in self._chunks]
        return np.concatenate(parts) if parts else np.zeros(0)

    @cached_property
    def _firsts(self) -> Float64:
        return np.cumsum([0, *(len(chunk.times) for chunk in self._chunks)])

    def picture(self, number: int) -> Float32:
        """(rows, columns) luma, 0 to 255; not to be changed. Raises DamagedDetail."""
        known = self._pictures.get(number)
        if known is None:
            known = self._made(number)
            known.flags.writeable = False
            self._pictures[number] = known
            if len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        return known

    def _made(self, number: int) -> Float32:
        place = int(np.searchsorted(self._firsts, number, "right")) - 1
        chunk = self._chunks[place]
        coefficients = self._unpacked.get(place)
        if coefficients is None:
            coefficients = _unpacked(chunk)
            self._unpacked[place] = coefficients
            if len(self._unpacked) > _UNPACKED_CHUNKS:
                self._unpacked.popitem(last=False)
        own = coefficients[number - int(self._firsts[place])].astype(np.float32)
        pixels = (own @ _inverse()) * np.float32(chunk.quantum) + np.float32(128)
        tiles = pixels.reshape(chunk.rows // _SIDE, chunk.columns // _SIDE, _SIDE, _SIDE)
        picture = tiles.transpose(0, 2, 1, 3).reshape(chunk.rows, chunk.columns)
        made: Float32 = np.clip(picture, 0, 255)
        return made


_Coefficients = np.ndarray[Any, np.dtype[np.int8]]


def _unpacked(chunk: DetailChunk) -> _Coefficients:
    """(n, blocks, 64) quantised coefficients."""
    count, blocks = len(chunk.times), chunk.rows * chunk.columns // _PLACES
    flags = -(-count * blocks // 8)
    size = flags + count * blocks * _PLACES
    try:
        # No more than what belongs there is unpacked, whatever is said of it.
        raw = zlib.decompressobj().decompress(chunk.packed, size + 1)
    except zlib.error as error:
        raise DamagedDetail("a part of it can't be unpacked") from error
    if len(raw) != size:
        raise DamagedDetail("a part of it has the wrong size")
    bits = np.unpackbits(np.frombuffer(raw, np.uint8, flags), count=count * blocks)
    is_step = bits.reshape(count, blocks).astype(bool)
    values = np.frombuffer(raw, np.int8, offset=flags).reshape(_PLACES, count, blocks)
    out = np.ascontiguousarray(values.transpose(1, 2, 0))
    for number in range(1, count):
        steps = is_step[number]
        out[number, steps] += out[number - 1, steps]
    return out


@lru_cache(maxsize=1)
def _inverse() -> Float32:
    """(64 coefficients, 64 pixels) of the inverse transform."""
    frequency, place = np.arange(_SIDE)[:, None], np.arange(_SIDE)[None]
    basis = np.cos(np.pi * (2 * place + 1) * frequency / 16) / 2
    basis[0] /= np.sqrt(2)
    order = sorted(range(_PLACES), key=lambda at: (at // _SIDE + at % _SIDE, at))
    return np.ascontiguousarray(np.kron(basis, basis)[order].astype(np.float32))
