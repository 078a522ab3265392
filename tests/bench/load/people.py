"""People who use SAGE through the gateway: what each does, and how often.

gRPC is spoken with the project's own stubs over grpc.aio, as clients speak it: one event loop
drives thousands of calls, and streams are streams. Locust wants gevent below gRPC, and k6 another
language; neither would make the load another one.
"""

from __future__ import annotations

import itertools
import random
import re
import struct
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import google_crc32c
import httpx
from grpc import aio

from sage.compare.v1.compare_pb2 import CompareVideosRequest, ComparisonOptions
from sage.compare.v1.compare_pb2_grpc import CompareServiceStub
from sage.embed.v1.embed_pb2 import (
    CreateEmbeddingTaskRequest,
    EmbeddingTask,
    WatchEmbeddingTasksRequest,
)
from sage.embed.v1.embed_pb2_grpc import EmbedServiceStub
from sage.embed.v1.session_pb2 import CreateSessionRequest
from sage.embed.v1.session_pb2_grpc import SessionServiceStub
from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    ListVideosRequest,
    UploadPartRequest,
)
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub

CALL_SECONDS = 120.0
PART_BYTES = 10 * 1024 * 1024
# How many of twenty things that somebody does are of which kind. Who compares looks at the page, at
# progress and at the same comparison again far more often than a new file comes in.
MIX: Mapping[str, int] = {"page": 7, "list": 4, "watch": 2, "compare": 2, "again": 4, "upload": 1}
_ASSET = re.compile(r'(?:src|href)="(/assets/[^"]+)"')
# Options that no comparison before had: what was computed once is remembered.
_THRESHOLDS = itertools.count(1)


class Person:
    """One session. Entered as a context manager.

    url: of the gateway. clip: what `upload` sends.
    """

    def __init__(self, url: str, clip: bytes) -> None:
        self._url = url
        self._clip = clip
        self._stack = AsyncExitStack()
        self.pair: tuple[str, str] = ("", "")
        # What `embed` embeds; the others have no use for it.
        self.film = b""
        self.actions: Mapping[str, Callable[[], Awaitable[None]]] = {
            "page": self.page,
            "list": self.list_videos,
            "watch": self.watch,
            "compare": self.compare,
            "again": self.compare_again,
            "upload": self.upload_something,
            "embed": self.embed_something,
        }

    async def __aenter__(self) -> Self:
        address = self._url.removeprefix("http://")
        channel = await self._stack.enter_async_context(
            aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        )
        self._http = await self._stack.enter_async_context(
            httpx.AsyncClient(base_url=self._url, timeout=CALL_SECONDS, trust_env=False)
        )
        self._ingest = IngestServiceStub(channel)
        self._embed = EmbedServiceStub(channel)
        self._compare = CompareServiceStub(channel)
        sessions = SessionServiceStub(channel)
        session = await sessions.CreateSession(CreateSessionRequest(), timeout=CALL_SECONDS)
        self._authorization = ("authorization", f"Bearer {session.access_token}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def act(self, dice: random.Random) -> str:
        """Does something; its name. Raises what the call raises."""
        (name,) = dice.choices(list(MIX), list(MIX.values()))
        await self.actions[name]()
        return name

    async def page(self) -> None:
        """The page with its assets, as a browser that has nothing of it yet."""
        page = (await self._http.get("/")).raise_for_status()
        for asset in _ASSET.findall(page.text):
            (await self._http.get(asset)).raise_for_status()

    async def list_videos(self) -> None:
        await self._ingest.ListVideos(ListVideosRequest(page_size=50), **self._call())

    async def watch(self) -> None:
        """The present state of the tasks, as the page asks for it first."""
        stream = self._embed.WatchEmbeddingTasks(WatchEmbeddingTasksRequest(), **self._call())
        async for _ in stream:
            break
        stream.cancel()

    async def compare(self) -> None:
        """A comparison that nobody has asked for before."""
        await self._compare_with(0.2 + next(_THRESHOLDS) * 1e-7)

    async def compare_again(self) -> None:
        await self._compare_with(0.2)

    async def upload_something(self) -> None:
        await self.upload(self._clip)

    async def embed_something(self) -> None:
        """A new file, and its vectors."""
        await self.embed(await self.upload(self.film))

    async def upload(self, clip: bytes) -> str:
        """A file that is like no other: the clip, and a `free` box that says something new."""
        mark = uuid.uuid4().bytes
        data = clip + struct.pack(">I4s", 8 + len(mark), b"free") + mark
        request = CreateUploadRequest(display_name="load.mp4", size_bytes=len(data))
        upload = await self._ingest.CreateUpload(request, **self._call())
        for number, start in enumerate(range(0, len(data), PART_BYTES), 1):
            sent = data[start : start + PART_BYTES]
            part = UploadPartRequest(
                upload=upload.name, part_number=number, data=sent, crc32c=google_crc32c.value(sent)
            )
            await self._ingest.UploadPart(part, **self._call())
        video = await self._ingest.CompleteUpload(
            CompleteUploadRequest(name=upload.name), **self._call()
        )
        return str(video.name)

    async def embed(self, video: str) -> None:
        """By the local engine, to the end."""
        task = await self._embed.CreateEmbeddingTask(
            CreateEmbeddingTaskRequest(video=video, engine="local"), **self._call()
        )
        stream = self._embed.WatchEmbeddingTasks(
            WatchEmbeddingTasksRequest(names=[task.name]), metadata=(self._authorization,)
        )
        async for answer in stream:
            for told in answer.embedding_tasks:
                if told.state == EmbeddingTask.STATE_FAILED:
                    raise RuntimeError(told.error.message)
                if told.state == EmbeddingTask.STATE_SUCCEEDED:
                    stream.cancel()
                    return

    async def _compare_with(self, threshold: float) -> None:
        a, b = self.pair
        options = ComparisonOptions(engine="local", threshold=threshold)
        request = CompareVideosRequest(a=a, b=b, options=options)
        async for _ in self._compare.CompareVideos(request, **self._call()):
            pass

    def _call(self) -> dict[str, Any]:
        return {"metadata": (self._authorization,), "timeout": CALL_SECONDS}


async def prepare(url: str, a: Path, b: Path) -> tuple[str, str]:
    """Uploads and embeds the pair that everybody compares."""
    async with Person(url, b"") as person:
        names = [await person.upload(file.read_bytes()) for file in (a, b)]
        for name in names:
            await person.embed(name)
    return names[0], names[1]
