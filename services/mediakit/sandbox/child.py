"""The confined process's side: takes one job, reads its file through the parent, answers, ends.

Its input stays open for as long as the answer is wanted: when it is closed, because the job was
cancelled or the parent has died, the work stops.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, BinaryIO, cast

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox import messages
from services.mediakit.sandbox.cancellation import Cancellation
from services.mediakit.sandbox.confine import confine, end_with_parent, limit_cpu
from services.mediakit.sandbox.messages import Message
from services.mediakit.sandbox.template import ARGUMENT, fork_on_demand
from services.mediakit.source import RangeReader


class Unreadable(OSError):
    """The parent could not give the file's bytes."""


class Channel:
    """The way to the parent; usable from any thread."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._lock = threading.Lock()
        self._unwanted = threading.Event()
        self._wanted: dict[int, Future[bytes]] = {}
        self._number = 0

    def send(self, message: Message) -> None:
        """Writes a message whole, beside other threads too. Raises OSError without a parent."""
        data = messages.packed(message)
        with self._lock:
            self._answers.write(data)
            self._answers.flush()

    def progressed(self, fraction: float, seconds: float) -> None:
        """fraction: 0..1. seconds: how much of the video that is."""
        self.send(Message("progress", {"fraction": fraction, "seconds": seconds}))

    def give(self, part: str, piece: bytes) -> None:
        """The next piece of a part of the result."""
        self.send(Message("piece", {"part": part}, piece))

    def cancelled(self) -> bool:
        """Whether the parent has closed its end: it gave the job up, or died."""
        return self._unwanted.is_set()

    def fetch(self, offset: int, length: int) -> bytes:
        """Bytes of the file. Raises Unreadable, or Cancellation when nobody waits any more."""
        future: Future[bytes] = Future()
        with self._lock:
            if self._unwanted.is_set():
                raise Cancellation
            self._number += 1
            number = self._number
            self._wanted[number] = future
        self.send(Message("fetch", {"number": number, "offset": offset, "length": length}))
        return future.result()

    def listen(self) -> None:
        """Take what the parent sends, until it closes the input."""
        try:
            while True:
                message = messages.read(self._requests)
                with self._lock:
                    future = self._wanted.pop(message.values["number"])
                if message.kind == "bytes":
                    future.set_result(message.body)
                else:
                    future.set_exception(Unreadable(message.values["message"]))
        except EOFError:
            with self._lock:
                self._unwanted.set()
                waiting = list(self._wanted.values())
            for future in waiting:
                future.set_exception(Cancellation())


Job = Callable[..., Message]
"""Called with the file, the channel and the request's options; returns the last message, "done"."""


def serve(jobs: Mapping[str, Job], *, niceness: int, prepare: Callable[[], object]) -> None:
    """Be the process: prepare, give everything up, do the one job that is asked for, end.

    Or be the template of such processes, when the command says so. prepare: loads what takes time
    or needs files, while no job is there yet, and may start threads.
    """
    end_with_parent()
    os.nice(niceness)
    if sys.argv[1:] == [ARGUMENT]:
        fork_on_demand()
    answers = _private_output()
    prepare()
    for missing in confine():
        sys.stderr.write(f"not confined: {missing}\n")
        sys.stderr.flush()
    try:
        request = messages.read(sys.stdin.buffer)
    except EOFError:
        return  # the parent has no more jobs, or has gone
    channel = Channel(sys.stdin.buffer, answers)
    threading.Thread(target=channel.listen, daemon=True).start()
    values = request.values
    limit_cpu(values["cpu_seconds"])
    channel.send(_answer(jobs[values["job"]], channel, values["size"], values["options"]))
    # Nothing is left to clean up, and the listening thread would keep the interpreter waiting.
    os._exit(0)


def _answer(job: Job, channel: Channel, size: int, options: dict[str, Any]) -> Message:
    try:
        with RangeReader(size, channel.fetch) as file:
            return job(cast(BinaryIO, file), channel, **options)
    except MediaError as error:
        return Message(
            "refused",
            {
                "reason": error.reason,
                "message": error.message,
                "read_seconds": error.read_seconds,
                "announced_seconds": error.announced_seconds,
            },
        )
    except MemoryError:
        return Message(
            "refused",
            {
                "reason": MediaReason.UNDECODABLE,
                "message": "The video takes more memory to decode than SAGE allows. "
                "Export it with a lower resolution.",
            },
        )
    except Unreadable as error:
        return Message("unreadable", {"message": str(error)})
    except Cancellation:
        return Message("cancelled")


def _private_output() -> BinaryIO:
    """The real output; what libraries print goes to the error output instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers
