"""What compare needs from the rest of SAGE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sage.embed.v1.embed_pb2 import Embedding, Modality
from sage.ingest.v1.technical_pb2 import TechnicalFacts, TechnicalFactsView
from services.compare.detail.track import DetailTrack
from services.compare.memory import Charge
from services.compare.modes import Mode
from services.compare.timeline import FrameTrack, SegmentTrack

# Told of every comparison that was computed, and of the seconds that took.
ComparisonObserver = Callable[[Mode, float], None]


class Embeddings(Protocol):
    """The caller's embeddings: every method sees the caller's workspace and nothing else.

    All raise SageError: NOT_FOUND, INVALID_VECTORS for data that breaks its contract, and
    DEPENDENCY_UNAVAILABLE when the embed service does not answer or stops sending. `charge` is
    called with the bytes that are loaded, before they are kept; what it raises ends the loading.
    """

    async def get(self, name: str) -> Embedding:
        """The embedding of that name, without its vectors."""
        ...

    async def of_video(self, video: str, engine: str) -> Sequence[Embedding]:
        """All embeddings of a video, newest first; of one engine unless that is empty."""
        ...

    async def engine_ranking(self) -> Sequence[str]:
        """Names of all engines, the best one first."""
        ...

    async def segments(
        self, embedding: Embedding, charge: Charge
    ) -> Mapping[Modality.ValueType, SegmentTrack]:
        """The vectors of every modality."""
        ...

    async def frame_track(self, embedding: Embedding, charge: Charge) -> FrameTrack | None:
        """The frame track of the embedding's video; None when there is none."""
        ...

    async def first_frame_times(self, embedding: Embedding) -> Sequence[float]:
        """When the video's first frames are shown, in seconds: enough of them to tell the frame
        rate by. Empty when there is no frame track."""
        ...

    async def detail_track(
        self, embedding: Embedding, spans: Sequence[tuple[float, float]], charge: Charge
    ) -> DetailTrack:
        """What the detail track of the embedding's video has of the spans, in seconds. Raises
        SageError(NOT_FOUND) when there is none."""
        ...


class Files(Protocol):
    """The files of the caller's videos."""

    async def facts(self, video: str, view: TechnicalFactsView.ValueType) -> TechnicalFacts:
        """What a file is, apart from what it shows.

        Raises SageError: NOT_FOUND, UNDECODABLE, DEPENDENCY_UNAVAILABLE.
        """
        ...
