"""What an embedding is made of, whatever engine made it. Plain values; times are in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
UInt8 = NDArray[np.uint8]
UInt16 = NDArray[np.uint16]
Vectors = NDArray[np.float32] | NDArray[np.float16]

# A frame's fingerprint: the picture averaged down to this many cells each way.
FINGERPRINT_SIDE = 16
# The sound's levels: this many bands, this often.
SOUND_BANDS = 16
SOUND_STEP_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class VectorTrack:
    """One modality of one embedding: a vector for each segment of a video.

    vectors: (n, d) float32, finite; fine ones may be float16 until they have been stored.
    starts, ends: (n,) float64, ordered and contiguous from 0; the last segment may be short.
    fine: the same modality in shorter segments, with vectors of its own dimension; None when the
    engine has none.
    """

    vectors: Vectors
    starts: Float64
    ends: Float64
    fine: VectorTrack | None = None

    @property
    def duration(self) -> float:
        """Seconds from 0 to the end of the last segment; 0 without segments."""
        return float(self.ends[-1]) if len(self.ends) else 0.0


@dataclass(frozen=True, kw_only=True)
class FrameChunk:
    """Some frames in presentation order.

    times: (n,) float64, strictly increasing; when each frame is first shown.
    fingerprints: (n, 16, 16, 3) uint8, full-range Y, Cb, Cr.
    """

    times: Float64
    fingerprints: UInt8


@dataclass(frozen=True, kw_only=True)
class SoundChunk:
    """The sound of some consecutive steps of SOUND_STEP_SECONDS, from time zero on.

    levels: (n, 16) uint8, mel bands from low to high, in steps of 1/24 bel above -80 dB.
    track: 0 for the main sound track, from 1 on for the others, as MediaFacts lists them.
    """

    levels: UInt8
    track: int = 0


@dataclass(frozen=True, kw_only=True)
class ChannelChunk:
    """How loud each channel of a sound track is in some consecutive steps, from time zero on.

    levels: (n, channels) uint16, see channel_levels.py. track: as in SoundChunk.
    """

    levels: UInt16
    track: int


@dataclass(frozen=True, kw_only=True)
class SoundTrack:
    """A sound track as the file describes it.

    number: its place among the file's sound tracks, from 1. language: as the file has it, mostly
    ISO 639-2; empty when it says nothing. layout: `stereo`, `5.1`. channels: their short names,
    `FL`, `FR`, in order. heard: whether its sound could be decoded, and was.
    """

    number: int
    language: str
    title: str
    layout: str
    channels: tuple[str, ...]
    heard: bool


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What a frame track knows of its file as a whole.

    picture_end: when the last picture stops by its own stamp, in seconds; the video may go on with
    sound alone. sound_tracks: all of them, the main one first.
    """

    picture_end: float
    sound_tracks: tuple[SoundTrack, ...]


TrackChunk = FrameChunk | SoundChunk | ChannelChunk | MediaFacts


@dataclass(frozen=True)
class TrackHeads:
    """What precedes the chunks of the stored frame track and of the stored detail track."""

    frames: bytes
    detail: bytes
