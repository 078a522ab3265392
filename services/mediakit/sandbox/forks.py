"""The service's side of a template: forks that are used like processes of asyncio.

Forks of one template lie in memory alike, so that one which crashes could tell how to attack the
next. A template of which a fork has crashed is `spoiled`: whoever has it takes another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Self

from services.mediakit.sandbox.template import (
    ARGUMENT,
    BEGUN,
    ENDED,
    FORK,
    KILL,
    PIPES,
    RECORD,
)

_BEGIN_SECONDS = 60.0
_STOP_SECONDS = 1.0


class Fork:
    """A forked process; its attributes are those of asyncio's."""

    def __init__(self, template: Template, number: int) -> None:
        loop = asyncio.get_running_loop()
        self._template = template
        self._number = number
        self.begun: asyncio.Future[bool] = loop.create_future()
        self.end: asyncio.Future[int] = loop.create_future()
        self.was_killed = False
        self.stdin: StreamWriter | None = None
        self.stdout: StreamReader | None = None
        self.stderr: StreamReader | None = None

    @property
    def returncode(self) -> int | None:
        return self.end.result() if self.end.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self.end)

    def kill(self) -> None:
        self.was_killed = True
        self._template.send(KILL, self._number)

    def give_up(self) -> None:
        """Nobody will wait for it."""
        self.kill()
        if self.stdin is not None:
            self.stdin.close()

    def has_begun(self) -> None:
        """The template says that the fork runs; heard again, it changes nothing."""
        if not self.begun.done():
            self.begun.set_result(True)

    def ended(self, code: int) -> None:
        """The template says how it ended; whoever waits for it to begin stops waiting, too."""
        if not self.begun.done():
            self.begun.set_result(False)
        if not self.end.done():
            self.end.set_result(code)

    async def connect(self, requests: int, answers: int, output: int) -> None:
        """Takes this side's ends of the pipes."""
        loop = asyncio.get_running_loop()
        writing, protocol = await loop.connect_write_pipe(
            lambda: StreamReaderProtocol(StreamReader()), os.fdopen(requests, "wb", buffering=0)
        )
        self.stdin = StreamWriter(writing, protocol, None, loop)
        self.stdout = await _reader_of(answers)
        self.stderr = await _reader_of(output)


class Template:
    """A template that was started. One that is spoiled ends with the last of its forks."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        control: socket.socket,
        told: StreamReader,
        transport: StreamWriter,
    ) -> None:
        self._process = process
        self._control = control
        self._transport = transport
        self._count = 0
        self._forks: dict[int, Fork] = {}
        self.spoiled = False
        self._hearing = asyncio.create_task(self._hear(told), name="sandbox-template")

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str]) -> Self:
        """command: what runs the module. Raises OSError."""
        control, its_input = socket.socketpair()
        with ExitStack() as given_up, its_input:
            given_up.callback(control.close)
            process = await asyncio.create_subprocess_exec(
                *command,
                ARGUMENT,
                stdin=its_input.fileno(),
                stdout=DEVNULL,
                stderr=DEVNULL,
                start_new_session=True,
                env=environment,
            )
            control.setblocking(False)
            told, transport = await asyncio.open_connection(sock=control)
            given_up.pop_all()
        return cls(process, control, told, transport)

    @property
    def has_ended(self) -> bool:
        """Whether it is gone, or given up after one of its forks crashed."""
        return self._hearing.done()

    @property
    def usable(self) -> bool:
        """Whether another fork may be asked for."""
        return not self.spoiled and not self.has_ended

    async def fork(self) -> Fork:
        """Another process. Raises OSError when there can be none."""
        if not self.usable:
            raise OSError("the template has ended")
        pipes = [os.pipe() for _ in range(PIPES)]
        (its_input, requests), (answers, its_output), (output, its_errors) = pipes
        self._count += 1
        fork = self._forks[self._count] = Fork(self, self._count)
        self.send(FORK, self._count, its_ends := [its_input, its_output, its_errors])
        for end in its_ends:
            os.close(end)
        try:
            await fork.connect(requests, answers, output)
            async with asyncio.timeout(_BEGIN_SECONDS):
                begun = await fork.begun
        except BaseException as error:
            # One that does not begin in so long a time will not begin in the next.
            self.spoiled |= isinstance(error, TimeoutError)
            fork.give_up()
            raise
        if not begun:
            raise OSError("the template could not fork")
        return fork

    def send(self, what: bytes, number: int, pipes: Sequence[int] = ()) -> None:
        """Tells the process what to do with fork `number`. One that is gone takes it silently."""
        with contextlib.suppress(OSError):  # its end is heard elsewhere
            socket.send_fds(self._control, [RECORD.pack(what, number, 0)], pipes)

    async def close(self) -> None:
        """Ends it, and what is left of its forks."""
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            pass
        finally:
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()

    async def _hear(self, told: StreamReader) -> None:
        try:
            while True:
                what, number, code = RECORD.unpack(await told.readexactly(RECORD.size))
                if what == BEGUN:
                    self._forks[number].has_begun()
                elif what == ENDED:
                    fork = self._forks.pop(number)
                    fork.ended(code)
                    self.spoiled |= code < 0 and not fork.was_killed
                if self.spoiled and not self._forks:
                    return
        except (asyncio.IncompleteReadError, OSError):
            pass  # the template has gone
        finally:
            self._transport.close()
            for fork in self._forks.values():
                fork.ended(-signal.SIGKILL)  # they go with it


async def _reader_of(pipe: int) -> StreamReader:
    reader = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    return reader
