"""The stored forms of an embedding: vectors of one modality, and a frame track.

Both are little-endian and begin with a magic, a version and a checksum. Vectors are one block. A
frame track is an index and chunks that are compressed and checked each on its own, so that a
reader can stream or seek without the rest:

    vectors      magic, version, crc32 of the rest | count, dimension, fine count, fine dimension
                 | starts, ends float64 | vectors float32 | fine starts, ends | fine float16
    frame track  magic, version, crc32 of the index | index: frames, chunks, duration, then for
                 each chunk its frames, bytes and crc32 | chunks

A chunk is deflate over the byte planes of its times and the differences of its fingerprints from
frame to frame, modulo 256. The fine vectors keep 11 bits, far finer than what re-encoding does to
them, for half the space.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.embed.tracks import (
    FINGERPRINT_SIDE,
    Float32,
    Float64,
    FrameChunk,
    FrameTrack,
    UInt8,
    VectorTrack,
)

FRAMES_A_CHUNK = 256

_VERSION = 1
_VECTORS_MAGIC = b"SAGEVEC\x00"
_FRAMES_MAGIC = b"SAGEFRM\x00"
_HEAD = struct.Struct("<8sII")
_VECTORS_SHAPE = struct.Struct("<IIII")
_FRAMES_INDEX = struct.Struct("<IId")
_CHUNK_ENTRY = struct.Struct("<III")
_FINGERPRINT_BYTES = FINGERPRINT_SIDE * FINGERPRINT_SIDE * 3
# Differences are small numbers in no order worth looking for: longer matches cost three times the
# work and make chunks larger.
_DEFLATE_LEVEL = 5
_DEFLATE_STRATEGY = zlib.Z_RLE


class ArtifactError(Exception):
    """Stored bytes are not what they should be: cut off, altered, or of another version."""


def encode_vectors(track: VectorTrack) -> bytes:
    fine = track.fine
    count, dimension = track.vectors.shape
    shape = _VECTORS_SHAPE.pack(
        count, dimension, *(fine.vectors.shape if fine is not None else (0, 0))
    )
    parts = [
        shape,
        track.starts.astype("<f8").tobytes(),
        track.ends.astype("<f8").tobytes(),
        track.vectors.astype("<f4").tobytes(),
    ]
    if fine is not None:
        parts += [
            fine.starts.astype("<f8").tobytes(),
            fine.ends.astype("<f8").tobytes(),
            fine.vectors.astype("<f2").tobytes(),
        ]
    body = b"".join(parts)
    return _HEAD.pack(_VECTORS_MAGIC, _VERSION, zlib.crc32(body)) + body


def decode_vectors(data: bytes) -> VectorTrack:
    """Raises ArtifactError."""
    checksum = _checksum(data, _VECTORS_MAGIC)
    body = memoryview(data)[_HEAD.size :]
    if zlib.crc32(body) != checksum:
        raise ArtifactError("the stored vectors are damaged")
    count, dimension, fine_count, fine_dimension = _unpack(_VECTORS_SHAPE, body, 0)
    reader = _Reader(body[_VECTORS_SHAPE.size :])
    starts, ends = reader.times(count), reader.times(count)
    vectors = reader.vectors("<f4", count, dimension)
    fine = None
    if fine_count:
        fine_starts, fine_ends = reader.times(fine_count), reader.times(fine_count)
        fine_vectors = reader.vectors("<f2", fine_count, fine_dimension)
        fine = VectorTrack(vectors=fine_vectors, starts=fine_starts, ends=fine_ends)
    return VectorTrack(vectors=vectors, starts=starts, ends=ends, fine=fine)


class FrameTrackEncoder:
    """Encodes a frame track while it is being made.

    give: takes each chunk in order. Stored, the chunks follow what `finish` returns.
    """

    def __init__(self, give: Callable[[bytes], None]) -> None:
        self._give = give
        self._times: list[float] = []
        self._fingerprints: list[UInt8] = []
        self._entries: list[bytes] = []
        self._count = 0

    def add(self, time: float, fingerprint: UInt8) -> None:
        """One frame: times strictly increase, fingerprint is (16, 16, 3) uint8."""
        self._times.append(time)
        self._fingerprints.append(fingerprint)
        if len(self._times) == FRAMES_A_CHUNK:
            self._close_chunk()

    def finish(self, duration: float) -> bytes:
        """Gives the last chunk, and returns what precedes them all."""
        if self._times:
            self._close_chunk()
        index = _FRAMES_INDEX.pack(self._count, len(self._entries), duration)
        index += b"".join(self._entries)
        return _HEAD.pack(_FRAMES_MAGIC, _VERSION, zlib.crc32(index)) + index

    def _close_chunk(self) -> None:
        chunk = _encode_chunk(np.array(self._times, np.float64), np.stack(self._fingerprints))
        self._entries.append(_CHUNK_ENTRY.pack(len(self._times), len(chunk), zlib.crc32(chunk)))
        self._give(chunk)
        self._count += len(self._times)
        self._times.clear()
        self._fingerprints.clear()


def encode_frame_track(track: FrameTrack) -> bytes:
    chunks: list[bytes] = []
    encoder = FrameTrackEncoder(chunks.append)
    for time, fingerprint in zip(track.times, track.fingerprints, strict=True):
        encoder.add(float(time), fingerprint)
    return b"".join([encoder.finish(track.duration), *chunks])


def frame_count_and_duration(data: bytes) -> tuple[int, float]:
    """From the index alone. Raises ArtifactError."""
    checksum = _checksum(data, _FRAMES_MAGIC)
    frames, chunks, duration = _unpack(_FRAMES_INDEX, data, _HEAD.size)
    index = memoryview(data)[_HEAD.size : _first_chunk(chunks)]
    if zlib.crc32(index) != checksum:
        raise ArtifactError("the index of the stored frame track is damaged")
    return frames, duration


def frame_chunks(data: bytes) -> Iterator[FrameChunk]:
    """The chunks of a stored frame track in order, decoded one at a time. Raises ArtifactError."""
    frame_count_and_duration(data)
    _, chunks, _ = _unpack(_FRAMES_INDEX, data, _HEAD.size)
    at = _first_chunk(chunks)
    for number in range(chunks):
        entry = _first_chunk(number)
        count, length, checksum = _unpack(_CHUNK_ENTRY, data, entry)
        chunk = memoryview(data)[at : at + length]
        if len(chunk) != length or zlib.crc32(chunk) != checksum:
            raise ArtifactError(f"chunk {number} of the stored frame track is damaged")
        yield _decode_chunk(chunk, count)
        at += length


def decode_frame_track(data: bytes) -> FrameTrack:
    """Raises ArtifactError."""
    _, duration = frame_count_and_duration(data)
    chunks = list(frame_chunks(data))
    shape = (0, FINGERPRINT_SIDE, FINGERPRINT_SIDE, 3)
    return FrameTrack(
        times=np.concatenate([np.empty(0), *(chunk.times for chunk in chunks)]),
        fingerprints=np.concatenate(
            [np.empty(shape, np.uint8), *(chunk.fingerprints for chunk in chunks)]
        ),
        duration=duration,
    )


def _encode_chunk(times: Float64, fingerprints: UInt8) -> bytes:
    count = len(times)
    flat = fingerprints.reshape(count, -1)
    steps = flat.copy()
    steps[1:] -= flat[:-1]
    # A cell's differences over time are alike; side by side they compress better.
    raw = times.astype("<f8").view(np.uint8).reshape(count, 8).T.tobytes() + steps.T.tobytes()
    packer = zlib.compressobj(_DEFLATE_LEVEL, strategy=_DEFLATE_STRATEGY)
    return packer.compress(raw) + packer.flush()


def _decode_chunk(chunk: memoryview, count: int) -> FrameChunk:
    try:
        raw = np.frombuffer(zlib.decompress(chunk), np.uint8)
    except zlib.error as error:
        raise ArtifactError("a chunk of the stored frame track can't be unpacked") from error
    if len(raw) != count * (8 + _FINGERPRINT_BYTES):
        raise ArtifactError("a chunk of the stored frame track has the wrong size")
    times = np.ascontiguousarray(raw[: 8 * count].reshape(8, count).T).view("<f8")
    steps = np.ascontiguousarray(raw[8 * count :].reshape(_FINGERPRINT_BYTES, count).T)
    flat = np.add.accumulate(steps, axis=0, dtype=np.uint8)
    return FrameChunk(
        times=times.reshape(count).astype(np.float64),
        fingerprints=flat.reshape(count, FINGERPRINT_SIDE, FINGERPRINT_SIDE, 3),
    )


class _Reader:
    """Takes arrays off the front of a buffer."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def times(self, count: int) -> Float64:
        return self._take("<f8", count).astype(np.float64)

    def vectors(self, dtype: str, count: int, dimension: int) -> Float32:
        return self._take(dtype, count * dimension).astype(np.float32).reshape(count, dimension)

    def _take(self, dtype: str, count: int) -> NDArray[np.floating]:
        kind = np.dtype(dtype)
        end = self._at + count * kind.itemsize
        if end > len(self._data):
            raise ArtifactError("the stored vectors are cut off")
        values = np.frombuffer(self._data[self._at : end], kind)
        self._at = end
        return values


def _first_chunk(chunks: int) -> int:
    """Where the chunks begin behind an index of so many entries."""
    return _HEAD.size + _FRAMES_INDEX.size + chunks * _CHUNK_ENTRY.size


def _unpack(form: struct.Struct, data: bytes | memoryview, at: int) -> tuple[Any, ...]:
    if len(data) < at + form.size:
        raise ArtifactError("the stored bytes are cut off")
    return form.unpack_from(data, at)


def _checksum(data: bytes, magic: bytes) -> int:
    """The checksum in the head of an artifact of the right kind and version."""
    found, version, checksum = _unpack(_HEAD, data, 0)
    if found != magic:
        raise ArtifactError("the stored bytes are something else")
    if version != _VERSION:
        raise ArtifactError(f"stored in version {version}; this release reads {_VERSION}")
    return int(checksum)
