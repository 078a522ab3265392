"""The stored form of a detail track: detail pictures with the times at which they come on.

Little-endian:

    magic, version, crc32 of the index | index: rows, columns, chunks, then for each chunk its
    pictures, first time, bytes and crc32 | chunks

A chunk can be read without the others: times float64, then deflate over bits that say which blocks
are differences, and the quantised coefficients. Blocks of 8x8 pixels less 128 are transformed by an
orthonormal DCT-II (N. Ahmed, T. Natarajan, K. R. Rao, "Discrete Cosine Transform", IEEE
Transactions on Computers, 1974) and divided by QUANTUM. A block is stored as the difference to
the same block of the picture before, or as itself, whichever is smaller. Coefficient by
coefficient from low to high, then picture by picture, the bytes are long runs of zeros.

Two hours take about 30 MB: what stands still costs next to nothing, and of what moves only every
second moment is kept.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf
from typing import Any

import numpy as np

from services.embed.artifacts.stored_forms import ArtifactError
from services.embed.artifacts.tracks import Float32, Float64, UInt8

DETAIL_STEP_SECONDS = 0.5
QUANTUM = 16
PICTURES_A_CHUNK = 32

_MAGIC = b"SAGEDET\x00"
_VERSION = 1
_HEAD = struct.Struct("<8sII")
_SHAPE = struct.Struct("<HHI")
_ENTRY = struct.Struct("<IdII")
# A coefficient counts from two thirds of a step on: most of what is less is noise, and its bytes
# are the dearest.
_ROUNDING = 0.33
# A picture with more coefficients that differ from the one before is of something that moves.
_MOVING_SHARE = 0.025
_DEFLATE_LEVEL = 5
_SIDE = 8
# Coefficients by rising frequency.
_ORDER = np.array(sorted(range(64), key=lambda place: (place // 8 + place % 8, place)))


@dataclass(frozen=True, kw_only=True)
class DetailChunk:
    """Some consecutive pictures of a detail track, packed.

    rows, columns: of each picture. times: (n,) when each comes on, in seconds. packed: deflate over
    their coefficients.
    """

    rows: int
    columns: int
    times: Float64
    packed: bytes


def is_sampled(start: float, end: float, step: float = DETAIL_STEP_SECONDS) -> bool:
    """Whether a picture that is on the screen from start to end is so at a multiple of step."""
    return ceil(start / step - 1e-6) * step < end - 1e-6


class DetailTrackEncoder:
    """Encodes a detail track while it is being made.

    give: takes each chunk in order. Stored, the chunks follow what `finish` returns.
    """

    def __init__(self, give: Callable[[bytes], None]) -> None:
        self._give = give
        self._on_screen: tuple[float, UInt8 | None] | None = None
        self._shape: tuple[int, int] = (0, 0)
        self._last: Coefficients | None = None
        self._times: list[float] = []
        self._blocks: list[Coefficients] = []
        self._entries: list[bytes] = []

    def show(self, time: float, picture: UInt8 | None) -> None:
        """The next picture of the video; None may stand for one that is not to be sampled."""
        self._close_picture(time)
        self._on_screen = time, picture

    def finish(self, end: float) -> bytes:
        """Gives the last chunk and returns what precedes them all. end: of the last picture."""
        self._close_picture(end)
        self._close_chunk()
        index = _SHAPE.pack(*self._shape, len(self._entries)) + b"".join(self._entries)
        return _HEAD.pack(_MAGIC, _VERSION, zlib.crc32(index)) + index

    def _close_picture(self, end: float) -> None:
        """Keeps the picture on the screen, now that it is known how long it stayed."""
        if self._on_screen is None:
            return
        time, picture = self._on_screen
        self._on_screen = None
        if picture is None or not is_sampled(time, end):
            return
        if self._shape == (0, 0):
            self._shape = picture.shape[0], picture.shape[1]
        if picture.shape != self._shape:
            return  # a video whose proportions change midway has detail of its first ones only
        blocks = _coefficients(picture)
        if self._last is not None:
            changed = np.count_nonzero(blocks != self._last)
            is_moving = changed > _MOVING_SHARE * blocks.size
            if is_moving and not is_sampled(time, end, 2 * DETAIL_STEP_SECONDS):
                return
        self._last = blocks
        self._times.append(time)
        self._blocks.append(blocks)
        if len(self._times) == PICTURES_A_CHUNK:
            self._close_chunk()

    def _close_chunk(self) -> None:
        if not self._times:
            return
        times = np.array(self._times, "<f8")
        chunk = times.tobytes() + _packed(np.stack(self._blocks))
        self._entries.append(_ENTRY.pack(len(times), times[0], len(chunk), zlib.crc32(chunk)))
        self._times.clear()
        self._blocks.clear()
        self._give(chunk)


Coefficients = np.ndarray[Any, np.dtype[np.int8]]
"""(blocks, 64) of a picture, quantised."""


def _coefficients(picture: UInt8) -> Coefficients:
    rows, columns = picture.shape
    basis = _basis()
    strips = picture.reshape(rows // _SIDE, _SIDE, columns).astype(np.float32) - np.float32(128)
    values = (basis @ strips).reshape(rows // _SIDE, _SIDE, columns // _SIDE, _SIDE) @ basis.T
    sizes = np.floor(np.abs(values) + np.float32(_ROUNDING))
    # No block of 8-bit values has a larger coefficient than 1024, or 64 steps.
    whole = np.copysign(sizes, values).astype(np.int8)
    return whole.transpose(0, 2, 1, 3).reshape(-1, 64)[:, _ORDER]


@lru_cache(maxsize=1)
def _basis() -> Float32:
    """(8 frequencies, 8 places); twice applied, its values are in steps of QUANTUM."""
    frequency, place = np.arange(_SIDE)[:, None], np.arange(_SIDE)[None]
    basis = np.cos(np.pi * (2 * place + 1) * frequency / 16) / 2
    basis[0] /= np.sqrt(2)
    scaled: Float32 = (basis / np.sqrt(QUANTUM)).astype(np.float32)
    return scaled


def _packed(blocks: np.ndarray[Any, np.dtype[np.int8]]) -> bytes:
    """(n, blocks, 64) of consecutive pictures."""
    steps = blocks.copy()
    steps[1:] -= blocks[:-1]
    smaller = np.abs(steps[1:]).sum(axis=2, dtype=np.int32) < np.abs(blocks[1:]).sum(
        axis=2, dtype=np.int32
    )
    is_step = np.concatenate([np.zeros((1, blocks.shape[1]), bool), smaller])
    chosen = np.where(is_step[:, :, None], steps, blocks)
    packer = zlib.compressobj(_DEFLATE_LEVEL, strategy=zlib.Z_RLE)
    bits = packer.compress(np.packbits(is_step).tobytes())
    return bits + packer.compress(chosen.transpose(2, 0, 1).tobytes()) + packer.flush()


def check_detail_track(data: bytes) -> None:
    """Raises ArtifactError when the index or a chunk is damaged."""
    for _ in detail_chunks(data, ()):
        pass


def detail_chunks(data: bytes, spans: Sequence[tuple[float, float]]) -> Iterator[DetailChunk]:
    """The chunks with pictures that are on the screen within any of the spans, in order; all of
    them when there are no spans.

    spans: starts and ends in seconds. Raises ArtifactError.
    """
    magic, version, checksum = _unpack(_HEAD, data, 0)
    if magic != _MAGIC:
        raise ArtifactError("the stored bytes are something else")
    if version != _VERSION:
        raise ArtifactError(f"stored in version {version}; this release reads {_VERSION}")
    rows, columns, count = _unpack(_SHAPE, data, _HEAD.size)
    first = _HEAD.size + _SHAPE.size
    at = first + count * _ENTRY.size
    if zlib.crc32(memoryview(data)[_HEAD.size : at]) != checksum:
        raise ArtifactError("the index of the stored detail track is damaged")
    entries = [_unpack(_ENTRY, data, first + number * _ENTRY.size) for number in range(count)]
    for number, (pictures, start, length, checksum) in enumerate(entries):
        chunk = memoryview(data)[at : at + length]
        at += length
        # The last picture may stay until the next chunk's first one.
        stays = entries[number + 1][1] if number + 1 < count else inf
        if spans and not any(start < to and stays > since for since, to in spans):
            continue
        if len(chunk) != length or zlib.crc32(chunk) != checksum:
            raise ArtifactError(f"chunk {number} of the stored detail track is damaged")
        yield DetailChunk(
            rows=rows,
            columns=columns,
            times=np.frombuffer(chunk[: 8 * pictures], "<f8").astype(np.float64),
            packed=bytes(chunk[8 * pictures :]),
        )


def _unpack(form: struct.Struct, data: bytes, at: int) -> tuple[Any, ...]:
    if len(data) < at + form.size:
        raise ArtifactError("the stored bytes are cut off")
    return form.unpack_from(data, at)
