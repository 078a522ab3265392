"""Uploads, kept in memory, and videos."""

from __future__ import annotations

import hashlib
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty

from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc, proxy_pb2
from services.servicekit.errors import not_found
from tests.emulators.gateway.state import PART_SIZE, State, abort, fail


class Ingest(ingest_pb2_grpc.IngestServiceServicer):
    def __init__(self, gateway: State) -> None:
        self._gateway = gateway

    def ListVideos(self, request: Any, context: Any) -> ingest_pb2.ListVideosResponse:
        self._gateway.enter("ListVideos", context)
        self._gateway.lists.append(request)
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
        self._gateway.lists.append(request)
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

    def GetStills(self, request: Any, context: Any) -> ingest_pb2.Stills:
        self._gateway.enter("GetStills", context)
        stills = (
            ingest_pb2.Still(time=time, jpeg=b"a picture", height=request.height)
            for time in request.times
        )
        return ingest_pb2.Stills(stills=stills)

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
