"""What a comparison of two embedded videos takes and what it answers. Plain values."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.compare.detail.fetching import DetailSource
from services.compare.segments.options import AlignmentOptions
from services.compare.timeline import (
    Alignment,
    FrameTrack,
    LookDifference,
    RegionKind,
    SegmentTrack,
    SoundTrack,
)


class Mode(enum.Enum):
    """SEQUENCE follows the content, TIME the clock with an offset, INDEX the segments' numbers."""

    SEQUENCE = "SEQUENCE"
    TIME = "TIME"
    INDEX = "INDEX"


class Modality(enum.Enum):
    """What vectors are of; the values are the contract's names."""

    VISUAL = "VISUAL"
    AUDIO = "AUDIO"
    TRANSCRIPTION = "TRANSCRIPTION"


@dataclass(frozen=True, kw_only=True)
class EmbeddedVideo:
    """A video as the comparison sees it.

    tracks: its vectors, by modality. frames: its frame track, None when it has none. detail: brings
    its detail track, None when it has none.
    """

    tracks: Mapping[Modality, SegmentTrack]
    frames: FrameTrack | None = None
    detail: DetailSource | None = None

    @property
    def duration(self) -> float:
        """In seconds; by its frames where there are any, as they are exact."""
        if self.frames is not None and len(self.frames.times):
            return self.frames.duration
        return max((track.duration for track in self.tracks.values()), default=0.0)


@dataclass(frozen=True, kw_only=True)
class DifferenceOptions:
    """alignment: metric, threshold, minimum length and the like. Without a threshold the default
        of 0.1 is used (as a cosine distance).
    minimum_region: shorter differences are left out, in seconds; None for what can be told apart,
        0.1 s with frame tracks, the alignment's own figure without.
    modalities: the ones to compare; None for all that both videos have.
    use_frames: whether frame tracks make the answer exact.
    """

    alignment: AlignmentOptions = field(default_factory=AlignmentOptions)
    minimum_region: float | None = None
    modalities: frozenset[Modality] | None = None
    use_frames: bool = True


@dataclass(frozen=True, kw_only=True)
class KindTotal:
    """How often a kind of region occurs, and for how many seconds of each video."""

    kind: RegionKind
    count: int
    seconds_a: float
    seconds_b: float


@dataclass(frozen=True, kw_only=True)
class ModalityDifferences:
    """How the two videos differ in one modality.

    similarity_percent: how much of the time of both is not different (see similarity.py); None
        when no segment has a partner.
    video_distance: distance of the two videos' mean vectors, never part of a segment's.
    unchanged_share_a, unchanged_share_b: share of the time that is UNCHANGED, 0..1.
    worst: indices into the alignment's regions, differences only, the worst first.
    """

    modality: Modality
    alignment: Alignment
    similarity_percent: float | None
    compared_segments: int
    different_segments: int
    video_distance: float
    unchanged_share_a: float
    unchanged_share_b: float
    totals: Sequence[KindTotal]
    worst: Sequence[int]


class SoundDifferenceKind(enum.Enum):
    """What differs of the sound beside its stretches; the contract explains each."""

    TRACK_ONLY_IN_A = "TRACK_ONLY_IN_A"
    TRACK_ONLY_IN_B = "TRACK_ONLY_IN_B"
    TRACK_CONTENT = "TRACK_CONTENT"
    TRACK_OFFSET = "TRACK_OFFSET"
    LAYOUT = "LAYOUT"
    CHANNEL = "CHANNEL"
    CHANNEL_ORDER = "CHANNEL_ORDER"
    LOUDNESS = "LOUDNESS"


@dataclass(frozen=True, kw_only=True)
class SoundDifference:
    """a_track, b_track: numbers of the sound tracks; 0 when there is none. description: for people.

    amount: by how much B's is more: LU of LOUDNESS, seconds of TRACK_OFFSET.
    """

    kind: SoundDifferenceKind
    a_track: int
    b_track: int
    description: str
    amount: float | None = None


@dataclass(frozen=True, kw_only=True)
class SoundTrackPair:
    """Sound tracks that are each other's partners; a or b is None for one without.

    compared: whether both could be heard, and were compared.
    """

    a: SoundTrack | None
    b: SoundTrack | None
    compared: bool


@dataclass(frozen=True, kw_only=True)
class SoundTrackFindings:
    """How the sound tracks of two files differ, beside the stretches of the main ones.

    complete: whether every track and channel that exists was compared. notes: what else to tell.
    """

    pairs: Sequence[SoundTrackPair] = ()
    differences: Sequence[SoundDifference] = ()
    complete: bool = False
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class PairDifferences:
    """The whole answer for a pair.

    modalities: the picture first. only_in_a, only_in_b: modalities that one video lacks.
    reencode_only: picture, sound, length, sound tracks and channels were all compared, and nothing
        differs.
    only_sound_changed: the picture was compared and is the same, the sound is not.
    similarity_percent: how much of the time of both is different in no modality; None when nothing
        was compared.
    sound_tracks: how the sound differs beside its regions.
    difference_count: the regions that are not UNCHANGED, over all modalities.
    looks: by what the pictures look different throughout; no regions, and not counted.
    """

    modalities: Sequence[ModalityDifferences]
    only_in_a: Sequence[Modality]
    only_in_b: Sequence[Modality]
    duration_a: float
    duration_b: float
    reencode_only: bool
    only_sound_changed: bool
    similarity_percent: float | None
    difference_count: int
    notes: Sequence[str]
    looks: Sequence[LookDifference] = ()
    sound_tracks: SoundTrackFindings = SoundTrackFindings()
