"""The client for programs with an event loop. `make clients` makes the one that waits of it."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Self

import google_crc32c
import grpc
from grpc import aio

from sage.compare.v1.compare_pb2 import (
    CompareVideosRequest,
    CompareVideosResponse,
    ComparisonOptions,
)
from sage.embed.v1.embed_pb2 import (
    CreateEmbeddingTaskRequest,
    EmbeddingTask,
    WatchEmbeddingTasksRequest,
)
from sage.embed.v1.session_pb2 import CreateSessionRequest, Session
from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    ListVideosRequest,
    Upload,
    UploadPartRequest,
    Video,
)
from sage_client.connection import DEFAULT_SERVER, EmbeddingFailed, options_of, target_of
from sage_client.stubs import AsyncServiceStubs

# How long before its end a session is renewed, and how long a lost server is waited for.
_RENEW_BEFORE_SECONDS, _PATIENCE_SECONDS = 60, 60.0
_TAKES_PARTS = (Upload.STATE_ACTIVE, Upload.STATE_COMPLETING)
_ENDED_BADLY = (EmbeddingTask.STATE_FAILED, EmbeddingTask.STATE_CANCELLED)


class AsyncSageClient(AsyncServiceStubs):
    """A connection to a SAGE server, and what takes more than one call of it.

        async with AsyncSageClient("http://127.0.0.1:8080") as sage:
            video = await sage.upload(Path("cut.mp4"))
            await sage.ingest.GetVideo(..., metadata=await sage.metadata())

    server: `http://host:port` or `https://host[:port]`.
    api_key: of TwelveLabs; without one it works in the server's anonymous workspace.
    """

    def __init__(self, server: str = DEFAULT_SERVER, api_key: str = "") -> None:
        target, tls = target_of(server)
        self._channel = (
            aio.secure_channel(target, grpc.ssl_channel_credentials(), options_of(target))
            if tls
            else aio.insecure_channel(target, options_of(target))
        )
        super().__init__(self._channel)
        self._api_key, self._session, self._lock = api_key, Session(), asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection, and with it calls that are under way."""
        await self._channel.close(None)

    async def metadata(self) -> tuple[tuple[str, str], ...]:
        """What signs a call: the token of a session, opened or renewed when there is need."""
        async with self._lock:
            if self._session.expire_time.seconds - time.time() < _RENEW_BEFORE_SECONDS:
                request = CreateSessionRequest(twelvelabs_api_key=self._api_key)
                self._session = await self.sessions.CreateSession(request)
            return (("authorization", f"Bearer {self._session.access_token}"),)

    async def upload(self, path: Path, progress: Callable[[float], None] = lambda _: None) -> Video:
        """The video of a file: the one that is there, or what becomes of the parts.

        Called again after it was interrupted, it sends those that are missing. progress: told the
        share of the file that has arrived. Raises OSError and grpc.RpcError.
        """
        with await asyncio.to_thread(path.open, "rb") as file:
            sha256 = (await asyncio.to_thread(hashlib.file_digest, file, "sha256")).hexdigest()
            query = ListVideosRequest(sha256=sha256)
            known = await self.ingest.ListVideos(query, metadata=await self.metadata())
            if known.videos:
                return known.videos[0]
            request = CreateUploadRequest(
                display_name=path.name, size_bytes=file.tell(), sha256=sha256
            )
            request.request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sha256}/{path.name}"))
            upload = await self.ingest.CreateUpload(request, metadata=await self.metadata())
            if upload.state not in _TAKES_PARTS:
                request.request_id = str(uuid.uuid4())
                upload = await self.ingest.CreateUpload(request, metadata=await self.metadata())
            for number in range(1, upload.part_count + 1):
                if number not in upload.received_parts:
                    file.seek((number - 1) * upload.part_size)
                    data = await asyncio.to_thread(file.read, upload.part_size)
                    part = UploadPartRequest(upload=upload.name, part_number=number, data=data)
                    part.crc32c = google_crc32c.value(data)
                    await self.ingest.UploadPart(part, metadata=await self.metadata())
                progress(number / upload.part_count)
        complete = CompleteUploadRequest(name=upload.name)
        return await self.ingest.CompleteUpload(complete, metadata=await self.metadata())

    async def embed_videos(
        self, videos: Iterable[str], progress: Callable[[EmbeddingTask], None] = lambda _: None
    ) -> None:
        """Makes the embeddings of videos, given by name. progress: told of every change.

        A dropped watch goes on where it was. Raises EmbeddingFailed and grpc.RpcError.
        """
        waiting = {await self._start(video) for video in videos}
        watch = WatchEmbeddingTasksRequest(names=sorted(waiting))
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while waiting:
            stream = self.embed.WatchEmbeddingTasks(watch, metadata=await self.metadata())
            try:
                async for message in stream:
                    give_up = time.monotonic() + _PATIENCE_SECONDS
                    watch.after_revision = max(watch.after_revision, message.revision)
                    for task in message.embedding_tasks:
                        progress(task)
                        if task.state in _ENDED_BADLY:
                            raise EmbeddingFailed(task)
                        if task.state == EmbeddingTask.STATE_SUCCEEDED:
                            waiting.discard(task.name)
                    if not waiting:
                        return
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE or time.monotonic() > give_up:
                    raise
            finally:
                stream.cancel()
            await asyncio.sleep(1.0)

    async def compare_videos(
        self, a: str, b: str, options: ComparisonOptions | None = None
    ) -> AsyncIterator[CompareVideosResponse]:
        """The answer as it grows: header, distances, looks, regions, summary."""
        request = CompareVideosRequest(a=a, b=b, options=options)
        stream = self.compare.CompareVideos(request, metadata=await self.metadata())
        async for message in stream:
            yield message

    async def _start(self, video: str) -> str:
        """The name of the task that embeds a video."""
        request = CreateEmbeddingTaskRequest(video=video)
        task = await self.embed.CreateEmbeddingTask(request, metadata=await self.metadata())
        return task.name
