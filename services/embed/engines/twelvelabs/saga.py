"""One attempt at one task: send the video, ask for the task, follow it, fetch what it made.

What the vendor makes for us is remembered before and after each call that makes something, so that
an attempt after a crash goes on where the one before stopped: it adopts the vendor's task, or finds
it by the name of its media when the crash came between the answer and the remembering. So does a
new task for the same work, which is given what the last one remembered.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from services.embed.artifacts.stored_forms import frame_count_and_duration
from services.embed.clock import now
from services.embed.engines.frame_tracks import FrameTracks
from services.embed.engines.twelvelabs.connection import Connection
from services.embed.engines.twelvelabs.estimate import Estimate
from services.embed.engines.twelvelabs.facts import Facts
from services.embed.engines.twelvelabs.failures import (
    Gone,
    rejected,
    unavailable,
)
from services.embed.engines.twelvelabs.media import (
    URL_LIMIT_BYTES,
    Sending,
    Store,
    file_name_of,
)
from services.embed.engines.twelvelabs.models import VENDOR
from services.embed.engines.twelvelabs.results import tracks_of
from services.embed.ports import EngineResult, EngineSpec, RateLimited, Run, StoredTracks
from services.embed.tasks.task_state import SECOND, Micros, Modality, State
from services.servicekit.background import end

if TYPE_CHECKING:
    from services.embed.engines.twelvelabs.vendor import Vendor, VendorTask

Answer = TypeVar("Answer")

_FIRST_POLL_SECONDS = 0.5
_LONGEST_POLL_SECONDS = 10.0
_POLL_GROWTH = 1.4
# A limit that lasts longer is waited for in the queue, where it holds nobody up.
_PATIENCE_SECONDS = 60.0
_TICK_SECONDS = 0.5
# How much of PROCESSING is the vendor's; what is left is for frames that take longer.
_VENDOR_SHARE = 0.95
# The vendor's clock and ours may differ by this much.
_CLOCK_SECONDS = 300.0
# A task that the vendor does not know this soon has not reached all of its machines yet.
_SPREAD_SECONDS = 60.0
# Each task costs its owner money: one that was lost is made again once, not for ever.
_LOST_TASKS = 2
# How long an answer that is on its way is waited for when we are told to stop.
_LAST_WORD_SECONDS = 5.0


class Limits(Protocol):
    """What all replicas know about the vendor's rate limit, and about past tasks."""

    async def limit_rate(self, workspace: str, vendor: str, until: Micros) -> None:
        """No replica asks the vendor for the workspace until then, microseconds since 1970."""
        ...

    async def limited_until(self, workspace: str, vendor: str) -> Micros:
        """Microseconds since 1970; 0 when the vendor takes the workspace's calls."""
        ...

    async def pace(self, engine: str) -> float | None:
        """Seconds of work for a second of video in the last tasks; None before the first."""
        ...


class VendorTaskSaga:
    """Follows one attempt. Use it once."""

    def __init__(
        self,
        run: Run,
        spec: EngineSpec,
        vendor: Vendor,
        connection: Connection,
        limits: Limits,
        store: Store,
        frame_tracks: FrameTracks,
    ) -> None:
        self._run = run
        self._spec = spec
        self._vendor = vendor
        self._connection = connection
        self._limits = limits
        self._store = store
        self._frame_tracks = frame_tracks
        known = Facts.read(run.task.engine_state)
        self._facts = replace(known, file_name=known.file_name or file_name_of(run.task))
        self._frames_read = 0.0

    async def follow(self) -> EngineResult:
        """Raises TransientFailure, PermanentFailure, RateLimited, LeaseLost."""
        async with self._reading_frames() as frames:
            try:
                if not self._facts.task_id:
                    await self._ask()
                task = await self._wait()
            except Gone as gone:
                raise await self._gone(str(gone)) from None
            tracks = await self._finished(frames)
        asked = self._run.task.modalities
        return EngineResult(
            tracks=await asyncio.to_thread(tracks_of, task.items),
            # A film without words has no transcription; asked for by name, it must be there.
            expected={
                modality
                for modality in self._wanted
                if modality is not Modality.TRANSCRIPTION or modality in asked
            },
            frames=tracks,
            seconds=frame_count_and_duration(tracks.frames)[1] if tracks else None,
        )

    @property
    def _wanted(self) -> list[Modality]:
        task = self._run.task
        return [
            modality
            for modality in task.modalities or self._spec.modalities
            if modality is Modality.VISUAL or task.video.has_audio
        ]

    async def _ask(self) -> None:
        """Gets the vendor to make a task, or finds the one that it made already."""
        task = self._run.task
        if self._facts.asked_at:
            since = self._facts.asked_at / SECOND - _CLOCK_SECONDS
            found = await self._call(self._vendor.find_task, self._spec, self._facts.mark, since)
            if found is not None:
                await self._remember(replace(self._facts, task_id=found))
                return
        media = await self._media()
        await self._remember(replace(self._facts, asked_at=now()))
        await self._run.report(State.PREPARING, 1.0, "Asking TwelveLabs for the embedding")
        await self._made(
            lambda task_id: replace(self._facts, task_id=task_id),
            self._vendor.create_task,
            self._spec,
            media,
            segment_seconds=round(task.segment_duration),
            modalities=self._wanted,
        )

    async def _media(self) -> dict[str, str]:
        """The video as the vendor is told of it: a URL, or an asset that is ready."""
        task = self._run.task
        if task.video.size_bytes <= URL_LIMIT_BYTES:
            url = self._store.public_url(self._run.object_key, self._facts.file_name)
            if url is not None:
                return {"url": url}
        if not self._facts.asset_id:
            await self._send()
        await self._asset_ready()
        return {"asset_id": self._facts.asset_id}

    async def _send(self) -> None:
        stage = "Sending the video to TwelveLabs"
        if self._facts.sending:
            found = await self._call(self._vendor.find_asset, self._facts.file_name)
            if found is not None:
                await self._remember(replace(self._facts, asset_id=found, found=True))
                return
        await self._remember(replace(self._facts, sending=True))
        sending = Sending(self._run, self._store, self._facts.file_name)

        async def show() -> None:
            while True:
                await self._run.report(State.PREPARING, sending.sent, stage)
                await asyncio.sleep(_TICK_SECONDS)

        showing = asyncio.create_task(show(), name="twelvelabs-sending")
        try:
            await self._made(
                lambda asset_id: replace(self._facts, asset_id=asset_id),
                sending.send,
                self._vendor,
            )
        finally:
            sending.stop()
            await end(showing)

    async def _asset_ready(self) -> None:
        pause = _FIRST_POLL_SECONDS
        while True:
            asset = await self._call(self._vendor.asset, self._facts.asset_id)
            if asset.status == "ready":
                return
            if asset.status == "failed":
                if not self._facts.found:
                    raise rejected(asset.words)
                await self._send_anew()
                continue
            await self._run.report(State.PREPARING, 1.0, "TwelveLabs is looking at the file")
            await asyncio.sleep(pause)
            pause = min(pause * _POLL_GROWTH, _LONGEST_POLL_SECONDS)

    async def _send_anew(self) -> None:
        """Puts a whole upload in the place of one that was cut off."""
        cut_off = self._facts.asset_id
        await self._remember(replace(self._facts, sending=False, asset_id="", found=False))
        with contextlib.suppress(Gone):
            await self._call(self._vendor.delete_asset, cut_off)
        await self._send()

    async def _wait(self) -> VendorTask:
        """Follows the vendor's task to its end."""
        task = self._run.task
        estimate = Estimate.of(task.video.duration, await self._limits.pace(task.engine))
        began = self._facts.asked_at / SECOND
        pause = _FIRST_POLL_SECONDS
        while True:
            found = await self._call(self._vendor.task, self._facts.task_id)
            if found.status == "ready":
                return found
            if found.status == "failed":
                # It never comes back: who retries asks for a new one, and pays for it.
                await self._remember(replace(self._facts, asked_at=0, task_id=""))
                raise rejected(found.words)
            elapsed = max(time.time() - began, 0.0)
            await self._run.report(
                State.PROCESSING,
                _VENDOR_SHARE * estimate.progress(elapsed),
                "TwelveLabs is embedding the video",
                eta=estimate.eta(elapsed),
                estimated=True,
            )
            await asyncio.sleep(pause)
            pause = min(pause * _POLL_GROWTH, _LONGEST_POLL_SECONDS)

    async def _gone(self, words: str) -> Exception:
        """What follows when the vendor does not know what it made for us, or what we ask with."""
        facts = self._facts
        if facts.task_id:
            if now() - facts.asked_at < _SPREAD_SECONDS * SECOND:
                return unavailable(f"it does not know its new task yet ({words})")
            lost = facts.lost + 1
            if lost >= _LOST_TASKS:
                await self._forget(lost=0)
                return rejected(f"it forgot the tasks that it made ({words}). Retry to ask again")
            await self._forget(lost=lost)
            return unavailable(f"it forgot its task ({words})")
        if facts.asset_id:
            await self._forget(lost=facts.lost)
            return unavailable(f"it no longer has the video ({words})")
        return rejected(words, 404)

    @asynccontextmanager
    async def _reading_frames(self) -> AsyncIterator[asyncio.Task[StoredTracks | None]]:
        """Makes the tracks of the frames while the vendor works."""

        async def progressed(fraction: float, _: float) -> None:
            self._frames_read = fraction

        making = self._frame_tracks.make(self._run, progressed)
        reading = asyncio.create_task(making, name="frame-track")
        try:
            yield reading
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await reading

    async def _finished(self, frames: asyncio.Task[StoredTracks | None]) -> StoredTracks | None:
        while not frames.done():
            share = _VENDOR_SHARE + (1.0 - _VENDOR_SHARE) * self._frames_read
            await self._run.report(State.PROCESSING, share, "Reading every frame")
            await asyncio.wait([frames], timeout=_TICK_SECONDS)
        return frames.result()

    async def _made(
        self, facts: Callable[[str], Facts], call: Callable[..., str], *given: Any, **options: Any
    ) -> None:
        """Calls what makes something at the vendor, and remembers its id whatever happens."""
        making = asyncio.ensure_future(self._call(call, *given, **options))
        try:
            made = await asyncio.shield(making)
        except asyncio.CancelledError:
            # The answer is on its way: lost, it would be made a second time.
            await asyncio.wait([making], timeout=_LAST_WORD_SECONDS)
            if making.done() and not making.cancelled() and making.exception() is None:
                await self._remember(facts(making.result()))
            raise
        await self._remember(facts(made))

    async def _forget(self, *, lost: int) -> None:
        """Nothing of what was made is left, but how often that happened."""
        await self._remember(Facts(file_name=self._facts.file_name, lost=lost))

    async def _remember(self, facts: Facts) -> None:
        self._facts = facts
        await self._run.remember(facts.written())

    async def _call(self, call: Callable[..., Answer], *given: Any, **options: Any) -> Answer:
        """One call to the vendor, when its rate limit allows.

        Raises RateLimited when that takes longer than is worth waiting for here.
        """
        workspace = self._run.task.workspace
        while True:
            await self._wait_for_limit(workspace)
            try:
                answer = await self._connection.call(call, *given, **options)
            except RateLimited as limited:
                await self._limit(workspace, limited.seconds)
                continue
            if self._vendor.pause:
                await self._limit(workspace, self._vendor.pause)
                self._vendor.pause = 0.0
            return answer

    async def _wait_for_limit(self, workspace: str) -> None:
        while True:
            wait = (await self._limits.limited_until(workspace, VENDOR) - now()) / SECOND
            if wait <= 0:
                return
            if wait > _PATIENCE_SECONDS:
                raise RateLimited(VENDOR, wait)
            await asyncio.sleep(min(wait, _LONGEST_POLL_SECONDS))

    async def _limit(self, workspace: str, seconds: float) -> None:
        await self._limits.limit_rate(workspace, VENDOR, now() + round(seconds * SECOND))
