"""Has proxies encoded by confined processes, and judges how they ended."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from services.ingest.adapters.processes import Ranges, judge, ranges_of, store_silent
from services.ingest.media.proxy import PROXY
from services.ingest.proxies.delivery import Misplaced
from services.ingest.proxies.making import OnProgress, TakePiece
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox.budget import Budget
from services.mediakit.sandbox.conversation import SourceUnavailable
from services.mediakit.sandbox.messages import Garbled, Message
from services.mediakit.sandbox.process import ProcessDied, Sandbox

_WORKER = "services.ingest.media.proxy.worker"
# No file keeps its process for longer than this, and so many times what has been done of it plays:
# it gets only the cores that nothing else wants.
_BASE_SECONDS = 120.0
_TIMES_PLAYED = 60.0


class ProxyProcesses:
    """One process for each proxy; entered as a context manager, it forks them from a template."""

    def __init__(self, store: Ranges) -> None:
        self._store = store
        self._sandbox = Sandbox(_WORKER, ready=0)

    async def __aenter__(self) -> Self:
        await self._sandbox.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sandbox.__aexit__(kind, error, trace)

    @property
    def running(self) -> int:
        """How many processes are at a proxy."""
        return self._sandbox.running

    async def encode(
        self,
        key: str,
        size: int,
        *,
        duration: float,
        take: TakePiece,
        on_progress: OnProgress,
    ) -> None:
        """Raises MediaError, SageError and what `take` raises."""
        budget = Budget(base=_BASE_SECONDS, share=_TIMES_PLAYED)

        async def heard(message: Message) -> None:
            if message.kind == "progress":
                on_progress(float(message.values["fraction"]))
                return
            # A store that is slow is not the file's fault.
            with budget.fetching():
                try:
                    await take(int(message.values["at"]), message.body)
                except Misplaced as error:
                    raise Garbled(str(error)) from error

        most = (_BASE_SECONDS + _TIMES_PLAYED * duration) * (os.cpu_count() or 1)
        try:
            await self._sandbox.run(
                PROXY,
                {"duration": duration},
                size=size,
                fetch=ranges_of(self._store, key),
                budget=budget,
                cpu_seconds=round(most),
                on_message=heard,
            )
        except SourceUnavailable as error:
            raise store_silent(error) from error
        except ProcessDied as error:
            judge(error)
            raise MediaError(
                MediaReason.UNDECODABLE,
                "The file makes the decoder fail, so no preview copy can be made of it. Export the "
                "video again, or in another format.",
            ) from error
