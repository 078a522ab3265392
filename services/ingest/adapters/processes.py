"""Runs the processes that look into files, and judges how they ended."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from asyncio.subprocess import Process
from datetime import timedelta
from typing import Any

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.adapters.ready_processes import ReadyProcesses, end
from services.ingest.ports import Filmstrip, MediaFacts, UrlSigner, Waveform
from services.mediakit.errors import MediaError, MediaReason
from services.servicekit.errors import SageError

log = structlog.get_logger()

_WORKER = "services.ingest.media.worker"
_PASSED_ON = ("PATH", "LANG", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
_ATTEMPTS = 2
# A file that must be read to its end is given the time for that at this speed.
_SLOWEST_BYTES_PER_SECOND = 20_000_000
_RETRY_SECONDS = 2.0
_LOGGED_CHARACTERS = 2000


class MediaProcesses:
    """Looks into files, each in a process of its own.

    ready: how many processes wait for the next files once it was started. seconds: how long one may
    take besides reading the file.
    """

    def __init__(self, signer: UrlSigner, *, ready: int, seconds: float) -> None:
        self._signer = signer
        self._processes = ReadyProcesses(_start_process, ready)
        self._seconds = seconds

    def start(self) -> None:
        """Begins to keep processes ready."""
        self._processes.fill()

    async def stop(self) -> None:
        """Ends the processes that wait."""
        await self._processes.stop()

    async def probe(self, key: str, size: int) -> MediaFacts:
        return MediaFacts(**await self._run("probe", key, size))

    async def filmstrip(
        self, key: str, size: int, *, duration: float, count: int, tile_height: int
    ) -> Filmstrip:
        found = await self._run(
            "filmstrip", key, size, duration=duration, count=count, tile_height=tile_height
        )
        return Filmstrip(**{**found, "jpeg": base64.b64decode(found["jpeg"])})

    async def waveform(self, key: str, size: int, *, duration: float, count: int) -> Waveform:
        return Waveform(**await self._run("waveform", key, size, duration=duration, count=count))

    async def _run(self, job: str, key: str, size: int, **options: Any) -> dict[str, Any]:
        seconds = self._seconds + size / _SLOWEST_BYTES_PER_SECOND
        # The second attempt is for a process that somebody else ended.
        for _ in range(_ATTEMPTS):
            url = await self._signer.sign(key, lifetime=timedelta(seconds=2 * seconds))
            request = {"job": job, "url": url, "size": size, **options}
            answer = await _answer_of_process(await self._processes.take(), request, seconds)
            if answer is not None:
                return _result(answer)
        raise MediaError(
            MediaReason.UNDECODABLE,
            "The file makes the decoder fail. Export the video again, or in another format.",
        )


def _result(answer: dict[str, Any]) -> dict[str, Any]:
    if "refused" in answer:
        refused = answer["refused"]
        raise MediaError(MediaReason(refused["reason"]), refused["message"])
    if "store" in answer:
        log.warning("store_unreachable", error=answer["store"])
        raise SageError(
            ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
            "The store for videos does not answer at the moment. Nothing is lost; try again.",
            retry_after=_RETRY_SECONDS,
        )
    result: dict[str, Any] = answer["result"]
    return result


async def _start_process() -> Process:
    """Starts a process that reads its request when it is given one."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _WORKER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Ctrl-C at a terminal is for the service, which decides what becomes of its processes.
        start_new_session=True,
        env={
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )


async def _answer_of_process(
    process: Process, request: dict[str, Any], seconds: float
) -> dict[str, Any] | None:
    """What the process says; None when it was ended by a signal, as a faulty decoder would be.

    Raises MediaError when it takes too long, RuntimeError for a fault of ours.
    """
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise RuntimeError("the process has no pipes")
    try:
        async with asyncio.timeout(seconds):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            # Left open: its end tells the process that we are gone.
            output, errors = await asyncio.gather(process.stdout.read(), process.stderr.read())
            code = await process.wait()
    except TimeoutError:
        raise MediaError(
            MediaReason.UNDECODABLE,
            f"Looking into the file took longer than {seconds:.0f} s. "
            "Export the video again, or in another format.",
        ) from None
    finally:
        await end(process)
    if code == 0:
        answer: dict[str, Any] = json.loads(output)
        return answer
    log.warning("media_process_failed", code=code, errors=errors.decode()[-_LOGGED_CHARACTERS:])
    if code > 0:
        raise RuntimeError(f"the process for media ended with {code}")
    return None
