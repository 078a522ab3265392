"""Videos are played through the gateway: in ranges, with a signature, and only read."""

from __future__ import annotations

import httpx
import pytest

from sage.ingest.v1.ingest_pb2 import (
    Video,
)
from tests.fixtures.clips import source_file
from tests.fixtures.stack import Stack

pytestmark = pytest.mark.xdist_group("stack")


def test_media_is_played_in_ranges_on_the_callers_origin(
    stack: Stack, web: httpx.Client, playback_url: str, video: Video
) -> None:
    assert playback_url.startswith(stack.url)

    answer = web.get(playback_url, headers={"range": "bytes=100-199"})

    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes 100-199/{video.size_bytes}"
    assert answer.content == source_file("rabbit").read_bytes()[100:200]


def test_a_range_beyond_the_end_is_said_so(
    web: httpx.Client, playback_url: str, video: Video
) -> None:
    answer = web.get(playback_url, headers={"range": f"bytes={video.size_bytes}-"})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{video.size_bytes}"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=100-{size}", 100, None),
        ("bytes=100-99999999999999999999", 100, None),
        ("bytes=0-{last}", 0, None),
        ("bytes=-100", -100, None),
        ("bytes=-99999999999", 0, None),
        ("bytes=7-7", 7, 8),
        ("Bytes=7-9", 7, 10),
    ],
)
def test_a_range_is_served_as_far_as_there_is_something(
    web: httpx.Client, playback_url: str, video: Video, asked: str, start: int, end: int | None
) -> None:
    size = video.size_bytes
    asked = asked.format(size=size, last=size - 1)

    answer = web.get(playback_url, headers={"range": asked})

    content = source_file("rabbit").read_bytes()
    first, stop, _ = slice(start, end).indices(size)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{stop - 1}/{size}"
    assert answer.content == content[first:stop]


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes"])
def test_what_is_no_single_range_is_ignored(
    web: httpx.Client, playback_url: str, video: Video, asked: str
) -> None:
    answer = web.get(playback_url, headers={"range": asked})

    assert (answer.status_code, len(answer.content)) == (200, video.size_bytes)


@pytest.mark.parametrize("asked", ["bytes=-0", "bytes={size}-{size}", f"bytes={'9' * 400}-"])
def test_a_range_with_nothing_in_it_is_said_so(
    web: httpx.Client, playback_url: str, video: Video, asked: str
) -> None:
    answer = web.get(playback_url, headers={"range": asked.format(size=video.size_bytes)})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{video.size_bytes}"


def test_a_range_asks_for_a_signature_too(web: httpx.Client, playback_url: str) -> None:
    forged = playback_url[:-1] + ("0" if playback_url[-1] != "0" else "1")
    for asked in ("bytes=0-1", "bytes=-1"):
        for url in (forged, playback_url, forged):
            answer = web.get(url, headers={"range": asked})
            assert answer.status_code == (403 if url == forged else 206)


def test_only_headers_that_media_needs_reach_the_store(
    web: httpx.Client, playback_url: str
) -> None:
    strange = {"x-amz-security-token": "x", "x-amz-date": "x", "content-md5": "x"}

    assert web.get(playback_url, headers=strange).status_code == 200


def test_media_asks_for_a_signature(web: httpx.Client, playback_url: str) -> None:
    unsigned = playback_url.partition("?")[0]

    assert web.get(unsigned).status_code == 403


def test_a_signature_holds_for_what_was_signed_only(web: httpx.Client, playback_url: str) -> None:
    assert web.get(playback_url.replace("/original?", "/another?")).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_media_is_only_read(web: httpx.Client, playback_url: str, method: str) -> None:
    assert web.request(method, playback_url).status_code == 403
