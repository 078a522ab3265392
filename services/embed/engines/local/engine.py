"""The local engine as the queue sees it."""

from __future__ import annotations

import time

from services.embed.engines.frame_tracks import stored_video
from services.embed.engines.local.audio_vectors import DIMENSION as AUDIO_DIMENSION
from services.embed.engines.local.failures import WORKER_ERRORS, classify
from services.embed.engines.local.visual_vectors import DIMENSION as VISUAL_DIMENSION
from services.embed.engines.local.worker import LocalWorkers
from services.embed.ports import (
    Availability,
    EngineResult,
    EngineSpec,
    Run,
    StoredTracks,
    TrackSpec,
)
from services.embed.tasks.task_state import Modality, State, Task
from services.servicekit.settings import StoreSettings

_STAGE = "Looking and listening"
# An estimate from less of the work than this would jump about.
_MIN_FRACTION_FOR_ETA = 0.02

SPEC = EngineSpec(
    name="local",
    display_name="Local (on this server)",
    model="efficientnet-lite0/sage-3",
    tracks=(
        TrackSpec(modality=Modality.VISUAL, dimension=VISUAL_DIMENSION, has_fine_samples=True),
        TrackSpec(modality=Modality.AUDIO, dimension=AUDIO_DIMENSION, has_fine_samples=True),
    ),
    min_segment=1.0,
    max_segment=10.0,
)


class LocalEngine:
    """Embeds on this machine, in processes of its own."""

    def __init__(self, store: StoreSettings, workers: LocalWorkers) -> None:
        self._store = store
        self._workers = workers

    @property
    def spec(self) -> EngineSpec:
        return SPEC

    @property
    def slots(self) -> int:
        return self._workers.slots

    async def availability(self, workspace: str) -> Availability:
        return Availability(available=True)

    async def embed(self, run: Run) -> EngineResult:
        began = time.monotonic()

        async def progressed(fraction: float, _: float) -> None:
            spent = time.monotonic() - began
            eta = spent / fraction - spent if fraction >= _MIN_FRACTION_FOR_ETA else None
            await run.report(State.PROCESSING, fraction, _STAGE, eta=eta)

        task = run.task
        wanted = task.modalities or SPEC.modalities
        await run.report(State.PROCESSING, 0.0, _STAGE)
        try:
            made = await self._workers.embed(
                stored_video(run, self._store),
                segment_duration=task.segment_duration,
                modalities=[modality.value.lower() for modality in wanted],
                on_progress=progressed,
            )
        except WORKER_ERRORS as error:
            raise classify(error) from error
        # A video without sound, or with a track that holds none, has no vectors of it.
        return EngineResult(
            tracks={Modality(name.upper()): track for name, track in made.tracks.items()},
            expected={Modality.VISUAL}.intersection(wanted),
            frames=StoredTracks(frames=made.frame_track, detail=made.detail_track),
            seconds=made.duration,
        )

    async def discard(self, task: Task) -> None:
        """Nothing of a task is outside of its process."""
