"""Has files looked into by confined processes, and judges how they ended."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import accumulate
from types import TracebackType
from typing import Any, Protocol, Self

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.ports import Filmstrip, MediaFacts, Still, Waveform
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox.budget import Budget
from services.mediakit.sandbox.conversation import SourceUnavailable
from services.mediakit.sandbox.messages import Message
from services.mediakit.sandbox.process import ProcessDied, Sandbox
from services.mediakit.source import FetchRange
from services.mediakit.technical.facts import TechnicalFacts
from services.mediakit.technical.json_form import unpacked
from services.servicekit.errors import SageError

log = structlog.get_logger()

_WORKER = "services.ingest.media.worker"
_ATTEMPTS = 2
# A file that must be read to its end is given the time for that at this speed.
_SLOWEST_BYTES_PER_SECOND = 20_000_000
# The sound of a whole file is given the time that sixteen tracks of it need, at so many times the
# speed at which it plays.
_SLOWEST_SOUND = 10.0
_RETRY_SECONDS = 2.0
_STILL_SECONDS = 5.0


class Ranges(Protocol):
    """Where the files lie."""

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Blocks. Raises KeyError when there is no such object, and SageError."""
        ...


class MediaProcesses:
    """Looks into files, each in a process of its own; entered as a context manager, it keeps
    processes started for the next ones.

    ready: how many processes wait for the next files. seconds: how long one may take besides
    reading the file.
    """

    def __init__(self, store: Ranges, *, ready: int, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._sandbox = Sandbox(_WORKER, ready=ready)

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
        """How many processes are at a file."""
        return self._sandbox.running

    async def probe(self, key: str, size: int) -> MediaFacts:
        return MediaFacts(**(await self._run("probe", key, size)).values)

    async def filmstrip(
        self, key: str, size: int, *, times: Sequence[float], tile_height: int
    ) -> Filmstrip:
        found = await self._run("filmstrip", key, size, times=list(times), tile_height=tile_height)
        return Filmstrip(**found.values, jpeg=found.body)

    async def stills(
        self, key: str, size: int, *, times: Sequence[float], height: int
    ) -> Sequence[Still]:
        # Each may need a jump and the pictures from a key frame on.
        more = len(times) * _STILL_SECONDS
        found = await self._run("stills", key, size, more=more, times=list(times), height=height)
        ends = list(accumulate(found.values["sizes"]))
        return [
            Still(**values, jpeg=found.body[start:end])
            for values, start, end in zip(found.values["stills"], [0, *ends], ends, strict=False)
        ]

    async def waveform(
        self, key: str, size: int, *, start: float, end: float, count: int
    ) -> Waveform:
        found = await self._run("waveform", key, size, start=start, end=end, count=count)
        return Waveform(**found.values)

    async def technical(
        self, key: str, size: int, *, duration: float, whole: bool
    ) -> TechnicalFacts:
        more = duration / _SLOWEST_SOUND if whole else 0.0
        found = await self._run("technical", key, size, more=more, whole=whole)
        return unpacked(found.body)

    async def _run(
        self, job: str, key: str, size: int, *, more: float = 0.0, **options: Any
    ) -> Message:
        """more: seconds that the job may take besides what any job may."""
        seconds = self._seconds + more + size / _SLOWEST_BYTES_PER_SECOND
        # The second attempt is for a process that somebody else ended.
        for _ in range(_ATTEMPTS):
            try:
                return await self._sandbox.run(
                    job,
                    options,
                    size=size,
                    fetch=ranges_of(self._store, key),
                    budget=Budget(base=seconds),
                    cpu_seconds=round(seconds * (os.cpu_count() or 1)) + 1,
                )
            except SourceUnavailable as error:
                raise store_silent(error) from error
            except ProcessDied as error:
                judge(error)
        raise MediaError(
            MediaReason.UNDECODABLE,
            "The file makes the decoder fail. Export the video again, or in another format.",
        )


def ranges_of(store: Ranges, key: str) -> FetchRange:
    """Reads a stored file for a confined process."""

    def fetch(offset: int, length: int) -> bytes:
        try:
            return store.read_range(key, offset, length)
        except (KeyError, SageError) as error:
            raise SourceUnavailable(f"the file can't be read: {error}") from error

    return fetch


def judge(error: ProcessDied) -> None:
    """A signal ends a faulty decoder. Raises RuntimeError for a fault of ours."""
    log.warning("media_process_failed", code=error.exit_code, errors=error.output)
    if error.exit_code >= 0:
        raise RuntimeError(f"the process for media ended with {error.exit_code}") from error


def store_silent(error: SourceUnavailable) -> SageError:
    """What it means to a caller that a file could not be read."""
    log.warning("store_unreachable", error=str(error))
    return SageError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "The store for videos does not answer at the moment. Nothing is lost; try again.",
        retry_after=_RETRY_SECONDS,
    )
