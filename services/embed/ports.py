"""What the embed service needs from outside: engines, videos, and a place for artifacts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from services.embed.artifacts.tracks import VectorTrack
from services.embed.tasks.task_state import Failure, Modality, State, Task


class LeaseLost(Exception):
    """The task was cancelled, removed, or taken over by another worker: stop and touch nothing."""


class TransientFailure(Exception):
    """The attempt failed for a reason that can pass: try again later."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class PermanentFailure(Exception):
    """The task failed for a reason that stays: another try would end in the same way."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class RateLimited(Exception):
    """The vendor refuses more work for some seconds; the attempt does not count as failed."""

    def __init__(self, vendor: str, seconds: float) -> None:
        super().__init__(f"{vendor} takes more work in {seconds:.0f} s")
        self.vendor = vendor
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class TrackSpec:
    """What an engine makes of one modality."""

    modality: Modality
    dimension: int
    has_fine_samples: bool = False


@dataclass(frozen=True, kw_only=True)
class EngineSpec:
    """An engine as clients see it. Durations are seconds; None and 0 mean without a limit.

    whole_seconds: whether segment durations must be whole seconds.
    min_side: shortest side of a picture in pixels. max_sides: longest and shortest side at most.
    vendor: whose rate limits and keys it uses; empty for an engine of our own.
    """

    name: str
    display_name: str
    model: str
    tracks: tuple[TrackSpec, ...]
    min_segment: float
    max_segment: float
    whole_seconds: bool = False
    max_duration: float | None = None
    max_size_bytes: int = 0
    min_side: int = 0
    max_sides: tuple[int, int] | None = None
    vendor: str = ""

    @property
    def needs_api_key(self) -> bool:
        """Whether it works only for workspaces that a key of its vendor was given to."""
        return bool(self.vendor)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Those it can make, in the order in which clients see them."""
        return tuple(track.modality for track in self.tracks)


@dataclass(frozen=True, kw_only=True)
class StoredTracks:
    """What every frame of a video was seen for, as it is stored: see artifacts.

    frames: the frame track. detail: the detail track.
    """

    frames: bytes
    detail: bytes


@dataclass(frozen=True, kw_only=True)
class EngineResult:
    """What an engine made of a video.

    tracks: the vectors by modality; a modality that the video lacks is absent.
    expected: the modalities that must be among them.
    frames: the frame track and the detail track; None when they lie in the store already, or the
        video's pictures cannot be decoded here.
    seconds: how long the video is, when the engine has measured it; None when it has not.
    """

    tracks: Mapping[Modality, VectorTrack]
    expected: Collection[Modality]
    frames: StoredTracks | None
    seconds: float | None = None

    @property
    def duration(self) -> float:
        """Seconds covered: by the pictures where they were asked for."""
        visual = self.tracks.get(Modality.VISUAL)
        return (visual or next(iter(self.tracks.values()))).duration


class Run(Protocol):
    """An engine's side of one attempt: tells how far it is, and keeps what a restart must find."""

    @property
    def task(self) -> Task:
        """As of the last change that is durable."""
        ...

    @property
    def object_key(self) -> str:
        """Where the video's bytes lie in the store."""
        ...

    async def has_frame_track(self) -> bool:
        """Whether a frame track and a detail track of these bytes are in the store already."""
        ...

    async def report(
        self,
        state: State,
        progress: float,
        stage: str,
        *,
        eta: float | None = None,
        estimated: bool = False,
    ) -> None:
        """progress: 0 to 1 within the state. Raises LeaseLost."""
        ...

    async def remember(self, facts: Mapping[str, str]) -> None:
        """Durable when it returns, as `task.engine_state`. Raises LeaseLost."""
        ...


@dataclass(frozen=True, kw_only=True)
class Availability:
    """Whether an engine can work for a workspace now, and if not, why."""

    available: bool
    reason: str = ""


class Engine(Protocol):
    """Turns a video into vectors."""

    @property
    def spec(self) -> EngineSpec:
        """The same for as long as the service runs, as clients may keep it."""
        ...

    @property
    def slots(self) -> int:
        """How many tasks one replica gives it at once."""
        ...

    async def availability(self, workspace: str) -> Availability:
        """Whether it works for the workspace, by what is known here; the vendor is not asked."""
        ...

    async def embed(self, run: Run) -> EngineResult:
        """Works until the vectors are there. Cancelling it stops the work.

        Raises TransientFailure, PermanentFailure, RateLimited, LeaseLost.
        """
        ...

    async def discard(self, task: Task) -> None:
        """Cleans up outside of SAGE after a task that ended; never raises."""
        ...
