"""The stored forms of an embedding: vectors of one modality, and a frame track.

Both are little-endian and begin with a magic, a version and a checksum. Vectors are one block. A
frame track is an index and chunks that are compressed and checked each on its own, so that a
reader can stream or seek without the rest:

    vectors      magic, version, crc32 of the rest | count, dimension, fine count, fine dimension
                 | starts, ends float64 | vectors float32 | fine starts, ends | fine float16
    frame track  magic, version, crc32 of the index | index: frames, chunks, duration, then for
                 each chunk its content, rows, bytes and crc32 | chunks

A chunk is of frames or of sound, each kind in order of time. One of frames is deflate over the byte
planes of its times and the differences of its fingerprints from frame to frame, modulo 256; one of
sound is deflate over the differences of its levels from step to step. Version 1 had no sound, and
no content in its entries; version 2 had the bands of the main sound track only. What is of further
tracks, and of channels, begins with the track and the number of columns. The facts of the file, in
JSON, are the last chunk. The fine vectors keep 11 bits, far finer than what re-encoding does to
them, for half the space.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.embed.artifacts.tracks import (
    FINGERPRINT_SIDE,
    SOUND_BANDS,
    ChannelChunk,
    Float32,
    Float64,
    FrameChunk,
    MediaFacts,
    SoundChunk,
    SoundTrack,
    TrackChunk,
    UInt8,
    UInt16,
    VectorTrack,
)

FRAMES_A_CHUNK = 256
SOUND_STEPS_A_CHUNK = 1000

_VECTORS_VERSION = 1
_FRAMES_VERSION = 3
_FRAMES_VERSION_WITHOUT_SOUND = 1
_VECTORS_MAGIC = b"SAGEVEC\x00"
_FRAMES_MAGIC = b"SAGEFRM\x00"
_HEAD = struct.Struct("<8sII")
_VECTORS_SHAPE = struct.Struct("<IIII")
_FRAMES_INDEX = struct.Struct("<IId")
_CHUNK_ENTRY = struct.Struct("<IIII")
_CHUNK_ENTRY_WITHOUT_SOUND = struct.Struct("<III")
_TRACK_AND_COLUMNS = struct.Struct("<HH")
_FINGERPRINT_BYTES = FINGERPRINT_SIDE * FINGERPRINT_SIDE * 3
# Differences are small numbers in no order worth looking for: longer matches cost three times the
# work and make chunks larger.
_DEFLATE_LEVEL = 5
_DEFLATE_STRATEGY = zlib.Z_RLE


class _Content(IntEnum):
    """What a chunk of a frame track is of."""

    FRAMES = 0
    # The bands of the main sound track.
    SOUND = 1
    FURTHER_SOUND = 2
    CHANNELS = 3
    FACTS = 4


class ArtifactError(Exception):
    """Stored bytes are not what they should be: cut off, altered, or of another version."""


def encode_vectors(track: VectorTrack) -> bytes:
    """The bytes that `decode_vectors` reads: little-endian on every machine, with a checksum."""
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
    return _HEAD.pack(_VECTORS_MAGIC, _VECTORS_VERSION, zlib.crc32(body)) + body


def decode_vectors(data: bytes) -> VectorTrack:
    """Raises ArtifactError."""
    _, checksum = _head(data, _VECTORS_MAGIC, _VECTORS_VERSION)
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
        self._levels: dict[int, list[UInt8]] = {}
        self._channels: dict[int, list[UInt16]] = {}
        self._entries: list[bytes] = []
        self._frame_count = 0

    def add(self, time: float, fingerprint: UInt8) -> None:
        """One frame: times strictly increase, fingerprint is (16, 16, 3) uint8."""
        self._times.append(time)
        self._fingerprints.append(fingerprint)
        if len(self._times) == FRAMES_A_CHUNK:
            self._close_frames()

    def add_sound(self, levels: UInt8, track: int = 0) -> None:
        """The next steps of a sound track: (n, 16) uint8. track: 0 for the main one."""
        waiting = self._levels.setdefault(track, [])
        waiting.append(levels)
        if sum(map(len, waiting)) >= SOUND_STEPS_A_CHUNK:
            self._close_sound(track)

    def add_channels(self, levels: UInt16, track: int) -> None:
        """The next steps of a track's channels: (n, channels) uint16."""
        waiting = self._channels.setdefault(track, [])
        waiting.append(levels)
        if sum(map(len, waiting)) >= SOUND_STEPS_A_CHUNK:
            self._close_channels(track)

    def finish(self, duration: float, facts: MediaFacts | None = None) -> bytes:
        """Gives the last chunks, and returns what precedes them all."""
        if self._times:
            self._close_frames()
        for track in list(self._levels):
            self._close_sound(track)
        for track in list(self._channels):
            self._close_channels(track)
        if facts is not None:
            self._close(_Content.FACTS, len(facts.sound_tracks), _pack_facts(facts))
        index = _FRAMES_INDEX.pack(self._frame_count, len(self._entries), duration)
        index += b"".join(self._entries)
        return _HEAD.pack(_FRAMES_MAGIC, _FRAMES_VERSION, zlib.crc32(index)) + index

    def _close_frames(self) -> None:
        times = np.array(self._times, np.float64)
        self._close(_Content.FRAMES, len(times), _pack_frames(times, np.stack(self._fingerprints)))
        self._frame_count += len(times)
        self._times.clear()
        self._fingerprints.clear()

    def _close_sound(self, track: int) -> None:
        levels = np.concatenate(self._levels.pop(track))
        if track:
            self._close(_Content.FURTHER_SOUND, len(levels), _pack_columns(levels, track))
        elif len(levels):
            self._close(_Content.SOUND, len(levels), _pack_sound(levels))

    def _close_channels(self, track: int) -> None:
        levels = np.concatenate(self._channels.pop(track))
        self._close(_Content.CHANNELS, len(levels), _pack_columns(levels, track))

    def _close(self, content: _Content, rows: int, chunk: bytes) -> None:
        self._entries.append(_CHUNK_ENTRY.pack(content, rows, len(chunk), zlib.crc32(chunk)))
        self._give(chunk)


def frame_count_and_duration(data: bytes) -> tuple[int, float]:
    """From the index alone. Raises ArtifactError."""
    version, checksum = _head(data, _FRAMES_MAGIC, _FRAMES_VERSION)
    frames, chunks, duration = _unpack(_FRAMES_INDEX, data, _HEAD.size)
    index = memoryview(data)[_HEAD.size : _entry_at(_entry_form(version), chunks)]
    if zlib.crc32(index) != checksum:
        raise ArtifactError("the index of the stored frame track is damaged")
    return frames, duration


def track_chunks(data: bytes) -> Iterator[TrackChunk]:
    """The chunks of a stored frame track, decoded one at a time; those of frames are in order, and
    so are those of each sound track. Raises ArtifactError."""
    frame_count_and_duration(data)
    version, _ = _head(data, _FRAMES_MAGIC, _FRAMES_VERSION)
    form = _entry_form(version)
    _, chunks, _ = _unpack(_FRAMES_INDEX, data, _HEAD.size)
    at = _entry_at(form, chunks)
    for number in range(chunks):
        *content, rows, length, checksum = _unpack(form, data, _entry_at(form, number))
        chunk = memoryview(data)[at : at + length]
        if len(chunk) != length or zlib.crc32(chunk) != checksum:
            raise ArtifactError(f"chunk {number} of the stored frame track is damaged")
        yield _unpack_chunk(content[0] if content else _Content.FRAMES, chunk, rows)
        at += length


def _unpack_chunk(content: int, chunk: memoryview, rows: int) -> TrackChunk:
    match content:
        case _Content.FRAMES:
            return _unpack_frames(chunk, rows)
        case _Content.SOUND:
            return _unpack_sound(chunk, rows)
        case _Content.FURTHER_SOUND:
            track, columns, steps = _unpack_columns(chunk, rows, 1)
            return SoundChunk(levels=_summed(steps.reshape(columns, rows)), track=track)
        case _Content.CHANNELS:
            track, columns, steps = _unpack_columns(chunk, rows, 2)
            return ChannelChunk(levels=_summed_pairs(steps, columns, rows), track=track)
        case _Content.FACTS:
            return _unpack_facts(chunk)
        case _:
            raise ArtifactError(f"a chunk of the stored frame track is of the kind {content}")


def _pack_frames(times: Float64, fingerprints: UInt8) -> bytes:
    count = len(times)
    steps = _steps(fingerprints.reshape(count, -1))
    # A cell's differences over time are alike; side by side they compress better.
    return _deflate(times.astype("<f8").view(np.uint8).reshape(count, 8).T.tobytes(), steps)


def _unpack_frames(chunk: memoryview, count: int) -> FrameChunk:
    raw = _inflate(chunk, count * (8 + _FINGERPRINT_BYTES))
    times = np.ascontiguousarray(raw[: 8 * count].reshape(8, count).T).view("<f8")
    flat = _summed(raw[8 * count :].reshape(_FINGERPRINT_BYTES, count))
    return FrameChunk(
        times=times.reshape(count).astype(np.float64),
        fingerprints=flat.reshape(_frames_shape(count)),
    )


def _pack_sound(levels: UInt8) -> bytes:
    return _deflate(_steps(levels))


def _unpack_sound(chunk: memoryview, count: int) -> SoundChunk:
    raw = _inflate(chunk, count * SOUND_BANDS)
    return SoundChunk(levels=_summed(raw.reshape(SOUND_BANDS, count)))


def _pack_columns(levels: UInt8 | UInt16, track: int) -> bytes:
    """Two bytes' differences are stored as all the low ones, then all the high ones."""
    columns = levels.shape[1]
    if levels.dtype == np.uint8:
        steps = _steps(levels.astype(np.uint8))
    else:
        pairs = np.diff(levels.astype("<u2"), axis=0, prepend=np.zeros((1, columns), "<u2"))
        steps = np.ascontiguousarray(pairs.T).view(np.uint8).reshape(-1, 2).T.tobytes()
    return _TRACK_AND_COLUMNS.pack(track, columns) + _deflate(steps)


def _unpack_columns(chunk: memoryview, rows: int, width: int) -> tuple[int, int, UInt8]:
    track, columns = _unpack(_TRACK_AND_COLUMNS, chunk, 0)
    return track, columns, _inflate(chunk[_TRACK_AND_COLUMNS.size :], rows * columns * width)


def _summed_pairs(steps: UInt8, columns: int, rows: int) -> UInt16:
    pairs = np.ascontiguousarray(steps.reshape(2, -1).T).view("<u2").reshape(columns, rows)
    summed: UInt16 = np.add.accumulate(np.ascontiguousarray(pairs.T), axis=0, dtype=np.uint16)
    return summed


def _pack_facts(facts: MediaFacts) -> bytes:
    return _deflate(json.dumps(asdict(facts)).encode())


def _unpack_facts(chunk: memoryview) -> MediaFacts:
    try:
        found = json.loads(zlib.decompress(chunk))
        tracks = [
            SoundTrack(**{**each, "channels": tuple(each["channels"])})
            for each in found["sound_tracks"]
        ]
        return MediaFacts(picture_end=float(found["picture_end"]), sound_tracks=tuple(tracks))
    except (zlib.error, ValueError, TypeError, KeyError) as error:
        raise ArtifactError("the facts of the stored frame track can't be read") from error


def _steps(rows: UInt8) -> bytes:
    """The differences from row to row modulo 256, column after column."""
    steps = rows.copy()
    steps[1:] -= rows[:-1]
    return steps.T.tobytes()


def _summed(steps: UInt8) -> UInt8:
    """The rows that steps came from. steps: (columns, rows)."""
    rows: UInt8 = np.add.accumulate(np.ascontiguousarray(steps.T), axis=0, dtype=np.uint8)
    return rows


def _deflate(*parts: bytes) -> bytes:
    packer = zlib.compressobj(_DEFLATE_LEVEL, strategy=_DEFLATE_STRATEGY)
    return b"".join([*(packer.compress(part) for part in parts), packer.flush()])


def _inflate(chunk: memoryview, size: int) -> UInt8:
    try:
        raw = np.frombuffer(zlib.decompress(chunk), np.uint8)
    except zlib.error as error:
        raise ArtifactError("a chunk of the stored frame track can't be unpacked") from error
    if len(raw) != size:
        raise ArtifactError("a chunk of the stored frame track has the wrong size")
    return raw


def _frames_shape(count: int) -> tuple[int, int, int, int]:
    return count, FINGERPRINT_SIDE, FINGERPRINT_SIDE, 3


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


def _entry_form(version: int) -> struct.Struct:
    without_sound = version == _FRAMES_VERSION_WITHOUT_SOUND
    return _CHUNK_ENTRY_WITHOUT_SOUND if without_sound else _CHUNK_ENTRY


def _entry_at(form: struct.Struct, number: int) -> int:
    """Where the entry of a chunk lies; behind the last one the chunks begin."""
    return _HEAD.size + _FRAMES_INDEX.size + number * form.size


def _unpack(form: struct.Struct, data: bytes | memoryview, at: int) -> tuple[Any, ...]:
    if len(data) < at + form.size:
        raise ArtifactError("the stored bytes are cut off")
    return form.unpack_from(data, at)


def _head(data: bytes, magic: bytes, newest: int) -> tuple[int, int]:
    """The version and the checksum of an artifact of the right kind."""
    found, version, checksum = _unpack(_HEAD, data, 0)
    if found != magic:
        raise ArtifactError("the stored bytes are something else")
    if not 1 <= version <= newest:
        raise ArtifactError(f"stored in version {version}; this release reads up to {newest}")
    return version, checksum
