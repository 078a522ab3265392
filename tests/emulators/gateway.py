"""A SAGE server in one process, for the client: every service, over real gRPC, without video.

It keeps uploads in memory, embeds at once, and finds one difference between any two files whose
bytes differ, unless `differ` is off. Bytes that begin with "text" are refused as no video; a file
named `fails*` cannot be embedded. It counts calls (`calls`), and `fail_parts` makes the next
UploadPart calls fail as they do when a connection drops; `on_create_upload` is called by each
CreateUpload.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty

from sage.compare.v1 import (
    carry_over_pb2,
    compare_pb2,
    compare_pb2_grpc,
    saved_comparison_pb2,
    saved_comparison_pb2_grpc,
    technical_pb2,
    time_map_pb2,
)
from sage.compare.v1.time_map_pb2 import MappedTime
from sage.embed.v1 import embed_pb2, embed_pb2_grpc, session_pb2, session_pb2_grpc
from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc, proxy_pb2
from services.servicekit.errors import SageError, not_found, to_status

PART_SIZE = 64
FORMATS = compare_pb2.ExportFormat
_VISUAL = embed_pb2.MODALITY_VISUAL


class EmulatedGateway:
    """The state that the four servicers share."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.fail_parts = 0
        self.on_create_upload: Callable[[], object] = lambda: None
        self.fail_watches = 0
        # Tasks end, and no watch tells of it.
        self.silent_watches = False
        self.anonymous = True
        self.session_seconds = 3600.0
        self.tokens: set[str] = set()
        self.uploads: dict[str, ingest_pb2.Upload] = {}
        self.specs: dict[str, ingest_pb2.CreateUploadRequest] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.videos: dict[str, ingest_pb2.Video] = {}
        self.tasks: dict[str, embed_pb2.EmbeddingTask] = {}
        self.compared: list[compare_pb2.CompareVideosRequest] = []
        self.exported: list[compare_pb2.ExportComparisonRequest] = []
        # What exports say that they are.
        self.export_type = 'text/plain; name="a-vs-b.txt"'
        # What an export is; by default a line with its format.
        self.export = b""
        self.technical = technical_pb2.TechnicalDifferences()
        self.technical_requests: list[technical_pb2.GetTechnicalDifferencesRequest] = []
        self.carried: list[compare_pb2.CarryOverSpec] = []
        self.notes: list[str] = []
        self.kept: dict[str, saved_comparison_pb2.SavedComparison] = {}
        self.ended_sessions: list[session_pb2.DeleteSessionRequest] = []
        self.watch_failure = (grpc.StatusCode.UNAVAILABLE, "connection reset")
        self.differ = True
        self.only_in_a: list[embed_pb2.Modality.ValueType] = []

    @contextmanager
    def running(self) -> Iterator[str]:
        """The server's URL."""
        server = grpc.server(futures.ThreadPoolExecutor(16))
        ingest_pb2_grpc.add_IngestServiceServicer_to_server(_Ingest(self), server)  # type: ignore[abstract]
        embed_pb2_grpc.add_EmbedServiceServicer_to_server(_Embed(self), server)  # type: ignore[abstract]
        session_pb2_grpc.add_SessionServiceServicer_to_server(_Sessions(self), server)
        comparisons = _Comparisons(self)  # type: ignore[abstract]
        saved_comparison_pb2_grpc.add_ComparisonServiceServicer_to_server(comparisons, server)
        compare_pb2_grpc.add_CompareServiceServicer_to_server(_Compare(self), server)  # type: ignore[abstract]
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop(None).wait()

    def enter(self, method: str, context: grpc.ServicerContext) -> None:
        """Counts a call, and refuses it without a token that was given out."""
        self.calls[method] += 1
        metadata = dict(context.invocation_metadata())
        token = str(metadata.get("authorization", "")).removeprefix("Bearer ")
        if token not in self.tokens:
            abort(context, ErrorReason.ERROR_REASON_UNAUTHENTICATED, "The token is not known.")


def abort(context: grpc.ServicerContext, reason: ErrorReason.ValueType, message: str) -> None:
    fail(context, SageError(reason, message))


def fail(context: grpc.ServicerContext, error: SageError) -> None:
    status = to_status(error)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    codes = {code.value[0]: code for code in grpc.StatusCode}
    context.abort(codes[error.code], error.message)


class _Sessions(session_pb2_grpc.SessionServiceServicer):
    def __init__(self, gateway: EmulatedGateway) -> None:
        self._gateway = gateway

    def CreateSession(self, request: Any, context: Any) -> session_pb2.Session:
        self._gateway.calls["CreateSession"] += 1
        key = request.twelvelabs_api_key
        if key == "wrong":
            abort(context, ErrorReason.ERROR_REASON_API_KEY_INVALID, "That key is not valid.")
        if not key and not self._gateway.anonymous:
            abort(context, ErrorReason.ERROR_REASON_ANONYMOUS_NOT_ALLOWED, "A key is needed.")
        token = f"token-{len(self._gateway.tokens)}"
        self._gateway.tokens.add(token)
        session = session_pb2.Session(
            name="sessions/s",
            workspace=f"workspaces/{key or 'anonymous'}",
            access_token=token,
            has_api_key=bool(key),
        )
        session.expire_time.FromSeconds(int(time.time() + self._gateway.session_seconds))
        return session

    def GetSession(self, request: Any, context: Any) -> session_pb2.Session:
        self._gateway.enter("GetSession", context)
        return session_pb2.Session(name="sessions/s", workspace="workspaces/anonymous")

    def LinkApiKey(self, request: Any, context: Any) -> session_pb2.Session:
        self._gateway.enter("LinkApiKey", context)
        session = session_pb2.Session(
            name="sessions/s", workspace="workspaces/anonymous", has_api_key=True
        )
        session.expire_time.FromSeconds(int(time.time() + self._gateway.session_seconds))
        return session

    def DeleteSession(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteSession", context)
        self._gateway.ended_sessions.append(request)
        self._gateway.tokens.clear()
        return Empty()


class _Ingest(ingest_pb2_grpc.IngestServiceServicer):
    def __init__(self, gateway: EmulatedGateway) -> None:
        self._gateway = gateway

    def ListVideos(self, request: Any, context: Any) -> ingest_pb2.ListVideosResponse:
        self._gateway.enter("ListVideos", context)
        return ingest_pb2.ListVideosResponse(
            videos=[
                video
                for video in self._gateway.videos.values()
                if request.sha256 in ("", video.sha256)
            ]
        )

    def CreateUpload(self, request: Any, context: Any) -> ingest_pb2.Upload:
        gateway = self._gateway
        gateway.enter("CreateUpload", context)
        gateway.on_create_upload()
        for name, spec in gateway.specs.items():
            if spec.request_id == request.request_id:
                upload = gateway.uploads[name]
                upload.received_parts[:] = sorted(gateway.parts[name])
                return upload
        upload = ingest_pb2.Upload(
            name=f"uploads/{len(gateway.uploads)}",
            display_name=request.display_name,
            size_bytes=request.size_bytes,
            part_size=PART_SIZE,
            part_count=max(1, -(-request.size_bytes // PART_SIZE)),
            state=ingest_pb2.Upload.STATE_ACTIVE,
        )
        gateway.uploads[upload.name] = upload
        gateway.specs[upload.name] = request
        gateway.parts[upload.name] = {}
        return upload

    def GetUpload(self, request: Any, context: Any) -> ingest_pb2.Upload:
        self._gateway.enter("GetUpload", context)
        upload = self._gateway.uploads[request.name]
        upload.received_parts[:] = sorted(self._gateway.parts[request.name])
        return upload

    def ListUploads(self, request: Any, context: Any) -> ingest_pb2.ListUploadsResponse:
        self._gateway.enter("ListUploads", context)
        uploads = [it for it in self._gateway.uploads.values() if it.state in request.states]
        return ingest_pb2.ListUploadsResponse(uploads=uploads)

    def AbortUpload(self, request: Any, context: Any) -> ingest_pb2.Upload:
        self._gateway.enter("AbortUpload", context)
        if request.name not in self._gateway.uploads:
            fail(context, not_found(request.name))
        self._gateway.uploads[request.name].state = ingest_pb2.Upload.STATE_ABORTED
        return self._gateway.uploads[request.name]

    def UploadPart(self, request: Any, context: Any) -> ingest_pb2.UploadPartResponse:
        self._gateway.enter("UploadPart", context)
        if self._gateway.fail_parts:
            self._gateway.fail_parts -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "connection reset")
        self._gateway.parts[request.upload][request.part_number] = request.data
        return ingest_pb2.UploadPartResponse(part_number=request.part_number)

    def CompleteUpload(self, request: Any, context: Any) -> ingest_pb2.Video:
        gateway = self._gateway
        gateway.enter("CompleteUpload", context)
        spec, parts = gateway.specs[request.name], gateway.parts[request.name]
        data = b"".join(parts[number] for number in sorted(parts))
        if hashlib.sha256(data).hexdigest() != spec.sha256:
            abort(context, ErrorReason.ERROR_REASON_CHECKSUM_MISMATCH, "Other bytes arrived.")
        if data.startswith(b"text"):
            gateway.uploads[request.name].state = ingest_pb2.Upload.STATE_FAILED
            abort(context, ErrorReason.ERROR_REASON_NOT_A_VIDEO, "This file is not a video.")
        gateway.uploads[request.name].state = ingest_pb2.Upload.STATE_COMPLETED
        video = ingest_pb2.Video(
            name=f"videos/{len(gateway.videos)}",
            display_name=spec.display_name,
            size_bytes=len(data),
            sha256=spec.sha256,
            frame_rate=25,
            width=320,
            height=180,
            video_codec="h264",
            state=ingest_pb2.Video.STATE_READY,
        )
        video.duration.FromSeconds(10)
        gateway.videos[video.name] = video
        return video

    def GetVideo(self, request: Any, context: Any) -> ingest_pb2.Video:
        self._gateway.enter("GetVideo", context)
        if request.name not in self._gateway.videos:
            fail(context, not_found(request.name))
        return self._gateway.videos[request.name]

    def UpdateVideo(self, request: Any, context: Any) -> ingest_pb2.Video:
        self._gateway.enter("UpdateVideo", context)
        video = self._gateway.videos[request.video.name]
        request.update_mask.MergeMessage(request.video, video)
        return video

    def DeleteVideo(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteVideo", context)
        if self._gateway.videos.pop(request.name, None) is None:
            fail(context, not_found(request.name))
        return Empty()

    def GetFilmstrip(self, request: Any, context: Any) -> ingest_pb2.Filmstrip:
        self._gateway.enter("GetFilmstrip", context)
        return ingest_pb2.Filmstrip(
            jpeg=b"a picture", tile_height=request.tile_height, times=range(request.count)
        )

    def GetWaveform(self, request: Any, context: Any) -> ingest_pb2.Waveform:
        self._gateway.enter("GetWaveform", context)
        peaks = [index / (request.count - 1) for index in range(request.count)]
        return ingest_pb2.Waveform(peaks=peaks, step_seconds=10 / request.count)

    def GetPlaybackUrl(self, request: Any, context: Any) -> ingest_pb2.PlaybackUrl:
        self._gateway.enter("GetPlaybackUrl", context)
        return ingest_pb2.PlaybackUrl(url=f"http://sage/{request.name}", source=request.source)

    def GetProxy(self, request: Any, context: Any) -> proxy_pb2.Proxy:
        self._gateway.enter("GetProxy", context)
        return proxy_pb2.Proxy(name=request.name, state=proxy_pb2.Proxy.STATE_NOT_NEEDED)

    def CreateProxy(self, request: Any, context: Any) -> proxy_pb2.Proxy:
        self._gateway.enter("CreateProxy", context)
        name = f"{request.video}/proxy"
        return proxy_pb2.Proxy(name=name, state=proxy_pb2.Proxy.STATE_RUNNING, progress=0.25)


class _Embed(embed_pb2_grpc.EmbedServiceServicer):
    def __init__(self, gateway: EmulatedGateway) -> None:
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


class _Comparisons(saved_comparison_pb2_grpc.ComparisonServiceServicer):
    def __init__(self, gateway: EmulatedGateway) -> None:
        self._gateway = gateway

    def CreateComparison(self, request: Any, context: Any) -> saved_comparison_pb2.SavedComparison:
        self._gateway.enter("CreateComparison", context)
        kept = saved_comparison_pb2.SavedComparison(
            name=f"comparisons/{len(self._gateway.kept)}",
            a=request.a,
            b=request.b,
            options=request.options,
            display_name=request.display_name,
            status=saved_comparison_pb2.SavedComparison.STATUS_IN_REVIEW,
        )
        self._gateway.kept[kept.name] = kept
        return kept

    def GetComparison(self, request: Any, context: Any) -> saved_comparison_pb2.SavedComparison:
        self._gateway.enter("GetComparison", context)
        return self._gateway.kept[request.name]

    def ListComparisons(
        self, request: Any, context: Any
    ) -> saved_comparison_pb2.ListComparisonsResponse:
        self._gateway.enter("ListComparisons", context)
        kept = self._gateway.kept.values()
        return saved_comparison_pb2.ListComparisonsResponse(comparisons=kept)

    def UpdateComparison(self, request: Any, context: Any) -> saved_comparison_pb2.SavedComparison:
        self._gateway.enter("UpdateComparison", context)
        kept = self._gateway.kept[request.comparison.name]
        request.update_mask.MergeMessage(request.comparison, kept)
        return kept

    def DeleteComparison(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteComparison", context)
        del self._gateway.kept[request.name]
        return Empty()

    def CreateNote(self, request: Any, context: Any) -> saved_comparison_pb2.Note:
        self._gateway.enter("CreateNote", context)
        note = self._gateway.kept[request.parent].notes.add()
        note.CopyFrom(request.note)
        note.name = f"{request.parent}/notes/{len(self._gateway.kept[request.parent].notes)}"
        return note

    def DeleteNote(self, request: Any, context: Any) -> Empty:
        self._gateway.enter("DeleteNote", context)
        return Empty()


class _Compare(compare_pb2_grpc.CompareServiceServicer):
    def __init__(self, gateway: EmulatedGateway) -> None:
        self._gateway = gateway

    def CompareVideos(
        self, request: Any, context: Any
    ) -> Iterator[compare_pb2.CompareVideosResponse]:
        gateway = self._gateway
        gateway.enter("CompareVideos", context)
        gateway.compared.append(request)
        a, b = (self._embedding(name) for name in (request.a, request.b))
        header = compare_pb2.ComparisonHeader(
            a=a,
            b=b,
            options=request.options,
            modalities=[_VISUAL],
            only_in_a=gateway.only_in_a,
        )
        yield compare_pb2.CompareVideosResponse(header=header)
        differ = gateway.differ and a.video_sha256 != b.video_sha256
        spans = [(0, 10, compare_pb2.REGION_KIND_UNCHANGED)]
        if differ:
            spans = [
                (0, 4, compare_pb2.REGION_KIND_UNCHANGED),
                (4, 6, compare_pb2.REGION_KIND_REPLACED),
                (6, 10, compare_pb2.REGION_KIND_UNCHANGED),
            ]
        for start, end, kind in spans:
            region = compare_pb2.Region(
                kind=kind, a_start=start, a_end=end, b_start=start, b_end=end, modality=_VISUAL
            )
            region.score = 0.5 if kind == compare_pb2.REGION_KIND_REPLACED else 0.0
            yield compare_pb2.CompareVideosResponse(region=region)
        summary = compare_pb2.ComparisonSummary(
            duration_a=10,
            duration_b=10,
            difference_count=int(differ),
            reencode_only=not differ,
            similarity_percent=80 if differ else 100,
            notes=gateway.notes,
        )
        yield compare_pb2.CompareVideosResponse(summary=summary)

    def ExportComparison(self, request: Any, context: Any) -> HttpBody:
        self._gateway.enter("ExportComparison", context)
        self._gateway.exported.append(request)
        name = FORMATS.Name(request.format)
        return HttpBody(
            content_type=self._gateway.export_type,
            data=self._gateway.export or f"{name} of it\n".encode(),
        )

    def GetTechnicalDifferences(
        self, request: Any, context: Any
    ) -> technical_pb2.TechnicalDifferences:
        self._gateway.enter("GetTechnicalDifferences", context)
        self._gateway.technical_requests.append(request)
        return self._gateway.technical

    def GetSimilarityMatrix(self, request: Any, context: Any) -> compare_pb2.SimilarityMatrix:
        self._gateway.enter("GetSimilarityMatrix", context)
        return compare_pb2.SimilarityMatrix(rows=1, columns=request.max_columns, values=b"\0\xff")

    def CarryOver(self, requests: Any, context: Any) -> carry_over_pb2.CarryOverResponse:
        """Everything half a second later, but the first line, which is lost."""
        first, *chunks = requests
        self._gateway.enter("CarryOver", context)
        self._gateway.carried.append(first.spec)
        content = b"".join(each.chunk for each in chunks)
        return carry_over_pb2.CarryOverResponse(
            content=content.upper(),
            modality=first.spec.modality or _VISUAL,
            items=[
                carry_over_pb2.CarriedItem(
                    fate=carry_over_pb2.CARRY_FATE_LOST,
                    location="line 1",
                    text="Hello.",
                    start=1,
                    end=2,
                    remark="It was cut away.",
                ),
                carry_over_pb2.CarriedItem(
                    fate=carry_over_pb2.CARRY_FATE_KEPT,
                    location="line 5",
                    start=4,
                    end=5,
                    places=[carry_over_pb2.CarriedPlace(start=4.5, end=5.5)],
                ),
            ][0 if self._gateway.differ else 1 :],
            totals=[carry_over_pb2.CarryTotal(fate=carry_over_pb2.CARRY_FATE_KEPT, count=1)],
        )

    def MapTimes(self, request: Any, context: Any) -> time_map_pb2.MapTimesResponse:
        """One of each outcome, over and over."""
        self._gateway.enter("MapTimes", context)
        outcomes = itertools.cycle(
            [
                MappedTime(outcome=MappedTime.OUTCOME_MAPPED, place=1.5),
                MappedTime(outcome=MappedTime.OUTCOME_DELETED, before=3),
                MappedTime(outcome=MappedTime.OUTCOME_AMBIGUOUS, place=5, before=4, after=6),
                MappedTime(outcome=MappedTime.OUTCOME_OUTSIDE),
            ]
        )
        found = [outcome for _, outcome in zip(request.times, outcomes, strict=False)]
        return time_map_pb2.MapTimesResponse(times=found, modality=request.modality)

    def _embedding(self, name: str) -> embed_pb2.Embedding:
        video = self._gateway.videos[name.replace("embeddings", "videos")]
        return embed_pb2.Embedding(name=name, video=video.name, video_sha256=video.sha256)


def _changed(
    tasks: list[embed_pb2.EmbeddingTask], revision: int
) -> embed_pb2.WatchEmbeddingTasksResponse:
    return embed_pb2.WatchEmbeddingTasksResponse(embedding_tasks=tasks, revision=revision)
