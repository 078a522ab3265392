"""Between the contract's messages and ingest's own types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from sage.ingest.v1 import ingest_pb2, proxy_pb2, still_link_pb2
from services.ingest.library.catalogue import PlayableUrl, Source
from services.ingest.library.file_names import base_name
from services.ingest.library.still_links import LinkedStill
from services.ingest.library.video import Video, VideoState
from services.ingest.ports import Filmstrip, Still, Waveform
from services.ingest.proxies.playability import Cause
from services.ingest.proxies.proxy import Proxy, ProxyState
from services.ingest.uploads.upload import FileSpec, State, Upload
from services.servicekit.durations import duration
from services.servicekit.names import one_line

_UPLOAD_STATES = {
    State.ACTIVE: ingest_pb2.Upload.STATE_ACTIVE,
    State.COMPLETING: ingest_pb2.Upload.STATE_COMPLETING,
    State.COMPLETED: ingest_pb2.Upload.STATE_COMPLETED,
    State.ABORTED: ingest_pb2.Upload.STATE_ABORTED,
    State.FAILED: ingest_pb2.Upload.STATE_FAILED,
}
_VIDEO_STATES = {
    VideoState.READY: ingest_pb2.Video.STATE_READY,
    VideoState.DELETING: ingest_pb2.Video.STATE_DELETING,
}

_PROXY_STATES = {
    ProxyState.QUEUED: proxy_pb2.Proxy.STATE_QUEUED,
    ProxyState.RUNNING: proxy_pb2.Proxy.STATE_RUNNING,
    ProxyState.READY: proxy_pb2.Proxy.STATE_READY,
    ProxyState.FAILED: proxy_pb2.Proxy.STATE_FAILED,
}
_PROXY_CAUSES = {
    Cause.CONTAINER: proxy_pb2.Proxy.CAUSE_CONTAINER,
    Cause.VIDEO_CODEC: proxy_pb2.Proxy.CAUSE_VIDEO_CODEC,
    Cause.PIXEL_FORMAT: proxy_pb2.Proxy.CAUSE_PIXEL_FORMAT,
    Cause.AUDIO_CODEC: proxy_pb2.Proxy.CAUSE_AUDIO_CODEC,
    Cause.REQUESTED: proxy_pb2.Proxy.CAUSE_REQUESTED,
}
_SOURCES = {
    Source.ORIGINAL: proxy_pb2.PLAYBACK_SOURCE_ORIGINAL,
    Source.PROXY: proxy_pb2.PLAYBACK_SOURCE_PROXY,
}


def file_spec(request: ingest_pb2.CreateUploadRequest) -> FileSpec:
    """What the client says of its file: the name without folders, both texts on one line."""
    return FileSpec(
        display_name=base_name(request.display_name),
        size_bytes=request.size_bytes,
        content_type=one_line(request.content_type),
        sha256=request.sha256,
    )


def upload_message(upload: Upload, received: Sequence[int]) -> ingest_pb2.Upload:
    """received: numbers of the parts that the store has, from 1 on, in any order."""
    return ingest_pb2.Upload(
        name=upload.name,
        display_name=upload.spec.display_name,
        size_bytes=upload.spec.size_bytes,
        part_size=upload.part_size,
        part_count=upload.part_count,
        state=_UPLOAD_STATES[upload.state],
        received_parts=received,
        received_bytes=upload.contiguous_bytes(list(received)),
        video=f"videos/{upload.video_id}" if upload.state is State.COMPLETED else "",
        failure_reason=upload.failure_reason,
        failure_message=upload.failure_message,
        create_time=timestamp(upload.created_at),
        expire_time=timestamp(upload.expires_at),
    )


def video_message(video: Video) -> ingest_pb2.Video:
    """A video without where its bytes lie, which is nobody's concern outside."""
    return ingest_pb2.Video(
        name=video.name,
        display_name=video.display_name,
        size_bytes=video.size_bytes,
        sha256=video.sha256,
        content_type=video.content_type,
        duration=duration(video.duration),
        width=video.width,
        height=video.height,
        frame_rate=video.frame_rate,
        video_codec=video.video_codec,
        audio_codec=video.audio_codec,
        has_audio=video.has_audio,
        state=_VIDEO_STATES[video.state],
        create_time=timestamp(video.created_at),
        update_time=timestamp(video.updated_at),
        etag=video.etag,
    )


def upload_state(state: ingest_pb2.Upload.State.ValueType) -> State:
    """Raises StopIteration for the unspecified state, which validation has refused."""
    return next(ours for ours, theirs in _UPLOAD_STATES.items() if theirs == state)


def playback_source(wanted: proxy_pb2.PlaybackSource.ValueType) -> Source:
    """Unless it says otherwise, a request is for the proxy."""
    original = wanted == proxy_pb2.PLAYBACK_SOURCE_ORIGINAL
    return Source.ORIGINAL if original else Source.PROXY


def playback_message(playable: PlayableUrl) -> ingest_pb2.PlaybackUrl:
    """The URL, when it stops to work, and whether it is of the original or of a copy."""
    return ingest_pb2.PlaybackUrl(
        url=playable.url,
        expire_time=timestamp(playable.expires_at),
        source=_SOURCES[playable.source],
    )


def proxy_message(video_id: str, proxy: Proxy | None) -> proxy_pb2.Proxy:
    """proxy: None when there is none."""
    name = f"videos/{video_id}/proxy"
    if proxy is None:
        return proxy_pb2.Proxy(name=name, state=proxy_pb2.Proxy.STATE_NOT_NEEDED)
    return proxy_pb2.Proxy(
        name=name,
        state=_PROXY_STATES[proxy.state],
        progress=proxy.progress,
        cause=_PROXY_CAUSES[proxy.cause],
        failure_reason=proxy.failure_reason,
        failure_message=proxy.failure_message,
        create_time=timestamp(proxy.created_at),
        update_time=timestamp(proxy.updated_at),
        etag=proxy.etag,
    )


def stills_message(stills: Sequence[Still]) -> ingest_pb2.Stills:
    """Each still's own time and size: a stretch may change the shape of its pictures."""
    return ingest_pb2.Stills(
        stills=(
            ingest_pb2.Still(
                time=still.time, jpeg=still.jpeg, width=still.width, height=still.height
            )
            for still in stills
        )
    )


def still_links_message(
    links: Sequence[LinkedStill], expires_at: datetime
) -> still_link_pb2.StillLinks:
    return still_link_pb2.StillLinks(
        links=(
            still_link_pb2.StillLink(
                time=link.time, url=link.url, width=link.width, height=link.height
            )
            for link in links
        ),
        expire_time=timestamp(expires_at),
    )


def filmstrip_message(filmstrip: Filmstrip) -> ingest_pb2.Filmstrip:
    """One JPEG of all tiles side by side; times are seconds."""
    return ingest_pb2.Filmstrip(
        jpeg=filmstrip.jpeg,
        tile_width=filmstrip.tile_width,
        tile_height=filmstrip.tile_height,
        times=filmstrip.times,
    )


def waveform_message(waveform: Waveform) -> ingest_pb2.Waveform:
    """Peaks from 0 to 1."""
    return ingest_pb2.Waveform(peaks=waveform.peaks, step_seconds=waveform.step_seconds)


def timestamp(time: datetime) -> Timestamp:
    """time: with its zone, or in UTC."""
    message = Timestamp()
    message.FromDatetime(time)
    return message
