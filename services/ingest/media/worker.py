"""A process that looks into one file and goes: `python -m services.ingest.media.worker`.

Files come from strangers and decoders have faults, so this process has no credentials, only a
presigned URL of the one file; its memory is bounded, it cannot write files, and whatever becomes of
it the service goes on.

It reads one line of JSON, {"job", "url", "size", ...options}, from standard input, and writes one
line of JSON to standard output: {"result": ...}, {"refused": {"reason", "message"}} when there is
nothing to be found in the file, or {"store": "..."} when the store did not give it. When its
standard input ends, its parent is gone and it ends too.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import resource
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from services.ingest.media.filmstrip import make_filmstrip
from services.ingest.media.remote import StoreError, open_url
from services.ingest.media.waveform import make_waveform
from services.ingest.ports import MediaFacts
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.probe import probe

_MEMORY_BYTES = 4 << 30
_POLITENESS = 5


def _probe(file: BinaryIO) -> dict[str, Any]:
    found = probe(file)
    return {fact.name: getattr(found, fact.name) for fact in dataclasses.fields(MediaFacts)}


def _filmstrip(file: BinaryIO, **options: Any) -> dict[str, Any]:
    filmstrip = make_filmstrip(file, **options)
    return {**dataclasses.asdict(filmstrip), "jpeg": base64.b64encode(filmstrip.jpeg).decode()}


def _waveform(file: BinaryIO, **options: Any) -> dict[str, Any]:
    return dataclasses.asdict(make_waveform(file, **options))


_JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    "probe": _probe,
    "filmstrip": _filmstrip,
    "waveform": _waveform,
}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Does what the request says."""
    job = _JOBS[request.pop("job")]
    with open_url(request.pop("url"), request.pop("size")) as file:
        try:
            return {"result": job(file, **request)}
        except MediaError as error:
            return {"refused": {"reason": error.reason, "message": error.message}}
        except MemoryError:
            return {
                "refused": {
                    "reason": MediaReason.UNDECODABLE,
                    "message": "The video takes more memory to decode than SAGE allows. "
                    "Export it with a lower resolution.",
                }
            }
        except StoreError as error:
            return {"store": str(error)}


def _confine() -> None:
    os.nice(_POLITENESS)
    for kind, limit in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(kind, (limit, limit))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    line = sys.stdin.buffer.readline()
    if not line:
        return  # started ahead, and never needed
    request = json.loads(line)
    _confine()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps(answer(request)) + "\n")
    sys.stdout.flush()
    # The thread that waits for the parent holds standard input's lock, on which a regular end
    # of the interpreter would stumble.
    os._exit(0)


if __name__ == "__main__":
    main()
