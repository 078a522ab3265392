"""TwelveLabs as the queue sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.engines.frame_tracks import FrameTracks
from services.embed.engines.twelvelabs.connection import Connection
from services.embed.engines.twelvelabs.facts import Facts
from services.embed.engines.twelvelabs.media import Store
from services.embed.engines.twelvelabs.saga import Limits, VendorTaskSaga
from services.embed.ports import (
    Availability,
    EngineResult,
    EngineSpec,
    PermanentFailure,
    Run,
)
from services.embed.tasks.task_state import Failure, Task
from services.servicekit.errors import reason_name

log = structlog.get_logger()

# The API key of a workspace, None without one.
ApiKey = Callable[[str], Awaitable[str | None]]


class TwelveLabsEngine:
    """One of Marengo's models.

    slots: tasks that one replica follows at once.
    """

    def __init__(
        self,
        spec: EngineSpec,
        connection: Connection,
        api_key: ApiKey,
        limits: Limits,
        store: Store,
        frame_tracks: FrameTracks,
        *,
        slots: int,
    ) -> None:
        self._spec = spec
        self._connection = connection
        self._api_key = api_key
        self._limits = limits
        self._store = store
        self._frame_tracks = frame_tracks
        self._slots = slots

    @property
    def spec(self) -> EngineSpec:
        return self._spec

    @property
    def slots(self) -> int:
        return self._slots

    async def availability(self, workspace: str) -> Availability:
        if await self._api_key(workspace):
            return Availability(available=True)
        return Availability(
            available=False,
            reason=f"{self._spec.display_name} needs a TwelveLabs API key. Sign in with one.",
        )

    async def embed(self, run: Run) -> EngineResult:
        key = await self._api_key(run.task.workspace)
        if key is None:
            raise PermanentFailure(
                Failure(
                    reason=reason_name(ErrorReason.ERROR_REASON_ENGINE_UNAVAILABLE),
                    message="The workspace has no TwelveLabs API key any more.",
                )
            )
        saga = VendorTaskSaga(
            run,
            self._spec,
            await self._connection.open(key),
            self._connection,
            self._limits,
            self._store,
            self._frame_tracks,
        )
        return await saga.follow()

    async def discard(self, task: Task) -> None:
        asset_id = Facts.read(task.engine_state).asset_id
        if not asset_id:
            return
        try:
            key = await self._api_key(task.workspace)
            if key is not None:
                vendor = await self._connection.open(key)
                await self._connection.call(vendor.delete_asset, asset_id)
        except Exception as error:  # the vendor removes it by itself some day
            log.warning("asset_not_deleted", asset=asset_id, error=type(error).__name__)
