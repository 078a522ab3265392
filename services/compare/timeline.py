"""What the comparison works on and answers with: segment tracks in, regions out.

Everything here is a plain value: no I/O, no gRPC, no algorithm. All times are seconds from the
start of the video they belong to.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Stretch

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
UInt8 = NDArray[np.uint8]
UInt16 = NDArray[np.uint16]
# (16, 16) which cells of a fingerprint are meant.
Cells = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SegmentTrack:
    """One modality of one embedding: a vector for each segment of a video.

    vectors: (n, d) float32, finite, not normalised by contract.
    starts, ends: (n,) float64, ordered, contiguous; the last segment may be short.
    """

    vectors: Float32
    starts: Float64
    ends: Float64
    # The same modality sampled more finely (the local engine keeps one vector every 0.5 s).
    fine: SegmentTrack | None = None

    @property
    def duration(self) -> float:
        """Seconds from 0 to the end of the last segment; 0 without segments."""
        return float(self.ends[-1]) if len(self.ends) else 0.0


# How long each step of a frame track's sound lasts, and in how many bands it is.
SOUND_STEP_SECONDS = 0.02
SOUND_BANDS = 16


@dataclass(frozen=True, kw_only=True)
class SoundTrack:
    """A sound track of a file, and how loud it is.

    number: its place among the file's sound tracks, from 1. language, title: as the file has them,
    mostly empty. layout: `stereo`. channels: short names in order, `FL`. heard: whether it could be
    decoded. bands: (m, 16) uint8 as FrameTrack.sound. levels: (m, channels) uint16, K-weighted mean
    squares (ITU-R BS.1770) in 0.05 dB above -100 dB, every 0.02 s; m is 0 where it was not heard.
    """

    number: int
    language: str = ""
    title: str = ""
    layout: str = ""
    channels: tuple[str, ...] = ()
    heard: bool = True
    bands: UInt8 = field(default_factory=lambda: np.empty((0, SOUND_BANDS), np.uint8))
    levels: UInt16 = field(default_factory=lambda: np.empty((0, 0), np.uint16))


@dataclass(frozen=True, kw_only=True)
class FrameTrack:
    """A fingerprint of every frame of a video in presentation order, and the levels of its sound.

    times: (n,) float64, strictly increasing; when each frame is first shown.
    fingerprints: (n, 16, 16, 3) uint8, the frame averaged down to 16x16, full-range Y, Cb, Cr.
    duration: when the last frame stops being shown.
    sound: (m, 16) uint8, mel bands from low to high in 1/24 bel above -80 dB, every 0.02 s from the
    start on; m is 0 where the sound is not known so finely. Of the main sound track.
    picture_end: when the last frame stops by its own stamp: `duration` counts sound that goes on
    after it. None where that is not known.
    sound_tracks: all of the file, the main one first; None where they are not known.
    motion_slack: a cell may be off by this share of its change to the next frame, because the other
    version shows moments between this one's frames.
    colour_slack: a cell may be off by this share of the full range, because a grade, which treats
    each pixel by itself, was undone for the means of cells.
    """

    times: Float64
    fingerprints: UInt8
    duration: float
    sound: UInt8 = field(default_factory=lambda: np.empty((0, SOUND_BANDS), np.uint8))
    motion_slack: float = 0.0
    colour_slack: float = 0.0
    picture_end: float | None = None
    sound_tracks: tuple[SoundTrack, ...] | None = None


class RegionKind(enum.Enum):
    """What became of a stretch of A in B; the values are the contract's names."""

    UNCHANGED = "UNCHANGED"
    REPLACED = "REPLACED"
    INSERTED = "INSERTED"
    DELETED = "DELETED"
    MOVED = "MOVED"
    RETIMED = "RETIMED"

    @property
    def mirrored(self) -> RegionKind:
        """What it is with A and B in each other's place."""
        return _MIRRORED.get(self, self)


_MIRRORED = {
    RegionKind.INSERTED: RegionKind.DELETED,
    RegionKind.DELETED: RegionKind.INSERTED,
}
# What goes on in both versions in the same order, what both have, what one has alone, and what is
# left between the stretches that both have.
CONTINUED = frozenset({RegionKind.UNCHANGED, RegionKind.RETIMED})
PAIRED = CONTINUED | {RegionKind.MOVED}
ONE_SIDED = frozenset({RegionKind.INSERTED, RegionKind.DELETED})
GAPS = ONE_SIDED | {RegionKind.REPLACED}


@dataclass(frozen=True, kw_only=True)
class Box:
    """A part of the picture, in fractions of its width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class PictureMap:
    """Where B's picture lies in A's: what B shows at x, A shows at scale * x + offset.

    All in fractions of the pictures' sizes. mirrored: left and right of B are exchanged first.
    """

    scale_x: float
    offset_x: float
    scale_y: float
    offset_y: float
    mirrored: bool


class RegionReason(enum.Enum):
    """Why a stretch counts as replaced."""

    # Other content.
    CONTENT = "CONTENT"
    # The same content in another look: graded, framed or mirrored in another way.
    LOOK = "LOOK"
    # The same content with something over a part of it: a logo, a title, a patch.
    OVERLAY = "OVERLAY"


@dataclass(frozen=True, kw_only=True)
class Region(Stretch):
    """A stretch of both timelines with one thing to say about it.

    INSERTED has a_start == a_end, DELETED has b_start == b_end. The regions of a comparison, MOVED
    ones included, tile A in order of a_start and tile B in order of b_start.
    """

    kind: RegionKind
    # How different the content is: the mean aligned distance (0 when not compared, e.g. INSERTED).
    score: float = 0.0
    # How sure the engine is of kind and place, 0..1.
    confidence: float = 1.0
    # B's speed against A's: 1.25 means that B plays this stretch 1.25 times as fast.
    rate: float = 1.0
    # Only for a change of a part of the picture (logo, caption).
    box: Box | None = None
    # Of a REPLACED region of the picture, where the frames can tell; else None.
    reason: RegionReason | None = None
    # Seconds by which B's sound is later than its picture, against A; negative when it is early.
    sound_offset: float = 0.0

    def mirrored(self) -> Region:
        """The same with A and B in each other's place."""
        return replace(
            self,
            kind=self.kind.mirrored,
            a_start=self.b_start,
            a_end=self.b_end,
            b_start=self.a_start,
            b_end=self.a_end,
            rate=1 / self.rate,
            sound_offset=0.0 - self.sound_offset,  # never -0
        )


class LookKind(enum.Enum):
    """In what way B's picture is another one all along; the values are the contract's names."""

    BARS = "BARS"
    REFRAMED = "REFRAMED"
    MIRRORED = "MIRRORED"
    REGRADED = "REGRADED"
    MONOCHROME = "MONOCHROME"
    OVERLAY = "OVERLAY"
    BLENDED = "BLENDED"


@dataclass(frozen=True, kw_only=True)
class LookDifference(Stretch):
    """One thing by which the pictures of two versions look different throughout.

    a_start to b_end: from the first to the last moment in which it was seen, in seconds.
    amount: how much, in `unit`; 0 where there is no more or less of it.
    box: where in B's picture; None when it concerns all of it.
    picture_map: where B's picture lies in A's; None where that is not what this tells, and when it
    lies where A's does.
    """

    kind: LookKind
    sentence: str
    amount: float = 0.0
    unit: str = ""
    box: Box | None = None
    picture_map: PictureMap | None = None


@dataclass(frozen=True, kw_only=True)
class TimeMap:
    """Monotone piecewise-linear map from times in A to times in B, outside moves.

    a, b: (k,) float64 knots, both non-decreasing. A deletion is a step in a at one b, an insertion
    a step in b at one a.
    """

    a: Float64
    b: Float64

    def to_b(self, time_a: Float64 | float) -> Float64:
        """B's time for each time in A (clamped to the ends)."""
        if not len(self.a):
            return np.asarray(time_a, np.float64)
        return np.asarray(np.interp(time_a, self.a, self.b), np.float64)


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """The answer for one modality.

    regions: in order of a_start, then b_start.
    distances: (n_a,) float32, A's segments against what B shows at the aligned time; NaN where A's
        segment has no partner in B.
    partner_starts: (n_a,) float64, where in B each A segment's partner starts; NaN without one.
    noise_floor: the distance that re-encoding alone causes in this pair.
    suggested_threshold: the smallest threshold that stays clear of the noise floor.
    looks: by what the pictures look different throughout; it was not held against the regions.
    complete: whether all was looked for that can be; else the notes say what was not.
    """

    regions: Sequence[Region]
    time_map: TimeMap
    distances: Float32
    partner_starts: Float64
    noise_floor: float
    suggested_threshold: float
    notes: Sequence[str] = field(default=())
    looks: Sequence[LookDifference] = field(default=())
    complete: bool = True
