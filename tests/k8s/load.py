"""People at work: they compare what is there, and upload and embed what is new, all the time.

Each does what a client may do by the contract: a call that ends as UNAVAILABLE, is cut off, or
carries RetryInfo is made again for a while. Anything else that fails is a failure that a person
sees.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc import aio

from sage.compare.v1.compare_pb2 import CompareVideosRequest, ComparisonOptions
from sage.embed.v1.embed_pb2 import EmbeddingTask, ListEmbeddingTasksRequest
from sage.ingest.v1.ingest_pb2 import ListVideosRequest, Video
from sage_cli.client import LONG, SHORT, SageClient
from sage_cli.embedding import finish, start
from sage_cli.failures import connection_lost
from sage_cli.tokens import TokenFile
from sage_cli.uploading import Uploader

T = TypeVar("T")
Action = Callable[[SageClient], Awaitable[None]]
_ENGINE = "local"
_PATIENCE_SECONDS = 90.0
_PAUSE_SECONDS = 0.3
_ROUND_SECONDS = 180.0
_COMPARERS = 2
_PAGE = 200


class Silent:
    """Nobody looks at the progress."""

    def update(self, stage: str, fraction: float | None = None) -> None:
        """Says nothing."""


@dataclass(kw_only=True)
class Work:
    """What was done.

    compared: how often. uploaded: videos that were uploaded and embedded. repeated: calls made
    again. failures: what a person would have seen.
    """

    compared: int = 0
    uploaded: list[str] = field(default_factory=list)
    repeated: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """How far the slowest kind of work has come."""
        return min(self.compared, len(self.uploaded))


def wait_for_rounds(work: Work, rounds: int) -> None:
    """Waits until every kind of work was done so often, or something went wrong."""
    deadline = time.monotonic() + _ROUND_SECONDS
    while work.rounds < rounds and not work.failures:
        assert time.monotonic() < deadline, f"nothing goes on: {work}"
        time.sleep(0.1)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two embedded videos and the differences that were found at first."""

    a: str
    b: str
    regions: tuple[bytes, ...]


class People:
    """Callers of one SAGE, who work in one workspace.

    url: the gateway's. folder: for tokens and files. uploaded: the videos of all who ever worked.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self.uploaded: set[str] = set()

    def ask(self, action: Callable[[SageClient], Awaitable[T]]) -> T:
        """The answer to one action of one person."""

        async def asked() -> T:
            async with self._client() as sage:
                await sage.sign_in()
                return await action(sage)

        return asyncio.run(asked())

    def compare(self, a: Path, b: Path) -> Pair:
        """Uploads, embeds and compares two files."""

        async def action(sage: SageClient) -> Pair:
            first, second = [await self._embed(sage, file) for file in (a, b)]
            return Pair(a=first, b=second, regions=await _compare(sage, first, second))

        return self.ask(action)

    @contextmanager
    def at_work(self, pair: Pair, clip: Path) -> Iterator[Work]:
        """Lets people compare the pair and upload ever new copies of the clip meanwhile."""
        work, stopping = Work(), threading.Event()
        thread = threading.Thread(
            target=lambda: asyncio.run(self._work(work, stopping, pair, clip)), daemon=True
        )
        thread.start()
        try:
            yield work
        finally:
            stopping.set()
            thread.join(2 * _PATIENCE_SECONDS)
        assert not thread.is_alive(), "people still wait for an answer"

    async def _work(self, work: Work, stopping: threading.Event, pair: Pair, clip: Path) -> None:
        async def compare(sage: SageClient) -> None:
            regions = await _compare(sage, pair.a, pair.b)
            if regions != pair.regions:
                work.failures.append("a comparison found something else than before")
            work.compared += 1

        async def upload(file: Path, sage: SageClient) -> None:
            work.uploaded.append(await self._embed(sage, file))

        async def person(next_action: Callable[[], Action]) -> None:
            async with self._client() as sage:
                await _patiently(work, sage.sign_in)
                while not stopping.is_set():
                    action = next_action()
                    await _patiently(work, partial(action, sage))

        def next_upload() -> Action:
            # Who is cut off goes on with the file that was begun.
            file = self._new_copy(clip)
            return partial(upload, file)

        people = [*[lambda: compare] * _COMPARERS, next_upload]
        answers = await asyncio.gather(*map(person, people), return_exceptions=True)
        work.failures += [repr(each) for each in answers if isinstance(each, BaseException)]

    async def _embed(self, sage: SageClient, file: Path) -> str:
        """Uploads a file and embeds it; the video's name."""
        video = await Uploader(sage).ensure(file, Silent())
        task = await start(sage, video.name, _ENGINE)
        await finish(sage, [task], {task.name: Silent()})
        self.uploaded.add(video.name)
        return str(video.name)

    def _client(self) -> SageClient:
        return SageClient(self._url, TokenFile(self._folder / "tokens.json"))

    def _new_copy(self, clip: Path) -> Path:
        """The same video in other bytes: a box that players skip is added."""
        noise = secrets.token_bytes(16)
        copy = self._folder / f"{noise.hex()}.mp4"
        box = (8 + len(noise)).to_bytes(4, "big") + b"free" + noise
        copy.write_bytes(clip.read_bytes() + box)
        return copy


async def all_videos(sage: SageClient) -> list[Video]:
    answer = await sage.ingest.ListVideos(
        ListVideosRequest(page_size=_PAGE), metadata=sage.metadata, timeout=SHORT
    )
    assert not answer.next_page_token
    return list(answer.videos)


async def all_tasks(sage: SageClient) -> list[EmbeddingTask]:
    answer = await sage.embed.ListEmbeddingTasks(
        ListEmbeddingTasksRequest(page_size=_PAGE), metadata=sage.metadata, timeout=SHORT
    )
    assert not answer.next_page_token
    return list(answer.embedding_tasks)


async def _compare(sage: SageClient, a: str, b: str) -> tuple[bytes, ...]:
    request = CompareVideosRequest(a=a, b=b, options=ComparisonOptions(engine=_ENGINE))
    answer = sage.compare.CompareVideos(request, metadata=sage.metadata, timeout=LONG)
    return tuple(
        [
            message.region.SerializeToString(deterministic=True)
            async for message in answer
            if message.WhichOneof("payload") == "region"
        ]
    )


async def _patiently(work: Work, action: Callable[[], Awaitable[None]]) -> None:
    """Does something, again while the contract says that it is worth it."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await action()
        except aio.AioRpcError as error:
            if not _worth_repeating(error) or time.monotonic() > give_up:
                raise
        work.repeated += 1
        await asyncio.sleep(_PAUSE_SECONDS)


def _worth_repeating(error: aio.AioRpcError) -> bool:
    trailing: Any = error.trailing_metadata()
    details = dict(trailing or ()).get("grpc-status-details-bin")
    told = Status.FromString(details).details if isinstance(details, bytes) else ()
    return connection_lost(error) or any(each.Is(RetryInfo.DESCRIPTOR) for each in told)
