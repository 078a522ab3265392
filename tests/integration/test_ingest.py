"""The ingest service as its callers see it: the real process over the real store."""

from __future__ import annotations

import hashlib
import io
import urllib.error
import urllib.request
import uuid
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import av
import grpc
import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from services.servicekit.identity import Scope
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.integration.ingest_client import PART, IngestClient, open_client, refused
from tests.integration.processes import (
    Keys,
    create_keys,
    service_environment,
    start_service,
    start_store,
)

pytestmark = pytest.mark.xdist_group("ingest")


@dataclass(frozen=True, kw_only=True)
class Running:
    """The service and its store, shared by the tests, each in workspaces of its own."""

    address: str
    keys: Keys
    objects: Path

    def stored(self, workspace: str) -> list[str]:
        """What lies in the store for a workspace: keys, without the store's own files."""
        root = self.objects / "media"
        found = (root / "workspaces" / workspace).rglob("*")
        return sorted(str(path.relative_to(root)) for path in found if path.is_file())

    def open_store_uploads(self) -> int:
        """How many multipart uploads the store has open."""
        root = self.objects / ".nanio" / "multipart"
        return len(list(root.iterdir())) if root.exists() else 0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("ingest")
    keys = create_keys(directory)
    with start_store(directory) as store:
        environment = service_environment(directory, store.address, keys)
        with start_service("services.ingest", "SAGE_INGEST_PORT", environment) as ingest:
            yield Running(address=ingest.address, keys=keys, objects=directory / "objects")


@pytest.fixture
def client(running: Running) -> Iterator[IngestClient]:
    """A caller whose workspace nobody else has."""
    with open_client(running.address, running.keys.signing_key, uuid.uuid4().hex) as client:
        yield client


@pytest.fixture
def stranger(running: Running) -> Iterator[IngestClient]:
    with open_client(running.address, running.keys.signing_key, uuid.uuid4().hex) as client:
        yield client


@pytest.fixture(scope="module")
def clip(reel: Path) -> bytes:
    """Fourteen seconds with sound."""
    return reel.read_bytes()


@pytest.fixture(scope="module")
def large_clip(clip: bytes) -> bytes:
    """The clip, and after it a box of padding that makes three parts of it."""
    size = 2 * PART + 12345
    return clip + (size - len(clip)).to_bytes(4, "big") + b"free" + bytes(size - len(clip) - 8)


def read(url: str, byte_range: str | None = None) -> tuple[int, bytes]:
    headers = {"Range": byte_range} if byte_range else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read()


def test_a_file_becomes_a_video_that_plays(client: IngestClient, clip: bytes) -> None:
    video = client.upload(clip, "C:\\holiday\\beach.mp4")

    assert video.display_name == "beach.mp4"
    assert video.state == pb.Video.STATE_READY
    assert video.sha256 == hashlib.sha256(clip).hexdigest()
    assert (video.width, video.height, video.frame_rate) == (*clips.SIZE, clips.RATE)
    assert video.duration.ToMilliseconds() == pytest.approx(14_000, abs=50)
    assert (video.video_codec, video.audio_codec, video.has_audio) == ("h264", "aac", True)
    assert video.content_type == "video/mp4"

    playback = client.stub.GetPlaybackUrl(
        pb.GetPlaybackUrlRequest(name=video.name), metadata=client.metadata
    )
    assert read(playback.url) == (200, clip)
    assert read(playback.url, "bytes=100-299") == (206, clip[100:300])


def test_a_playback_url_is_on_the_callers_origin_and_cannot_be_bent(
    client: IngestClient, clip: bytes
) -> None:
    video = client.upload(clip)
    request = pb.GetPlaybackUrlRequest(name=video.name)
    metadata = (*client.metadata, ("x-sage-origin", "https://sage.example:8443"))
    assert client.stub.GetPlaybackUrl(request, metadata=metadata).url.startswith(
        f"https://sage.example:8443/media/workspaces/{client.workspace}/"
    )
    url = client.stub.GetPlaybackUrl(request, metadata=client.metadata).url
    with pytest.raises(urllib.error.HTTPError, match="403"):
        read(url.replace("/original?", "/filmstrip?"))


def test_parts_arrive_in_parallel_in_any_order_and_twice(
    client: IngestClient, large_clip: bytes
) -> None:
    upload = client.create(large_clip)
    assert (upload.part_size, upload.part_count) == (PART, 3)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: client.put(upload, number, large_clip), [3, 1, 2, 1]))
    received = client.read_upload(upload.name)
    assert list(received.received_parts) == [1, 2, 3]
    assert received.received_bytes == len(large_clip)
    assert client.complete(upload).sha256 == hashlib.sha256(large_clip).hexdigest()


def test_an_upload_goes_on_where_it_was(client: IngestClient, large_clip: bytes) -> None:
    upload = client.create(large_clip)
    client.put(upload, 1, large_clip)
    client.put(upload, 3, large_clip)
    received = client.read_upload(upload.name)
    assert (list(received.received_parts), received.received_bytes) == ([1, 3], PART)
    with refused("UPLOAD_INCOMPLETE"):
        client.complete(upload)
    assert client.read_upload(upload.name).state == pb.Upload.STATE_ACTIVE
    client.put(upload, 2, large_clip)
    assert client.complete(upload).size_bytes == len(large_clip)


def test_completing_again_gives_the_same_video(client: IngestClient, clip: bytes) -> None:
    upload = client.create(clip)
    client.put(upload, 1, clip)
    with ThreadPoolExecutor(3) as pool:
        videos = list(pool.map(client.complete, [upload] * 3))
    assert {video.name for video in videos} == {client.complete(upload).name}
    done = client.read_upload(upload.name)
    assert (done.state, done.video) == (pb.Upload.STATE_COMPLETED, videos[0].name)
    assert len(client.videos().videos) == 1
    with refused("UPLOAD_NOT_ACTIVE"):
        client.put(upload, 1, clip)


def test_a_request_id_makes_creating_safe_to_repeat(client: IngestClient, clip: bytes) -> None:
    request_id = str(uuid.uuid4())
    first = client.create(clip, request_id=request_id)
    assert client.create(clip, request_id=request_id).name == first.name
    with refused("REQUEST_ID_REUSED"):
        client.create(clip + b"!", request_id=request_id)


def test_a_wrong_part_is_refused(client: IngestClient, clip: bytes, large_clip: bytes) -> None:
    upload = client.create(clip)
    with refused("PART_OUT_OF_RANGE"):
        client.put(upload, 1, clip[:-1])
    with refused("PART_OUT_OF_RANGE"):
        client.put(upload, 2, large_clip)
    with refused("CHECKSUM_MISMATCH"):
        client.stub.UploadPart(
            pb.UploadPartRequest(upload=upload.name, part_number=1, data=clip, crc32c=1),
            metadata=client.metadata,
        )
    assert not client.read_upload(upload.name).received_parts


def test_impossible_sizes_are_refused_at_once(client: IngestClient) -> None:
    with refused("EMPTY_FILE"):
        client.create(b"")
    with refused("FILE_TOO_LARGE"):
        client.stub.CreateUpload(
            pb.CreateUploadRequest(display_name="a.mp4", size_bytes=10_000 * PART + 1),
            metadata=client.metadata,
        )


def test_an_aborted_upload_leaves_nothing(
    running: Running, client: IngestClient, large_clip: bytes
) -> None:
    before = running.open_store_uploads()
    upload = client.create(large_clip)
    client.put(upload, 2, large_clip)
    abort = pb.AbortUploadRequest(name=upload.name)
    for _ in range(2):
        aborted = client.stub.AbortUpload(abort, metadata=client.metadata)
        assert aborted.state == pb.Upload.STATE_ABORTED
    assert running.open_store_uploads() == before
    with refused("UPLOAD_NOT_ACTIVE"):
        client.put(upload, 1, large_clip)
    with refused("UPLOAD_NOT_ACTIVE"):
        client.complete(upload)


def chunks(data: bytes, size: int = 999_999) -> Iterator[pb.UploadVideoRequest]:
    for offset in range(0, len(data), size):
        yield pb.UploadVideoRequest(chunk=data[offset : offset + size])


def spec(data: bytes, **fields: str) -> pb.UploadVideoRequest:
    announced = pb.CreateUploadRequest(display_name="s.mp4", size_bytes=len(data), **fields)
    return pb.UploadVideoRequest(spec=announced)


def test_a_file_travels_as_one_stream(client: IngestClient, large_clip: bytes) -> None:
    digest = hashlib.sha256(large_clip).hexdigest()

    def messages() -> Iterator[pb.UploadVideoRequest]:
        yield spec(large_clip, sha256=digest)
        yield from chunks(large_clip)

    video = client.stream(messages())
    assert (video.sha256, video.size_bytes) == (digest, len(large_clip))


def test_a_broken_stream_is_resumed(client: IngestClient, large_clip: bytes) -> None:
    request_id = str(uuid.uuid4())

    def broken() -> Iterator[pb.UploadVideoRequest]:
        yield spec(large_clip, request_id=request_id)
        yield from chunks(large_clip[: PART + PART // 2])

    with refused("UPLOAD_INCOMPLETE") as facts:
        client.stream(broken())
    upload = client.create(large_clip, "s.mp4", request_id=request_id)
    assert upload.received_bytes == PART
    assert facts["upload"] == upload.name

    def resumed(offset: int) -> Iterator[pb.UploadVideoRequest]:
        yield pb.UploadVideoRequest(resume=upload.name, offset=offset)
        yield from chunks(large_clip[offset:])

    with refused("PART_OUT_OF_RANGE"):
        client.stream(resumed(2 * PART))
    video = client.stream(resumed(upload.received_bytes))
    assert video.sha256 == hashlib.sha256(large_clip).hexdigest()
    # The whole call may be repeated after its answer was lost.
    assert client.stream(iter([spec(large_clip, request_id=request_id)])).name == video.name


def test_uploads_are_listed(client: IngestClient, clip: bytes) -> None:
    created = [client.create(clip).name for _ in range(3)]
    client.stub.AbortUpload(pb.AbortUploadRequest(name=created[0]), metadata=client.metadata)

    def listed(**fields: object) -> pb.ListUploadsResponse:
        request = pb.ListUploadsRequest(**fields)  # type: ignore[arg-type]
        return client.stub.ListUploads(request, metadata=client.metadata)

    active = [pb.Upload.STATE_ACTIVE]
    first = listed(page_size=1, states=active)
    second = listed(page_size=1, states=active, page_token=first.next_page_token)
    names = [upload.name for page in (first, second) for upload in page.uploads]
    assert names == created[:0:-1]
    assert not second.next_page_token
    assert len(listed().uploads) == 3
    with refused("INVALID_PAGE_TOKEN"):
        listed(page_token=first.next_page_token)


def test_equal_files_are_stored_once_and_each_can_be_removed(
    running: Running, client: IngestClient, clip: bytes
) -> None:
    first, second = client.upload(clip, "a.mp4"), client.upload(clip, "b.mp4")
    assert first.name != second.name
    assert len(running.stored(client.workspace)) == 1
    for video, left in ((first, 1), (second, 0)):
        url = client.stub.GetPlaybackUrl(
            pb.GetPlaybackUrlRequest(name=second.name), metadata=client.metadata
        ).url
        assert read(url) == (200, clip)
        delete = pb.DeleteVideoRequest(name=video.name)
        client.stub.DeleteVideo(delete, metadata=client.metadata)
        assert len(running.stored(client.workspace)) == left


def test_a_stream_out_of_order_is_refused(client: IngestClient, clip: bytes) -> None:
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(chunks(clip))
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(iter([]))
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(iter([spec(clip), spec(clip)]))
    with refused("PART_OUT_OF_RANGE"):
        client.stream(iter([spec(clip), *chunks(clip), *chunks(b"more")]))


def sound_alone() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    return file.getvalue()


@pytest.mark.parametrize("way", ["parts", "stream"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("text", "NOT_A_VIDEO"),
        ("noise", "NOT_A_VIDEO"),
        ("picture", "NOT_A_VIDEO"),
        ("sound", "NO_VIDEO_STREAM"),
        ("cut off", "TRUNCATED"),
        ("other bytes", "CHECKSUM_MISMATCH"),
    ],
)
def test_a_refused_file_leaves_nothing_but_the_reason(
    running: Running, client: IngestClient, clip: bytes, kind: str, reason: str, way: str
) -> None:
    data = {
        "text": b"this is a letter\n" * 300,
        "noise": bytes(range(7, 256, 3)) * 400,
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "sound": sound_alone(),
        "cut off": clip[: len(clip) * 2 // 3],
        "other bytes": clip,
    }[kind]
    announced = hashlib.sha256(data if kind != "other bytes" else b"").hexdigest()
    request_id = str(uuid.uuid4())
    open_uploads = running.open_store_uploads()

    with refused(reason):
        if way == "parts":
            upload = client.create(data, "s.mp4", sha256=announced, request_id=request_id)
            client.put(upload, 1, data)
            client.complete(upload)
        else:
            first = spec(data, sha256=announced, request_id=request_id)
            client.stream(iter([first, *chunks(data)]))

    upload = client.create(data, "s.mp4", sha256=announced, request_id=request_id)
    assert (upload.state, upload.failure_reason) == (pb.Upload.STATE_FAILED, reason)
    assert upload.failure_message
    assert not client.videos().videos
    assert running.stored(client.workspace) == []
    assert running.open_store_uploads() == open_uploads
    with refused(reason):
        client.complete(upload)


def test_known_bytes_are_found_by_their_digest(client: IngestClient, clip: bytes) -> None:
    names = {client.upload(clip, "a.mp4").name, client.upload(clip, "b.mp4").name}
    found = client.videos(sha256=hashlib.sha256(clip).hexdigest()).videos
    assert {video.name for video in found} == names
    assert not client.videos(sha256="0" * 64).videos


def test_videos_are_listed_newest_first_page_by_page(client: IngestClient, clip: bytes) -> None:
    made = [client.upload(clip, f"{number}.mp4").name for number in range(3)]
    first = client.videos(page_size=2)
    rest = client.videos(page_size=2, page_token=first.next_page_token)
    assert [video.name for video in (*first.videos, *rest.videos)] == made[::-1]
    assert not rest.next_page_token
    with refused("INVALID_PAGE_TOKEN"):
        client.videos(page_token=first.next_page_token, sha256="0" * 64)


def test_a_video_is_renamed_unless_it_changed_meanwhile(client: IngestClient, clip: bytes) -> None:
    video = client.upload(clip)

    def rename(name: str, etag: str = "", *paths: str) -> pb.Video:
        request = pb.UpdateVideoRequest(
            video=pb.Video(name=video.name, display_name=name, etag=etag)
        )
        request.update_mask.paths.extend(paths)
        return client.stub.UpdateVideo(request, metadata=client.metadata)

    renamed = rename("new.mp4", video.etag, "display_name")
    assert (renamed.display_name, renamed.etag != video.etag) == ("new.mp4", True)
    with refused("ETAG_MISMATCH"):
        rename("newer.mp4", video.etag)
    with refused("INVALID_ARGUMENT"):
        rename("newer.mp4", "", "sha256")
    assert rename("newest.mp4").display_name == "newest.mp4"
    assert rename("A/B\ncut\0.mp4").display_name == "A/Bcut.mp4"
    with refused("INVALID_ARGUMENT"):
        rename(" \t")
    with refused("INVALID_ARGUMENT"):
        nameless = pb.UpdateVideoRequest(video=pb.Video(display_name="new.mp4"))
        client.stub.UpdateVideo(nameless, metadata=client.metadata)


def test_a_deleted_video_is_gone_with_all_its_bytes(
    running: Running, client: IngestClient, clip: bytes
) -> None:
    video = client.upload(clip)
    strip = pb.GetFilmstripRequest(name=video.name, count=4)
    client.stub.GetFilmstrip(strip, metadata=client.metadata)
    assert len(running.stored(client.workspace)) == 2
    delete = pb.DeleteVideoRequest(name=video.name)
    client.stub.DeleteVideo(delete, metadata=client.metadata)
    assert running.stored(client.workspace) == []
    assert not client.videos().videos
    with refused("NOT_FOUND"):
        client.stub.DeleteVideo(delete, metadata=client.metadata)


def test_a_filmstrip_shows_the_video_on_an_even_grid(client: IngestClient, clip: bytes) -> None:
    video = client.upload(clip)
    request = pb.GetFilmstripRequest(name=video.name, count=7, tile_height=36)
    strip = client.stub.GetFilmstrip(request, metadata=client.metadata)
    assert list(strip.times) == pytest.approx([1, 3, 5, 7, 9, 11, 13], abs=0.05)
    assert (strip.tile_width, strip.tile_height) == (64, 36)
    with av.open(io.BytesIO(strip.jpeg), "r") as container:
        picture = next(container.decode(video=0))
        assert (picture.width, picture.height) == (7 * 64, 36)
    assert client.stub.GetFilmstrip(request, metadata=client.metadata) == strip


def test_a_waveform_follows_the_sound(
    client: IngestClient, clip: bytes, clip_library: ClipLibrary
) -> None:
    video = client.upload(clip)
    request = pb.GetWaveformRequest(name=video.name, count=14)
    waveform = client.stub.GetWaveform(request, metadata=client.metadata)
    assert waveform.step_seconds == pytest.approx(1.0, abs=0.01)
    assert len(waveform.peaks) == 14
    assert 0.01 < max(waveform.peaks) <= 1

    silent = clip_library.get("silent.mp4", clips.REEL[1:2], sound=False)
    mute = client.upload(silent.read_bytes())
    assert not mute.has_audio
    with refused("NO_AUDIO"):
        client.stub.GetWaveform(pb.GetWaveformRequest(name=mute.name), metadata=client.metadata)


def test_nothing_of_another_workspace_can_be_reached(
    running: Running, client: IngestClient, stranger: IngestClient, clip: bytes
) -> None:
    video, upload = client.upload(clip), client.create(clip)
    service = open_client(
        running.address, running.keys.signing_key, stranger.workspace, Scope.SERVICE
    )
    attempts = [
        (stranger.stub.GetUpload, pb.GetUploadRequest(name=upload.name)),
        (stranger.stub.CompleteUpload, pb.CompleteUploadRequest(name=upload.name)),
        (stranger.stub.AbortUpload, pb.AbortUploadRequest(name=upload.name)),
        (
            stranger.stub.UploadPart,
            pb.UploadPartRequest(upload=upload.name, part_number=1, data=clip),
        ),
        (stranger.stub.UploadVideo, iter([pb.UploadVideoRequest(resume=upload.name)])),
        (stranger.stub.GetVideo, pb.GetVideoRequest(name=video.name)),
        (
            stranger.stub.UpdateVideo,
            pb.UpdateVideoRequest(video=pb.Video(name=video.name, display_name="mine")),
        ),
        (stranger.stub.DeleteVideo, pb.DeleteVideoRequest(name=video.name)),
        (stranger.stub.GetPlaybackUrl, pb.GetPlaybackUrlRequest(name=video.name)),
        (stranger.stub.GetFilmstrip, pb.GetFilmstripRequest(name=video.name)),
        (stranger.stub.GetWaveform, pb.GetWaveformRequest(name=video.name)),
    ]
    for method, request in attempts:
        with refused("NOT_FOUND"):
            method(request, metadata=stranger.metadata)  # type: ignore[operator]
    with service as foreign, refused("NOT_FOUND"):
        foreign.sources.GetVideoSource(
            pb.GetVideoSourceRequest(name=video.name), metadata=foreign.metadata
        )
    assert not stranger.videos(sha256=video.sha256).videos
    # The same request id means nothing in another workspace.
    request_id = str(uuid.uuid4())
    mine = client.create(clip, request_id=request_id)
    assert stranger.create(clip, request_id=request_id).name != mine.name


def test_only_services_learn_where_the_bytes_lie(
    running: Running, client: IngestClient, clip: bytes
) -> None:
    video = client.upload(clip)
    request = pb.GetVideoSourceRequest(name=video.name)
    with pytest.raises(grpc.RpcError, match="UNAUTHENTICATED"):
        client.sources.GetVideoSource(request, metadata=client.metadata)
    with open_client(
        running.address, running.keys.signing_key, client.workspace, Scope.SERVICE
    ) as service:
        source = service.sources.GetVideoSource(request, metadata=service.metadata)
    assert source.video == video
    assert running.stored(client.workspace) == [source.object_key]
