"""EmbedService over gRPC: translates, nothing more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from services.embed.adapters.embedding_store import EmbeddingStore
from services.embed.adapters.task_store import TaskStore
from services.embed.api.convert import (
    DEFAULT_SEGMENT_SECONDS,
    detail_batch_to_proto,
    embedding_to_proto,
    engine_to_proto,
    frame_batch_to_proto,
    modalities_from_proto,
    modality_to_proto,
    states_from_proto,
    task_to_proto,
)
from services.embed.artifacts.delivery import Delivery
from services.embed.artifacts.embeddings import Embedding
from services.embed.artifacts.removal import Removal
from services.embed.sessions.sessions import Sessions
from services.embed.tasks.commands import TaskCommands
from services.embed.tasks.task_state import Task
from services.servicekit.durations import seconds
from services.servicekit.errors import not_found
from services.servicekit.identity import current_identity
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import resource_id
from services.servicekit.server import Draining
from services.servicekit.streams import until
from services.servicekit.watch import Hub

# Proxies close connections that are silent for longer than half a minute.
_SILENCE_SECONDS = 20.0
Context = aio.ServicerContext[Any, Any]


class EmbedServicer(embed_pb2_grpc.EmbedServiceServicer):
    """Tasks, embeddings and engines of the caller's workspace."""

    def __init__(
        self,
        sessions: Sessions,
        commands: TaskCommands,
        tasks: TaskStore,
        embeddings: EmbeddingStore,
        delivery: Delivery,
        removal: Removal,
        hub: Hub[Task],
        draining: Draining,
    ) -> None:
        self._sessions = sessions
        self._commands = commands
        self._tasks = tasks
        self._embeddings = embeddings
        self._delivery = delivery
        self._removal = removal
        self._hub = hub
        self._draining = draining

    async def CreateEmbeddingTask(
        self, request: embed_pb2.CreateEmbeddingTaskRequest, context: Context
    ) -> embed_pb2.EmbeddingTask:
        task = await self._commands.create(
            await self._workspace(),
            video=request.video,
            engine=request.engine,
            segment=(
                seconds(request.segment_duration)
                if request.HasField("segment_duration")
                else DEFAULT_SEGMENT_SECONDS
            ),
            modalities=modalities_from_proto(request.modalities),
            request_id=request.request_id.lower(),
            rehearse=request.validate_only,
        )
        return task_to_proto(task)

    async def GetEmbeddingTask(
        self, request: embed_pb2.GetEmbeddingTaskRequest, context: Context
    ) -> embed_pb2.EmbeddingTask:
        workspace = await self._workspace()
        return task_to_proto(await self._tasks.get(workspace, resource_id(request.name)))

    async def ListEmbeddingTasks(
        self, request: embed_pb2.ListEmbeddingTasksRequest, context: Context
    ) -> embed_pb2.ListEmbeddingTasksResponse:
        workspace = await self._workspace()
        states = states_from_proto(request.states)
        page = await self._tasks.page(
            workspace, ListRequest.of(request), video=request.video, states=states
        )
        return embed_pb2.ListEmbeddingTasksResponse(
            embedding_tasks=[task_to_proto(task) for task in page.items],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )

    async def CancelEmbeddingTask(
        self, request: embed_pb2.CancelEmbeddingTaskRequest, context: Context
    ) -> embed_pb2.EmbeddingTask:
        workspace = await self._workspace()
        return task_to_proto(await self._commands.cancel(workspace, resource_id(request.name)))

    async def RetryEmbeddingTask(
        self, request: embed_pb2.RetryEmbeddingTaskRequest, context: Context
    ) -> embed_pb2.EmbeddingTask:
        workspace = await self._workspace()
        return task_to_proto(await self._commands.retry(workspace, resource_id(request.name)))

    async def WatchEmbeddingTasks(
        self, request: embed_pb2.WatchEmbeddingTasksRequest, context: Context
    ) -> AsyncIterator[embed_pb2.WatchEmbeddingTasksResponse]:
        workspace = await self._workspace()
        found = await self._tasks.find(workspace, [resource_id(name) for name in request.names])
        for name in set(request.names) - {task.name for task in found}:
            raise not_found(name)
        updates = self._hub.watch(
            workspace, request.names, after=request.after_revision, silence=_SILENCE_SECONDS
        )
        async for update in until(self._draining, updates):
            yield embed_pb2.WatchEmbeddingTasksResponse(
                embedding_tasks=[task_to_proto(task) for task in update.rows],
                revision=update.revision,
                caught_up=update.caught_up,
            )

    async def GetEmbedding(
        self, request: embed_pb2.GetEmbeddingRequest, context: Context
    ) -> embed_pb2.Embedding:
        return embedding_to_proto(await self._embedding(request.name))

    async def ListEmbeddings(
        self, request: embed_pb2.ListEmbeddingsRequest, context: Context
    ) -> embed_pb2.ListEmbeddingsResponse:
        workspace = await self._workspace()
        page = await self._embeddings.page(
            workspace, ListRequest.of(request), video=request.video, engine=request.engine
        )
        return embed_pb2.ListEmbeddingsResponse(
            embeddings=[embedding_to_proto(embedding) for embedding in page.items],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )

    async def DeleteEmbedding(
        self, request: embed_pb2.DeleteEmbeddingRequest, context: Context
    ) -> Empty:
        workspace = await self._workspace()
        await self._removal.delete(workspace, resource_id(request.name), request.etag)
        return Empty()

    async def StreamSegments(
        self, request: embed_pb2.StreamSegmentsRequest, context: Context
    ) -> AsyncIterator[embed_pb2.SegmentBatch]:
        embedding = await self._embedding(request.name)
        async for batch in self._delivery.segments(
            embedding,
            modalities_from_proto(request.modalities),
            include_fine=request.include_fine_samples,
        ):
            yield embed_pb2.SegmentBatch(
                modality=modality_to_proto(batch.modality),
                fine=batch.fine,
                first_segment=batch.first,
                dimension=batch.vectors.shape[1],
                start_seconds=batch.starts.tolist(),
                end_seconds=batch.ends.tolist(),
                vectors=batch.vectors.tobytes(),
            )

    async def StreamFrameTrack(
        self, request: embed_pb2.StreamFrameTrackRequest, context: Context
    ) -> AsyncIterator[embed_pb2.FrameBatch]:
        embedding = await self._embedding(request.name)
        async for batch in self._delivery.frame_track(embedding):
            yield frame_batch_to_proto(batch)

    async def StreamDetailTrack(
        self, request: embed_pb2.StreamDetailTrackRequest, context: Context
    ) -> AsyncIterator[embed_pb2.DetailBatch]:
        embedding = await self._embedding(request.name)
        spans = [(span.start_seconds, span.end_seconds) for span in request.spans]
        async for chunk in self._delivery.detail_track(embedding, spans):
            yield detail_batch_to_proto(chunk)

    async def ListEngines(
        self, request: embed_pb2.ListEnginesRequest, context: Context
    ) -> embed_pb2.ListEnginesResponse:
        engines = await self._commands.engines(await self._workspace())
        return embed_pb2.ListEnginesResponse(
            engines=[engine_to_proto(spec, availability) for spec, availability in engines]
        )

    async def _embedding(self, name: str) -> Embedding:
        """An embedding that the caller may see. Raises SageError(NOT_FOUND)."""
        workspace = await self._workspace()
        share = current_identity().share
        videos = None if share is None else share.videos
        return await self._embeddings.get(workspace, resource_id(name), videos=videos)

    async def _workspace(self) -> str:
        """The caller's workspace. Raises SageError(UNAUTHENTICATED) when the session has ended."""
        identity = current_identity()
        await self._sessions.require(identity)
        return identity.workspace
