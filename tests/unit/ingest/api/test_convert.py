from __future__ import annotations

import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from services.ingest.api import convert
from services.ingest.uploads.upload import FileSpec, State
from tests.unit.ingest.adapters.test_database import NOW, new_upload, video_of
from tests.unit.ingest.uploads.test_upload import make_upload


def test_a_path_never_gets_past_the_request() -> None:
    request = pb.CreateUploadRequest(
        display_name="C:\\a\\b.mp4", size_bytes=7, content_type="video/mp4", sha256="ab" * 32
    )
    assert convert.file_spec(request) == FileSpec(
        display_name="b.mp4", size_bytes=7, content_type="video/mp4", sha256="ab" * 32
    )


def test_what_no_database_takes_never_gets_past_the_request() -> None:
    request = pb.CreateUploadRequest(display_name="b\0.mp4", size_bytes=7, content_type="video\0/x")
    assert convert.file_spec(request) == FileSpec(
        display_name="b.mp4", size_bytes=7, content_type="video/x"
    )


def test_an_upload_tells_where_to_go_on() -> None:
    message = convert.upload_message(make_upload(size=100, part_size=30), [1, 2, 4])
    assert (message.name, message.state) == ("uploads/u", pb.Upload.STATE_ACTIVE)
    assert (message.part_count, message.received_bytes) == (4, 60)
    assert not message.video
    assert message.expire_time.ToDatetime().day == 8


def test_a_completed_upload_names_its_video() -> None:
    message = convert.upload_message(make_upload(state=State.COMPLETED), [1, 2, 3, 4])
    assert (message.video, message.received_bytes) == ("videos/v", 100)


@pytest.mark.parametrize("state", State)
def test_every_state_of_an_upload_has_a_name(state: State) -> None:
    message = convert.upload_message(make_upload(state=state), [])
    assert pb.Upload.State.Name(message.state) == f"STATE_{state.value}"


def test_a_video_is_told_whole() -> None:
    video = video_of(new_upload())
    message = convert.video_message(video)
    assert message.duration.ToMilliseconds() == 12_345
    assert message.create_time.ToMicroseconds() % 1_000_000 == 123_456
    assert (message.size_bytes, message.state) == (3 << 40, pb.Video.STATE_READY)
    assert convert.video_message(video.deleting(NOW)).etag != message.etag
