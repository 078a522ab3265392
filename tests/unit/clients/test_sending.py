"""A file as an upload sees it."""

from __future__ import annotations

from pathlib import Path

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.ingest.v1.ingest_pb2 import Upload
from sage_client.sending import LocalFile, missing_parts, takes_parts


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "cut.mp4"
    path.write_bytes(b"abcdefgh")
    return path


def test_the_same_file_is_announced_alike_until_it_shall_be_new(video: Path) -> None:
    file = LocalFile.read(video)
    first, second = file.announcement(anew=False), file.announcement(anew=False)
    assert first == second
    assert (first.display_name, first.size_bytes, len(first.sha256)) == ("cut.mp4", 8, 64)
    assert file.announcement(anew=True).request_id != first.request_id


def test_another_name_or_content_is_another_request(video: Path) -> None:
    request = LocalFile.read(video).announcement(anew=False)
    renamed = video.rename(video.with_name("other.mp4"))
    assert LocalFile.read(renamed).announcement(anew=False).request_id != request.request_id


def test_a_part_carries_its_bytes_and_their_checksum(video: Path) -> None:
    upload = Upload(name="uploads/u", part_size=3, part_count=3)
    part = LocalFile.read(video).part(upload, 3)
    assert (part.upload, part.part_number, part.data) == ("uploads/u", 3, b"gh")
    assert part.crc32c == google_crc32c.value(b"gh")


@given(st.integers(0, 20), st.sets(st.integers(1, 20)))
def test_what_has_not_arrived_is_missing(count: int, arrived: set[int]) -> None:
    upload = Upload(part_count=count, received_parts=sorted(arrived))
    assert {*missing_parts(upload)} == set(range(1, count + 1)) - arrived


def test_an_upload_that_ended_takes_no_parts() -> None:
    assert takes_parts(Upload(state=Upload.STATE_ACTIVE))
    assert not takes_parts(Upload(state=Upload.STATE_COMPLETED))
    assert not takes_parts(Upload(state=Upload.STATE_FAILED))
