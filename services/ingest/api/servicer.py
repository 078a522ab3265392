"""The methods of the contract: they translate, and leave the work to the library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.empty_pb2 import Empty
from grpc import aio

from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import (
    ingest_pb2,
    ingest_pb2_grpc,
    proxy_pb2,
    still_link_pb2,
    technical_pb2,
)
from services.ingest.api import convert
from services.ingest.api.part_intake import PartIntake, PartRequests
from services.ingest.api.technical import FULL, facts_message
from services.ingest.library.catalogue import Catalogue
from services.ingest.library.previews import Previews
from services.ingest.library.still_links import StillLinks
from services.ingest.library.technical import Technical
from services.ingest.proxies.proxies import Proxies
from services.ingest.uploads.completing import Completing
from services.ingest.uploads.streaming import Streaming
from services.ingest.uploads.upload import State, Upload
from services.ingest.uploads.uploading import Uploading
from services.servicekit import calls
from services.servicekit.errors import FieldViolation, SageError
from services.servicekit.field_masks import masked
from services.servicekit.identity import current_identity
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import one_line, resource_id
from services.servicekit.server import Draining

Context = aio.ServicerContext[Any, Any]
_Request = TypeVar("_Request")

_CHANGEABLE = ("display_name",)
# A client that sends nothing for so long is gone; its parts stay, and it may resume.
_IDLE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Library:
    """Everything that the servicers call."""

    uploading: Uploading
    completing: Completing
    streaming: Streaming
    catalogue: Catalogue
    previews: Previews
    still_links: StillLinks
    technical: Technical
    proxies: Proxies


class IngestServicer(ingest_pb2_grpc.IngestServiceServicer):
    """`sage.ingest.v1.IngestService`."""

    def __init__(self, library: Library, parts: PartIntake, draining: Draining) -> None:
        self._parts = parts
        self._uploading = library.uploading
        self._completing = library.completing
        self._streaming = library.streaming
        self._catalogue = library.catalogue
        self._previews = library.previews
        self._still_links = library.still_links
        self._technical = library.technical
        self._proxies = library.proxies
        self._draining = draining

    async def CreateUpload(
        self, request: ingest_pb2.CreateUploadRequest, context: Context
    ) -> ingest_pb2.Upload:
        upload = await self._created(request)
        if request.validate_only:
            return convert.upload_message(upload, [])
        return await self._message(upload)

    async def UploadPart(  # type: ignore[override]
        self, request: PartRequests, context: Context
    ) -> ingest_pb2.UploadPartResponse:
        """Called with a stream of one request: see `part_intake`."""
        part = await self._parts.receive(request)
        await self._uploading.put_part(
            _workspace(),
            resource_id(part.upload),
            part.number,
            part.data,
            part.crc32c,
            part.reservation,
        )
        return ingest_pb2.UploadPartResponse(part_number=part.number, size_bytes=len(part.data))

    async def GetUpload(
        self, request: ingest_pb2.GetUploadRequest, context: Context
    ) -> ingest_pb2.Upload:
        upload = await self._uploading.get(_workspace(), resource_id(request.name))
        return await self._message(upload)

    async def ListUploads(
        self, request: ingest_pb2.ListUploadsRequest, context: Context
    ) -> ingest_pb2.ListUploadsResponse:
        states = {convert.upload_state(state) for state in request.states}
        page = await self._uploading.page(_workspace(), ListRequest.of(request), states=states)
        return ingest_pb2.ListUploadsResponse(
            uploads=[convert.upload_message(upload, []) for upload in page.items],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )

    async def CompleteUpload(
        self, request: ingest_pb2.CompleteUploadRequest, context: Context
    ) -> ingest_pb2.Video:
        video = await self._completing.complete(_workspace(), resource_id(request.name))
        return convert.video_message(video)

    async def AbortUpload(
        self, request: ingest_pb2.AbortUploadRequest, context: Context
    ) -> ingest_pb2.Upload:
        upload = await self._uploading.abort(_workspace(), resource_id(request.name))
        return await self._message(upload)

    async def UploadVideo(
        self, request: AsyncIterator[ingest_pb2.UploadVideoRequest], context: Context
    ) -> ingest_pb2.Video:
        first = await anext(aiter(request), None)
        if first is None or first.WhichOneof("payload") == "chunk":
            raise _malformed("The first message must be the spec of a file, or an upload to resume")
        if first.WhichOneof("payload") == "spec":
            if first.spec.validate_only:
                raise _malformed("Whether a file would be taken is what CreateUpload finds out")
            upload = await self._created(first.spec)
        else:
            upload = await self._uploading.get(_workspace(), resource_id(first.resume))
        with _named_in_errors(upload):
            offset = 0
            if first.WhichOneof("payload") == "resume" and upload.state is State.ACTIVE:
                asked = first.offset if first.HasField("offset") else None
                offset = await self._streaming.start_of(upload, asked)
            digest = None
            # A repeated call after success, or after the last byte, has nothing left to send.
            if upload.state is State.ACTIVE and offset < upload.spec.size_bytes:
                digest = await self._streaming.receive(upload, offset, self._chunks(request))
            video = await self._completing.complete(upload.workspace, upload.id, digest)
            return convert.video_message(video)

    async def UploadFile(
        self, request: AsyncIterator[ingest_pb2.UploadFileRequest], context: Context
    ) -> ingest_pb2.Video:
        first = await anext(aiter(request), None)
        if first is None or not first.display_name:
            raise _malformed("The first message must name the file")
        upload = await self._created(
            ingest_pb2.CreateUploadRequest(
                display_name=first.display_name, size_bytes=first.size_bytes
            )
        )
        with _named_in_errors(upload):
            digest = await self._streaming.receive(upload, 0, self._pieces(first, request))
            video = await self._completing.complete(upload.workspace, upload.id, digest)
            return convert.video_message(video)

    async def GetVideo(
        self, request: ingest_pb2.GetVideoRequest, context: Context
    ) -> ingest_pb2.Video:
        video = await self._catalogue.get(_workspace(), resource_id(request.name))
        return convert.video_message(video)

    async def ListVideos(
        self, request: ingest_pb2.ListVideosRequest, context: Context
    ) -> ingest_pb2.ListVideosResponse:
        page = await self._catalogue.page(
            _workspace(), ListRequest.of(request), sha256=request.sha256
        )
        videos = await self._catalogue.intact(page.items) if request.sha256 else page.items
        answer = ingest_pb2.ListVideosResponse(
            videos=[convert.video_message(video) for video in videos],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )
        if not request.page_token:
            answer.used_bytes, answer.limit_bytes = await self._uploading.room(_workspace())
        return answer

    async def UpdateVideo(
        self, request: ingest_pb2.UpdateVideoRequest, context: Context
    ) -> ingest_pb2.Video:
        masked(request.update_mask, _CHANGEABLE)
        if not request.video.name.startswith("videos/"):
            raise _refused("video.name", "Say which video to change: videos/ID.")
        display_name = one_line(request.video.display_name)
        if not display_name:
            raise _refused("video.display_name", "The new name has nothing that can be read.")
        video = await self._catalogue.rename(
            _workspace(), resource_id(request.video.name), display_name, request.video.etag
        )
        return convert.video_message(video)

    async def DeleteVideo(self, request: ingest_pb2.DeleteVideoRequest, context: Context) -> Empty:
        await self._catalogue.delete(_workspace(), resource_id(request.name), request.etag)
        return Empty()

    async def GetPlaybackUrl(
        self, request: ingest_pb2.GetPlaybackUrlRequest, context: Context
    ) -> ingest_pb2.PlaybackUrl:
        playable = await self._catalogue.playback_url(
            _workspace(),
            resource_id(request.name),
            calls.origin(),
            convert.playback_source(request.source),
        )
        return convert.playback_message(playable)

    async def GetProxy(
        self, request: proxy_pb2.GetProxyRequest, context: Context
    ) -> proxy_pb2.Proxy:
        video_id = resource_id(request.name.removesuffix("/proxy"))
        return convert.proxy_message(video_id, await self._proxies.get(_workspace(), video_id))

    async def CreateProxy(
        self, request: proxy_pb2.CreateProxyRequest, context: Context
    ) -> proxy_pb2.Proxy:
        video_id = resource_id(request.video)
        return convert.proxy_message(video_id, await self._proxies.create(_workspace(), video_id))

    async def GetFilmstrip(
        self, request: ingest_pb2.GetFilmstripRequest, context: Context
    ) -> ingest_pb2.Filmstrip:
        filmstrip = await self._previews.filmstrip(
            _workspace(),
            resource_id(request.name),
            count=request.count,
            tile_height=request.tile_height,
            times=request.times,
        )
        return convert.filmstrip_message(filmstrip)

    async def GetStills(
        self, request: ingest_pb2.GetStillsRequest, context: Context
    ) -> ingest_pb2.Stills:
        stills = await self._previews.stills(
            _workspace(), resource_id(request.name), times=request.times, height=request.height
        )
        return convert.stills_message(stills)

    async def GetStillLinks(
        self, request: still_link_pb2.GetStillLinksRequest, context: Context
    ) -> still_link_pb2.StillLinks:
        links, expires_at = await self._still_links.links(
            _workspace(),
            resource_id(request.name),
            times=request.times,
            height=request.height,
            origin=calls.origin(),
        )
        return convert.still_links_message(links, expires_at)

    async def GetWaveform(
        self, request: ingest_pb2.GetWaveformRequest, context: Context
    ) -> ingest_pb2.Waveform:
        waveform = await self._previews.waveform(
            _workspace(),
            resource_id(request.name),
            count=request.count,
            start=request.start,
            end=request.end,
        )
        return convert.waveform_message(waveform)

    async def GetTechnicalFacts(
        self, request: technical_pb2.GetTechnicalFactsRequest, context: Context
    ) -> technical_pb2.TechnicalFacts:
        video, facts = await self._technical.facts(
            _workspace(), resource_id(request.name), whole=request.view == FULL
        )
        return facts_message(video, facts)

    async def _created(self, request: ingest_pb2.CreateUploadRequest) -> Upload:
        return await self._uploading.create(
            _workspace(),
            convert.file_spec(request),
            request.request_id.lower(),
            rehearse=request.validate_only,
        )

    async def _message(self, upload: Upload) -> ingest_pb2.Upload:
        return convert.upload_message(upload, await self._uploading.received(upload))

    async def _chunks(
        self, requests: AsyncIterator[ingest_pb2.UploadVideoRequest]
    ) -> AsyncIterator[bytes]:
        """The chunks after the first message."""
        async for message in self._further(requests):
            if message.WhichOneof("payload") != "chunk":
                raise _malformed("After the first message only chunks may follow")
            yield message.chunk

    async def _pieces(
        self,
        first: ingest_pb2.UploadFileRequest,
        requests: AsyncIterator[ingest_pb2.UploadFileRequest],
    ) -> AsyncIterator[bytes]:
        """The bytes of every message."""
        yield first.file.data
        async for message in self._further(requests):
            yield message.file.data

    async def _further(self, requests: AsyncIterator[_Request]) -> AsyncIterator[_Request]:
        """The messages after the first one; ends the stream when the service stops."""
        while True:
            try:
                async with asyncio.timeout(_IDLE_SECONDS):
                    message = await anext(aiter(requests), None)
            except TimeoutError:
                raise SageError(
                    ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
                    f"Nothing came for {_IDLE_SECONDS:.0f} s. Resume the upload when you can.",
                ) from None
            if message is None:
                return
            if self._draining.begun:
                raise SageError(
                    ErrorReason.ERROR_REASON_SHUTTING_DOWN,
                    "The server is stopping. Resume the upload in a moment.",
                    retry_after=1.0,
                )
            yield message


class VideoSourceServicer(ingest_pb2_grpc.VideoSourceServiceServicer):
    """`sage.ingest.v1.VideoSourceService`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def GetVideoSource(
        self, request: ingest_pb2.GetVideoSourceRequest, context: Context
    ) -> ingest_pb2.VideoSource:
        video = await self._catalogue.ready(_workspace(), resource_id(request.name))
        return ingest_pb2.VideoSource(
            video=convert.video_message(video), object_key=video.object_key
        )


@contextmanager
def _named_in_errors(upload: Upload) -> Iterator[None]:
    """Tells the name of the upload with every error: a stream has no other way to say it."""
    try:
        yield
    except SageError as error:
        error.metadata.setdefault("upload", upload.name)
        raise


def _refused(field: str, message: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        message,
        fields=[FieldViolation(field=field, description=message)],
    )


def _workspace() -> str:
    return current_identity().workspace


def _malformed(rule: str) -> SageError:
    return SageError(ErrorReason.ERROR_REASON_UPLOAD_STREAM_MALFORMED, f"{rule}.")
