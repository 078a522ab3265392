"""Takes proxies from the queue, one after the other, and keeps the lease of the one at hand."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Protocol

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.ports import Clock
from services.ingest.proxies.making import Making, NotHeld
from services.ingest.proxies.proxy import Proxy, failed, interrupted, ready
from services.mediakit.errors import MediaError
from services.servicekit.background import end
from services.servicekit.errors import SageError, reason_name

log = structlog.get_logger()

# What another replica was asked for, and what a dead one left, is found by looking.
_LOOK_SECONDS = 5.0
# How often progress is told and a lease renewed.
_BEAT_SECONDS = 2.0
# A lease lasts for several signs of life, and for several looks at it: whoever looks less often
# cannot tell that there was none.
_PER_LEASE = 5
_PAUSE_SECONDS = 10.0


class ProxyQueue(Protocol):
    """Proxies in the database, as replicas share them.

    All methods raise SageError(DEPENDENCY_UNAVAILABLE) when the database does not answer.
    """

    async def claim(self, owner: str, *, lease: float) -> Proxy | None:
        """Takes the next proxy: one that waits, or one whose replica was silent for `lease`
        seconds, of the workspace that was served longest ago. None when there is no work.

        Over which too many replicas died comes back FAILED.
        """
        ...

    async def beat(self, proxy: Proxy, progress: float) -> bool:
        """A sign of life; False when the proxy is not the attempt's any more."""
        ...

    async def settle(self, proxy: Proxy) -> bool:
        """Stores how the attempt ended; False when the proxy is not the attempt's any more."""
        ...


class ProxyWorker:
    """owner: names this replica. lease: after how much silence another one takes over."""

    def __init__(
        self, queue: ProxyQueue, making: Making, clock: Clock, *, owner: str, lease: timedelta
    ) -> None:
        self._queue = queue
        self._making = making
        self._clock = clock
        self._owner = owner
        self._lease = lease.total_seconds()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There may be work."""
        self._news.set()

    async def run(self) -> None:
        """Works until it is cancelled; what is at hand then goes back into the queue."""
        while True:
            self._news.clear()
            try:
                if await self.work():
                    continue
                pause = min(_LOOK_SECONDS, self._lease / _PER_LEASE)
            except SageError as error:
                log.warning("proxies_held_up", reason=error.reason_name)
                pause = _PAUSE_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def work(self) -> bool:
        """Sees one proxy through; False when there is none.

        Raises SageError when something that is needed does not answer; the proxy waits then.
        """
        proxy = await self._queue.claim(self._owner, lease=self._lease)
        if proxy is None:
            return False
        if not proxy.running:
            log.error("proxy_given_up", key=proxy.object_key, reason=proxy.failure_reason)
            return True
        await self._see_through(proxy)
        return True

    async def _see_through(self, proxy: Proxy) -> None:
        progress = 0.0

        def note(share: float) -> None:
            nonlocal progress
            progress = share

        making = asyncio.create_task(self._making.make(proxy, note), name="proxy")
        beat = min(_BEAT_SECONDS, self._lease / _PER_LEASE)
        try:
            while not (await asyncio.wait({making}, timeout=beat))[0]:
                if not await self._holds(proxy, progress):
                    return
            await self._judged(proxy, making)
        except asyncio.CancelledError:
            await end(making)
            await self._queue.settle(interrupted(proxy, None, self._clock()))
            raise
        finally:
            await end(making)

    async def _holds(self, proxy: Proxy, progress: float) -> bool:
        try:
            return await self._queue.beat(proxy, progress)
        except SageError:
            return True  # the lease outlives a short absence of the database

    async def _judged(self, proxy: Proxy, making: asyncio.Task[Proxy]) -> None:
        now = self._clock()
        try:
            made = making.result()
        except NotHeld:
            return
        except MediaError as error:
            await self._fail(proxy, str(error.reason), error.message)
        except SageError as error:
            if error.reason == ErrorReason.ERROR_REASON_STORAGE_FULL:
                await self._fail(proxy, error.reason_name, error.message)
                return
            if await self._queue.settle(interrupted(proxy, error, now)):
                raise
        except Exception:
            log.exception("proxy_failed", key=proxy.object_key)
            reason = reason_name(ErrorReason.ERROR_REASON_INTERNAL)
            await self._fail(proxy, reason, "The preview copy could not be made.")
        else:
            if await self._queue.settle(ready(made, now)):
                log.info("proxy_ready", key=made.store_key)
            else:
                await self._making.discard(made)

    async def _fail(self, proxy: Proxy, reason: str, message: str) -> None:
        log.warning("proxy_failed", key=proxy.object_key, reason=reason)
        await self._queue.settle(failed(proxy, reason, message, self._clock()))
