"""The process that has everything imported, and forks each process that the service asks for.

Imports take many times as long as a fork. A template never sees a file: a job is done by a fork,
which is confined like any other process. It ends when the service does, and its forks with it.

Its input is a socket. A record asks for a fork, and comes with the ends of pipes that the fork
takes for its input, output and error output; records tell of beginnings and ends.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
from contextlib import suppress

from services.mediakit.sandbox.confine import end_with_parent

ARGUMENT = "template"
"""The argument that makes a template of a confined process's module."""

RECORD = struct.Struct("<cIi")
"""What it says; the number of the fork; how it ended, as the system reports it."""

FORK, KILL, BEGUN, ENDED = b"f", b"k", b"b", b"e"
PIPES = 3
_FAILED = 1


def fork_on_demand() -> None:
    """Be the template: returns in each fork, and nowhere else. No thread may have been started."""
    template = os.getpid()
    # What is there already is never looked through, or written to, in a fork.
    gc.freeze()
    control = socket.socket(fileno=os.dup(0))
    events = select.poll()
    events.register(control, select.POLLIN)
    numbers: dict[int, int] = {}  # by the descriptor of a fork's process
    while True:
        for descriptor, _ in events.poll():
            if descriptor in numbers:
                events.unregister(descriptor)
                _tell(control, ENDED, numbers.pop(descriptor), _fetched(descriptor))
                continue
            data, pipes, _, _ = socket.recv_fds(control, RECORD.size, PIPES)
            if len(data) != RECORD.size:
                os._exit(0)  # the service has no more jobs, or has gone
            what, number, _ = RECORD.unpack(data)
            if what == KILL:
                _kill([each for each, its in numbers.items() if its == number])
                continue
            if len(pipes) != PIPES:
                os._exit(_FAILED)  # this process has as much open as it may
            try:
                process = os.fork()
            except OSError:
                _close(pipes)
                _tell(control, ENDED, number, _FAILED)
                continue
            if process == 0:
                control.close()
                _begin(pipes, template)
                return
            _close(pipes)
            forked = os.pidfd_open(process)
            numbers[forked] = number
            events.register(forked, select.POLLIN)
            _tell(control, BEGUN, number)


def _begin(pipes: list[int], template: int) -> None:
    """What makes a process of a fork: a session, pipes, and nothing else of its template's."""
    os.setsid()
    end_with_parent()
    if os.getppid() != template:
        os._exit(_FAILED)  # it has gone already
    for target, pipe in enumerate(pipes):
        os.dup2(pipe, target)
    opened = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    for descriptor in opened:
        if descriptor >= PIPES:
            with suppress(OSError):  # the folder itself
                os.close(descriptor)


def _tell(control: socket.socket, what: bytes, number: int, code: int = 0) -> None:
    try:
        control.sendall(RECORD.pack(what, number, code))
    except OSError:
        os._exit(0)  # the service has gone


def _fetched(descriptor: int) -> int:
    """How a process has ended."""
    found = os.waitid(os.P_PIDFD, descriptor, os.WEXITED)
    os.close(descriptor)
    if found is None:
        return _FAILED
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


def _kill(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)


def _close(pipes: list[int]) -> None:
    for pipe in pipes:
        os.close(pipe)
