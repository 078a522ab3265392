"""Files that come in parts."""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from tests.fixtures import clips
from tests.integration.ingest.conftest import Running, read
from tests.integration.ingest_client import PART, IngestClient, refused

pytestmark = pytest.mark.xdist_group("ingest")


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


def test_whether_a_file_would_be_taken_is_found_out_without_an_upload(
    client: IngestClient,
) -> None:
    def rehearse(size: int) -> pb.Upload:
        request = pb.CreateUploadRequest(
            display_name="a.mp4", size_bytes=size, request_id=str(uuid.uuid4()), validate_only=True
        )
        return client.stub.CreateUpload(request, metadata=client.metadata)

    assert rehearse(11 * 1024 * 1024).part_count == 2
    with refused("FILE_TOO_LARGE"):
        rehearse(2 * 10**12)
    with refused("EMPTY_FILE"):
        rehearse(0)
    listed = client.stub.ListUploads(pb.ListUploadsRequest(), metadata=client.metadata)
    assert listed.total_size == 0
