"""Streams as lines, as events and as Connect has them; each tells how it ended."""

from __future__ import annotations

import json

import httpx
import pytest
from google.rpc.code_pb2 import Code

from sage.compare.v1 import compare_pb2
from tests.integration.door import (
    COMPARE,
    Door,
    Told,
    events,
    frame,
    frames,
    told_by_connect,
    told_over_rest,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("streams-through-the-door"),
]


async def compare(door: Door, b: str, **headers: str) -> httpx.Response:
    return await door.web.post(
        "/v1/comparisons:stream",
        json={"a": "videos/a", "b": b},
        headers={**dict(door.service.metadata()), **headers},
    )


BROKEN = Told(
    code=Code.RESOURCE_EXHAUSTED, message='Broken "in" two.', reason="RATE_LIMITED", retry=2.5
)


async def test_a_stream_is_lines(door: Door) -> None:
    whole, broken = await compare(door, "videos/b"), await compare(door, "videos/broken")

    assert whole.headers["content-type"] == "application/x-ndjson"
    assert [list(json.loads(line)) for line in whole.text.splitlines()] == [["header"]]
    first, last = [json.loads(line) for line in broken.text.splitlines()]
    assert list(first) == ["header"]
    assert told_over_rest(last["error"]) == BROKEN
    assert last["error"]["details"][0]["metadata"] == {"limit": "7"}


async def test_a_stream_is_events_for_who_asks_for_them(door: Door) -> None:
    accept = {"accept": "text/event-stream"}

    whole = await compare(door, "videos/b", **accept)
    broken = await compare(door, "videos/broken", **accept)

    assert whole.headers["content-type"] == "text/event-stream"
    (_, message), end = events(whole.text)
    assert list(json.loads(message)) == ["header"]
    assert end == ("end", "{}")
    _, (kind, status) = events(broken.text)
    assert kind == "error"
    assert told_over_rest(json.loads(status)) == BROKEN


async def test_events_of_a_watch_end_with_its_deadline(door: Door) -> None:
    answer = await door.web.get(
        "/v1/embeddingTasks:watch",
        headers={
            "accept": "text/event-stream",
            "grpc-timeout": "500m",
            **dict(door.service.metadata()),
        },
    )

    (kind, _), (last, status) = events(answer.text)
    assert (kind, last) == ("message", "error")
    assert json.loads(status)["code"] == Code.DEADLINE_EXCEEDED


async def test_what_fails_at_once_is_no_stream(door: Door) -> None:
    answer = await compare(door, "videos/NONE", accept="text/event-stream")

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")


@pytest.mark.parametrize(
    ("b", "told"), [("videos/b", None), ("videos/broken", BROKEN)], ids=["whole", "broken"]
)
async def test_a_stream_of_connect(door: Door, b: str, told: Told | None) -> None:
    request = compare_pb2.CompareVideosRequest(a="videos/a", b=b)

    answer = await door.web.post(
        f"{COMPARE}/CompareVideos",
        content=frame(request.SerializeToString()),
        headers={"content-type": "application/connect+proto", **dict(door.service.metadata())},
    )

    (kind, first), (end, last) = frames(answer.content)
    assert (kind, end) == (0, 2)
    assert compare_pb2.CompareVideosResponse.FromString(first).HasField("header")
    error = json.loads(last).get("error")
    assert (told_by_connect(error) if error else None) == told


async def test_a_stream_of_connect_without_a_token(door: Door) -> None:
    answer = await door.web.post(
        f"{COMPARE}/CompareVideos",
        content=frame(b""),
        headers={"content-type": "application/connect+proto"},
    )

    ((kind, last),) = frames(answer.content)
    assert (answer.status_code, kind) == (200, 2)
    assert told_by_connect(json.loads(last)["error"]).reason == "UNAUTHENTICATED"
