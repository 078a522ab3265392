"""What code inside the sandbox tries once a file has taken it over; each answer is what it got."""

from __future__ import annotations

import ctypes
import os
import socket
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from services.mediakit.sandbox.child import Channel, Job, serve
from services.mediakit.sandbox.confine import MEMORY_BYTES
from services.mediakit.sandbox.messages import Message


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        return f"got {attempt()!r}"
    except (OSError, MemoryError) as error:
        return type(error).__name__


def _in_a_thread() -> str:
    heard: list[str] = []
    thread = threading.Thread(target=lambda: heard.append("ran"))
    thread.start()
    thread.join()
    return heard[0]


def environment(file: BinaryIO, channel: Channel) -> Message:
    return Message("done", {"names": sorted(os.environ)})


def attempts(file: BinaryIO, channel: Channel, *, secret: str, port: int) -> Message:
    def connect() -> None:
        socket.create_connection(("127.0.0.1", port), timeout=5)

    tried: dict[str, Callable[[], object]] = {
        "read": lambda: open(secret).read(),  # noqa: PTH123, SIM115
        "list": lambda: os.listdir("/"),  # noqa: PTH208
        "parent": lambda: open(f"/proc/{os.getppid()}/environ", "rb").read(),  # noqa: PTH123, SIM115
        "write": lambda: open(f"{secret}.new", "w"),  # noqa: PTH123, SIM115
        "connect": connect,
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "kill": lambda: os.kill(os.getppid(), 0),
        "allocate": lambda: bytearray(MEMORY_BYTES),
        "thread": _in_a_thread,
    }
    return Message("done", {name: _outcome(attempt) for name, attempt in tried.items()})


def descriptors(file: BinaryIO, channel: Channel) -> Message:
    """What is open, and what kind of file it is."""
    found: dict[str, int] = {}
    for descriptor in range(64):
        with suppress(OSError):
            found[str(descriptor)] = stat.S_IFMT(os.fstat(descriptor).st_mode)
    return Message("done", found)


def parent(file: BinaryIO, channel: Channel) -> Message:
    return Message("done", {"id": os.getppid()})


def crash(file: BinaryIO, channel: Channel) -> Message:
    ctypes.string_at(0)
    return Message("done")


def lie(file: BinaryIO, channel: Channel, *, offset: int, length: int) -> Message:
    channel.fetch(offset, length)
    return Message("done")


def read(file: BinaryIO, channel: Channel) -> Message:
    return Message("done", body=file.read())


def spin(file: BinaryIO, channel: Channel) -> Message:
    while True:
        ctypes.CDLL(None).getpid()


if __name__ == "__main__":
    jobs: dict[str, Job] = {
        "attempts": attempts,
        "crash": crash,
        "descriptors": descriptors,
        "environment": environment,
        "lie": lie,
        "parent": parent,
        "read": read,
        "spin": spin,
    }
    serve(jobs, niceness=0, prepare=lambda: None)
