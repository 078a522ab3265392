"""What compare needs from the rest of SAGE."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.timestamp_pb2 import Timestamp

from sage.embed.v1.embed_pb2 import Embedding, Modality
from sage.ingest.v1.still_link_pb2 import StillLink
from sage.ingest.v1.technical_pb2 import TechnicalFacts, TechnicalFactsView
from services.compare.detail.track import DetailTrack
from services.compare.memory import Charge
from services.compare.outcome import Mode
from services.compare.saved.comparison import SavedComparison
from services.compare.timeline import FrameTrack, SegmentTrack


@dataclass(frozen=True, kw_only=True)
class Link:
    """A URL that plays a video, and when it stops working."""

    url: str
    expires: Timestamp

    def at(self, seconds: float) -> str:
        """Opens there: W3C's Media Fragments, which players of browsers know."""
        return f"{self.url}#t={seconds:.3f}"


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


@dataclass(frozen=True, kw_only=True)
class Still:
    """A picture of a video as a JPEG. time: when it is shown, in seconds. Sizes in pixels."""

    time: float
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class StillLinks:
    """Pictures that URLs open until these expire, in the order in which they were asked for."""

    links: Sequence[StillLink]
    expires: Timestamp


class Files(Protocol):
    """The files of the caller's videos."""

    async def display_name(self, video: str) -> str:
        """What people call it. Raises SageError: NOT_FOUND, DEPENDENCY_UNAVAILABLE."""
        ...

    async def stills(self, video: str, times: Sequence[float], height: int) -> Sequence[Still]:
        """The pictures that are shown at these times, in seconds; height in pixels.

        Raises SageError: NOT_FOUND, UNDECODABLE, DEPENDENCY_UNAVAILABLE.
        """
        ...

    async def still_links(self, video: str, times: Sequence[float]) -> StillLinks:
        """Links to the pictures that are shown at these times, in seconds; at most 20.

        Raises SageError: NOT_FOUND, UNDECODABLE, DEPENDENCY_UNAVAILABLE; and DEADLINE_EXCEEDED when
        they are not ready soon: a later call finds them made.
        """
        ...

    async def facts(self, video: str, view: TechnicalFactsView.ValueType) -> TechnicalFacts:
        """What a file is, apart from what it shows.

        Raises SageError: NOT_FOUND, UNDECODABLE, DEPENDENCY_UNAVAILABLE.
        """
        ...

    async def link(self, video: str) -> Link | None:
        """What plays a video for a while, without a token; None when the video is gone.

        Raises SageError(DEPENDENCY_UNAVAILABLE).
        """
        ...


# A kept comparison of the caller's workspace, by its name. Raises SageError(NOT_FOUND).
FindSaved = Callable[[str], Awaitable[SavedComparison]]
