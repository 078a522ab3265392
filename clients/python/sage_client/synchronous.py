"""The client for programs that wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc

from sage.compare.v1.compare_pb2 import (
    CompareVideosRequest,
    CompareVideosResponse,
    ComparisonOptions,
)
from sage.compare.v1.compare_pb2_grpc import CompareServiceStub
from sage.embed.v1.embed_pb2 import (
    CreateEmbeddingTaskRequest,
    EmbeddingTask,
    RetryEmbeddingTaskRequest,
)
from sage.embed.v1.embed_pb2_grpc import EmbedServiceStub
from sage.embed.v1.session_pb2 import CreateSessionRequest, Session
from sage.embed.v1.session_pb2_grpc import SessionServiceStub
from sage.ingest.v1.ingest_pb2 import CompleteUploadRequest, ListVideosRequest, Upload, Video
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from sage_client.connection import (
    DEFAULT_SERVER,
    PAUSE_SECONDS,
    Metadata,
    Patience,
    lasts,
    metadata_of,
    options_of,
    target_of,
)
from sage_client.sending import LocalFile, missing_parts, takes_parts
from sage_client.watching import Watch, ended_badly


class SageClient:
    """A connection to a SAGE server, and what takes more than one call of it.

        with SageClient("http://127.0.0.1:8080") as sage:
            video = sage.upload(Path("cut.mp4"))
            sage.ingest.GetVideo(..., metadata=sage.metadata())

    server: `http://host:port` or `https://host[:port]`.
    api_key: of TwelveLabs; without one it works in the server's anonymous workspace.
    """

    def __init__(self, server: str = DEFAULT_SERVER, api_key: str = "") -> None:
        target, tls = target_of(server)
        options = options_of(target)
        self._channel = (
            grpc.secure_channel(target, grpc.ssl_channel_credentials(), options=options)
            if tls
            else grpc.insecure_channel(target, options=options)
        )
        self.ingest = IngestServiceStub(self._channel)
        self.embed = EmbedServiceStub(self._channel)
        self.compare = CompareServiceStub(self._channel)
        self._sessions = SessionServiceStub(self._channel)
        self._api_key = api_key
        self._session: Session | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    def metadata(self) -> Metadata:
        """What signs a call: the token of a session, opened or renewed when there is need."""
        with self._lock:
            if self._session is None or not lasts(self._session):
                request = CreateSessionRequest(twelvelabs_api_key=self._api_key)
                self._session = self._sessions.CreateSession(request)
            return metadata_of(self._session)

    def upload(self, path: Path, progress: Callable[[float], None] = lambda _: None) -> Video:
        """The video of a file: the one that is there, or what becomes of the parts.

        Called again after it was interrupted, it sends those that are missing. progress: told the
        share of the file that has arrived. Raises OSError and grpc.RpcError.
        """
        file = LocalFile.read(path)
        known = self.ingest.ListVideos(
            ListVideosRequest(sha256=file.sha256), metadata=self.metadata()
        )
        if known.videos:
            return known.videos[0]
        upload = self._announce(file)
        for number in missing_parts(upload):
            self._send(file, upload, number)
            progress(number / upload.part_count)
        return self.ingest.CompleteUpload(
            CompleteUploadRequest(name=upload.name), metadata=self.metadata()
        )

    def embed_videos(
        self, videos: Iterable[str], progress: Callable[[EmbeddingTask], None] = lambda _: None
    ) -> None:
        """Makes the embeddings of videos, given by name. progress: told of every change.

        A dropped watch goes on where it was. Raises EmbeddingFailed and grpc.RpcError.
        """
        watch = Watch([self._start(video) for video in videos])
        patience = Patience()
        while not watch.done:
            stream = self.embed.WatchEmbeddingTasks(watch.request(), metadata=self.metadata())
            try:
                for message in stream:
                    patience.heard()
                    watch.hear(message, progress)
                    if watch.done:
                        return
            except grpc.RpcError as error:
                if not patience.bears(error):
                    raise
            finally:
                stream.cancel()  # type: ignore[no-untyped-call]
            time.sleep(PAUSE_SECONDS)

    def compare_videos(
        self, a: str, b: str, options: ComparisonOptions | None = None
    ) -> Iterator[CompareVideosResponse]:
        """The answer as it grows: header, distances, looks, regions, summary."""
        request = CompareVideosRequest(a=a, b=b, options=options)
        return iter(self.compare.CompareVideos(request, metadata=self.metadata()))

    def _announce(self, file: LocalFile) -> Upload:
        request = file.announcement(anew=False)
        upload = self.ingest.CreateUpload(request, metadata=self.metadata())
        if not takes_parts(upload):
            request = file.announcement(anew=True)
            upload = self.ingest.CreateUpload(request, metadata=self.metadata())
        return upload

    def _send(self, file: LocalFile, upload: Upload, number: int) -> None:
        part = file.part(upload, number)
        patience = Patience()
        while True:
            try:
                self.ingest.UploadPart(part, metadata=self.metadata())
                return
            except grpc.RpcError as error:
                if not patience.bears(error):
                    raise
            time.sleep(PAUSE_SECONDS)

    def _start(self, video: str) -> EmbeddingTask:
        request = CreateEmbeddingTaskRequest(video=video)
        task = self.embed.CreateEmbeddingTask(request, metadata=self.metadata())
        if ended_badly(task):
            again = RetryEmbeddingTaskRequest(name=task.name)
            task = self.embed.RetryEmbeddingTask(again, metadata=self.metadata())
        return task
