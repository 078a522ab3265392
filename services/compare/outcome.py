"""What a comparison of two embedded videos takes and what it answers. Plain values."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.compare.alignment.options import AlignmentOptions
from services.compare.detail.fetching import DetailSource
from services.compare.timeline import Alignment, FrameTrack, RegionKind, SegmentTrack


class Modality(enum.Enum):
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

    similarity_percent: share of A's segments with a partner that are not different; None without
        any partner.
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


@dataclass(frozen=True, kw_only=True)
class PairDifferences:
    """The whole answer for a pair.

    modalities: the picture first. only_in_a, only_in_b: modalities that one video lacks.
    reencode_only: nothing differs in any modality that was compared, and none is missing.
    only_sound_changed: the picture was compared and is the same, the sound is not.
    similarity_percent: the picture's, or that of the first modality compared.
    difference_count: the regions that are not UNCHANGED, over all modalities.
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
