"""What is said with a confined process about one job: it is asked, reads its file, and answers."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import FIRST_COMPLETED
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox import messages
from services.mediakit.sandbox.budget import Budget
from services.mediakit.sandbox.messages import Garbled, Message
from services.mediakit.source import FetchRange

OnMessage = Callable[[Message], Awaitable[None]]
"""Awaited with each message of progress and each piece of the result."""

_MOST_FETCHED_BYTES = 16 << 20


class SourceUnavailable(Exception):
    """The bytes of the video can't be read now; another try may succeed."""


class Conversation:
    """One job's: asks, serves ranges of the file, hears the answer."""

    def __init__(
        self,
        requests: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        size: int,
        fetch: FetchRange,
        fetchers: Executor,
        budget: Budget,
        on_message: OnMessage | None,
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._size = size
        self._fetch = fetch
        self._fetchers = fetchers
        self._budget = budget
        self._on_message = on_message
        self._fetches: set[asyncio.Task[None]] = set()
        # What a fetch raised that is nobody's fault but ours.
        self._defect: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    async def hold(self, request: Message) -> Message:
        """The answer, once every read of the file is served.

        Raises MediaError(UNDECODABLE) when the budget is used up, what the process answers as its
        failure, and what made serving it impossible.
        """
        hearing = asyncio.create_task(self._hear(request), name="sandbox-job")
        try:
            either: set[asyncio.Future[Any]] = {hearing, self._defect}
            while not hearing.done():
                left = self._budget.left
                if left <= 0:
                    raise MediaError(
                        MediaReason.UNDECODABLE,
                        f"Looking into the file took longer than {self._budget.allowed:.0f} s. "
                        "Export the video again, or in another format.",
                    )
                await asyncio.wait(either, timeout=left, return_when=FIRST_COMPLETED)
                if self._defect.done():
                    raise self._defect.result()
            return hearing.result()
        finally:
            for task in (hearing, *self._fetches):
                task.cancel()
            await asyncio.gather(hearing, *self._fetches, return_exceptions=True)

    async def _hear(self, request: Message) -> Message:
        await self._send(request)
        while True:
            message = await messages.receive(self._answers)
            values = message.values
            match message.kind:
                case "fetch":
                    self._begin_fetch(values)
                case "progress" | "piece":
                    if message.kind == "progress":
                        self._budget.done(float(values["seconds"]))
                    if self._on_message is not None:
                        await self._on_message(message)
                case "done":
                    return message
                case "refused":
                    raise MediaError(
                        MediaReason(values["reason"]),
                        str(values["message"]),
                        read_seconds=values.get("read_seconds"),
                        announced_seconds=values.get("announced_seconds"),
                    )
                case "unreadable":
                    raise SourceUnavailable(str(values["message"]))
                case other:
                    raise Garbled(f"a confined process says {other!r}")

    def _begin_fetch(self, values: dict[str, Any]) -> None:
        number, offset, length = (int(values[name]) for name in ("number", "offset", "length"))
        inside = offset >= 0 and 0 < length <= _MOST_FETCHED_BYTES
        if not inside or offset + length > self._size or len(self._fetches) > 4:
            raise Garbled(f"a confined process asks for {length} bytes at {offset}")
        task = asyncio.create_task(self._serve(number, offset, length), name="sandbox-fetch")
        self._fetches.add(task)
        task.add_done_callback(self._fetches.discard)

    async def _serve(self, number: int, offset: int, length: int) -> None:
        try:
            with self._budget.fetching():
                loop = asyncio.get_running_loop()
                body = await loop.run_in_executor(self._fetchers, self._fetch, offset, length)
            answer = Message("bytes", {"number": number}, body)
        except (SourceUnavailable, OSError) as error:
            answer = Message("unreadable", {"number": number, "message": str(error)})
        except Exception as error:
            if not self._defect.done():
                self._defect.set_result(error)
            return
        with contextlib.suppress(ConnectionError):  # its end is heard elsewhere
            await self._send(answer)

    async def _send(self, message: Message) -> None:
        self._requests.write(messages.packed(message))
        await self._requests.drain()
