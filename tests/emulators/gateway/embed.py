"""Tasks that end at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from google.protobuf.empty_pb2 import Empty

from sage.embed.v1 import (
    embed_pb2,
    embed_pb2_grpc,
)
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError, to_status
from tests.emulators.gateway.state import State, abort

_VISUAL = embed_pb2.MODALITY_VISUAL


class Embed(embed_pb2_grpc.EmbedServiceServicer):
    def __init__(self, gateway: State) -> None:
        self._gateway = gateway

    def ListEngines(self, request: Any, context: Any) -> embed_pb2.ListEnginesResponse:
        self._gateway.enter("ListEngines", context)
        return embed_pb2.ListEnginesResponse(
            engines=[
                embed_pb2.Engine(name="local", display_name="On this machine", available=True),
                embed_pb2.Engine(name="other", unavailable_reason="needs an API key"),
            ]
        )

    def CreateEmbeddingTask(self, request: Any, context: Any) -> embed_pb2.EmbeddingTask:
        gateway = self._gateway
        gateway.enter("CreateEmbeddingTask", context)
        if request.engine not in ("", "local"):
            abort(context, ErrorReason.ERROR_REASON_UNKNOWN_ENGINE, "There is no such engine.")
        number = request.video.removeprefix("videos/")
        task = gateway.tasks.get(f"embeddingTasks/{number}")
        if task is None:
            task = embed_pb2.EmbeddingTask(
                name=f"embeddingTasks/{number}",
                video=request.video,
                state=embed_pb2.EmbeddingTask.STATE_QUEUED,
                video_display_name=gateway.videos[request.video].display_name,
            )
            gateway.tasks[task.name] = task
        return task

    def RetryEmbeddingTask(self, request: Any, context: Any) -> embed_pb2.EmbeddingTask:
        self._gateway.enter("RetryEmbeddingTask", context)
        task = self._gateway.tasks[request.name]
        task.state = embed_pb2.EmbeddingTask.STATE_QUEUED
        return task

    def ListEmbeddingTasks(
        self, request: Any, context: Any
    ) -> embed_pb2.ListEmbeddingTasksResponse:
        self._gateway.enter("ListEmbeddingTasks", context)
        self._gateway.lists.append(request)
        return embed_pb2.ListEmbeddingTasksResponse(
            embedding_tasks=[
                task
                for task in self._gateway.tasks.values()
                if not request.states or task.state in request.states
            ]
        )

    def CancelEmbeddingTask(self, request: Any, context: Any) -> embed_pb2.EmbeddingTask:
        self._gateway.enter("CancelEmbeddingTask", context)
        task = self._gateway.tasks[request.name]
        task.state = embed_pb2.EmbeddingTask.STATE_CANCELLED
        return task

    def GetEmbeddingTask(self, request: Any, context: Any) -> embed_pb2.EmbeddingTask:
        self._gateway.enter("GetEmbeddingTask", context)
        return self._gateway.tasks[request.name]

    def WatchEmbeddingTasks(
        self, request: Any, context: Any
    ) -> Iterator[embed_pb2.WatchEmbeddingTasksResponse]:
        gateway = self._gateway
        gateway.enter("WatchEmbeddingTasks", context)
        tasks = [gateway.tasks[name] for name in request.names]
        yield _changed(tasks, 1)
        if gateway.fail_watches:
            gateway.fail_watches -= 1
            context.abort(*gateway.watch_failure)
        for task in tasks:
            task.state = embed_pb2.EmbeddingTask.STATE_PROCESSING
            task.progress = 0.5
            yield _changed([task], 2)
            if task.video_display_name.startswith("fails"):
                task.state = embed_pb2.EmbeddingTask.STATE_FAILED
                error = SageError(ErrorReason.ERROR_REASON_WORKER_CRASHED, "The worker died.")
                task.error.CopyFrom(to_status(error))
            else:
                task.state = embed_pb2.EmbeddingTask.STATE_SUCCEEDED
                task.embedding = task.name.replace("embeddingTasks", "embeddings")
            task.revision = 3
            if not gateway.silent_watches:
                yield _changed([task], 3)
        while context.is_active():
            time.sleep(0.01)

    def GetEmbedding(self, request: Any, context: Any) -> embed_pb2.Embedding:
        self._gateway.enter("GetEmbedding", context)
        video = self._gateway.videos[request.name.replace("embeddings", "videos")]
        return embed_pb2.Embedding(
            name=request.name, video=video.name, video_sha256=video.sha256, engine="local"
        )

    def ListEmbeddings(self, request: Any, context: Any) -> embed_pb2.ListEmbeddingsResponse:
        """One embedding a page, so that who lists them has to turn pages."""
        self._gateway.enter("ListEmbeddings", context)
        self._gateway.lists.append(request)
        names = [task.embedding for task in self._gateway.tasks.values() if task.embedding]
        index = int(request.page_token or 0)
        page = embed_pb2.ListEmbeddingsResponse(
            embeddings=[
                embed_pb2.Embedding(
                    name=name, engine="local", tracks=[embed_pb2.Embedding.Track(modality=_VISUAL)]
                )
                for name in names[index : index + 1]
            ]
        )
        if index + 1 < len(names):
            page.next_page_token = str(index + 1)
        return page

    def DeleteEmbedding(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteEmbedding", context)
        return Empty()


def _changed(
    tasks: list[embed_pb2.EmbeddingTask], revision: int
) -> embed_pb2.WatchEmbeddingTasksResponse:
    return embed_pb2.WatchEmbeddingTasksResponse(embedding_tasks=tasks, revision=revision)
