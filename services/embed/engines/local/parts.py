"""What an embedding is made of, handed over piece by piece while it is being made.

So neither hours of vectors nor of fingerprints pile up in the process that makes them. Whoever
wants the whole gathers the pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from services.embed.artifacts.tracks import Float64, Vectors, VectorTrack
from services.embed.engines.local.audio_vectors import BLOCK_DIMENSION
from services.embed.engines.local.audio_vectors import DIMENSION as AUDIO_DIMENSION
from services.embed.engines.local.visual_vectors import DIMENSION as VISUAL_DIMENSION

VISUAL = "visual"
AUDIO = "audio"


class Part(StrEnum):
    """FRAMES, DETAIL: chunks of the stored frame track and detail track. The others: rows of
    vectors, of the segments of a modality and of its finer steps."""

    FRAMES = "frames"
    DETAIL = "detail"
    VISUAL = "visual"
    VISUAL_FINE = "visual-fine"
    AUDIO = "audio"
    AUDIO_FINE = "audio-fine"


GivePart = Callable[[Part, bytes], None]
"""Takes the next piece of a part. There may be more rows in the end than there are segments."""

_ROWS: Mapping[Part, tuple[type[Any], int]] = {
    Part.VISUAL: (np.float32, VISUAL_DIMENSION),
    # Half floats are far finer than coding noise.
    Part.VISUAL_FINE: (np.float16, VISUAL_DIMENSION),
    Part.AUDIO: (np.float32, AUDIO_DIMENSION),
    Part.AUDIO_FINE: (np.float32, BLOCK_DIMENSION),
}


def rows(part: Part, vectors: Vectors) -> bytes:
    """Vectors as this part's rows."""
    return vectors.astype(_ROWS[part][0]).tobytes()


@dataclass(frozen=True, kw_only=True)
class TrackTimes:
    """Starts and ends of the segments of a modality and of its finer steps, in seconds."""

    starts: Float64
    ends: Float64
    fine_starts: Float64
    fine_ends: Float64


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What is known only when all parts have been given.

    tracks: by modality; one that was asked for is absent when the video has no such stream.
    frame_track_head, detail_track_head: what precedes the chunks of the stored tracks.
    duration: when the last picture stops being shown, or a sound that clearly outlasts it, in
        seconds.
    damaged: how many pictures and packets of the file were damaged and skipped or repaired.
    """

    tracks: dict[str, TrackTimes]
    frame_track_head: bytes
    detail_track_head: bytes
    frame_count: int
    duration: float
    damaged: int


@dataclass(frozen=True, kw_only=True)
class LocalEmbedding:
    """The answer of the local engine; see Outline. frame_track, detail_track: in stored form."""

    tracks: dict[str, VectorTrack]
    frame_track: bytes
    detail_track: bytes
    frame_count: int
    duration: float
    damaged: int


class Gathering:
    """Puts parts together."""

    def __init__(self) -> None:
        self._parts = {part: bytearray() for part in Part}

    def add(self, part: Part, piece: bytes) -> None:
        """Appends to the part; pieces of a part come in order, those of several parts mixed."""
        self._parts[part] += piece

    def frame_track(self, head: bytes) -> bytes:
        """In its stored form (see services/embed/artifacts.py)."""
        return head + self._parts[Part.FRAMES]

    def detail_track(self, head: bytes) -> bytes:
        """In its stored form (see services/embed/artifacts/detail_track.py)."""
        return head + self._parts[Part.DETAIL]

    def embedding(self, outline: Outline) -> LocalEmbedding:
        """All of it, once the last piece is there. Raises ValueError when a row is incomplete."""
        return LocalEmbedding(
            tracks={name: self._track(name, times) for name, times in outline.tracks.items()},
            frame_track=self.frame_track(outline.frame_track_head),
            detail_track=self.detail_track(outline.detail_track_head),
            frame_count=outline.frame_count,
            duration=outline.duration,
            damaged=outline.damaged,
        )

    def _track(self, modality: str, times: TrackTimes) -> VectorTrack:
        whole, fine = Part(modality), Part(f"{modality}-fine")
        return VectorTrack(
            vectors=self._vectors(whole)[: len(times.starts)],
            starts=times.starts,
            ends=times.ends,
            fine=VectorTrack(
                vectors=self._vectors(fine)[: len(times.fine_starts)],
                starts=times.fine_starts,
                ends=times.fine_ends,
            ),
        )

    def _vectors(self, part: Part) -> Vectors:
        dtype, dimension = _ROWS[part]
        return np.frombuffer(self._parts[part], dtype).reshape(-1, dimension)
