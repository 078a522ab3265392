"""One port for every kind of client: what fails is told to all of them in the same way."""

from __future__ import annotations

import pytest
from google.rpc.code_pb2 import Code

from sage.ingest.v1 import ingest_pb2
from tests.integration.door import (
    INGEST,
    WAYS,
    Call,
    Door,
    Told,
    Way,
    by_grpc_web,
    by_rest,
    get,
    told_by_connect,
    told_over_rest,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("one-door"),
]


@pytest.mark.parametrize("way", WAYS)
async def test_without_a_token(door: Door, way: Way) -> None:
    told = await way(door, get("videos/a", signed_in=False))

    assert (told.code, told.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")
    assert told.message.endswith("access token from CreateSession: Jwt is missing.")


@pytest.mark.parametrize("way", WAYS)
async def test_an_error_of_a_service(door: Door, way: Way) -> None:
    told = await way(door, get("videos/busy"))

    assert told == Told(
        code=Code.RESOURCE_EXHAUSTED, message="Busy.", reason="RATE_LIMITED", retry=2.5
    )


@pytest.mark.parametrize("way", WAYS)
async def test_a_rule_that_is_broken(door: Door, way: Way) -> None:
    told = await way(door, get("videos/NONE"))

    assert (told.code, told.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert told.message.startswith("name: ")


@pytest.mark.parametrize("way", WAYS)
async def test_a_deadline_that_passes(door: Door, way: Way) -> None:
    told = await way(door, get("videos/slow", timeout_ms=300))

    assert (told.code, told.reason) == (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")
    assert told.message


# A browser stops sending when the answer comes; httpx takes that for a broken connection.
@pytest.mark.parametrize("way", [way for way in WAYS if way is not by_grpc_web])
async def test_a_message_that_is_too_large(door: Door, way: Way) -> None:
    request = ingest_pb2.UploadPartRequest(
        upload="uploads/a", part_number=1, data=bytes(12 * 1024 * 1024)
    )

    told = await way(
        door, Call(method="UploadPart", request=request, rest=("PUT", "/v1/uploads/a/parts/1"))
    )

    assert (told.code, told.reason) == (Code.INVALID_ARGUMENT, "MESSAGE_TOO_LARGE")
    assert "10 MiB" in told.message


@pytest.mark.parametrize("way", [way for way in WAYS if way is not by_rest])
async def test_a_method_that_does_not_exist(door: Door, way: Way) -> None:
    told = await way(door, get("videos/a", method="GetNothing"))

    assert (told.code, told.reason) == (Code.UNIMPLEMENTED, "UNKNOWN_METHOD")
    assert told.message == "There is no such method."


async def test_a_path_that_does_not_exist(door: Door) -> None:
    headers = dict(door.service.metadata())

    nowhere = await door.web.get("/v1/nothing", headers=headers)
    other_verb = await door.web.put("/v1/videos/a", headers=headers)

    assert told_over_rest(nowhere.json()).reason == "NOT_FOUND"
    assert (other_verb.status_code, other_verb.headers["allow"]) == (405, "GET, PATCH, DELETE")
    assert told_over_rest(other_verb.json()).reason == "UNKNOWN_METHOD"


@pytest.mark.parametrize("path", ["/v1/uploads", f"{INGEST}/CreateUpload"])
async def test_json_that_is_none_or_has_a_field_too_many(door: Door, path: str) -> None:
    headers = {"content-type": "application/json", **dict(door.service.metadata())}
    read = told_over_rest if path.startswith("/v1/") else told_by_connect

    for body, said in [(b'{"displayName": }', ""), (b'{"colour": "red"}', "colour")]:
        answer = await door.web.post(path, content=body, headers=headers)
        told = read(answer.json())
        assert (answer.status_code, told.code, told.reason) == (400, 3, "INVALID_ARGUMENT")
        assert said in told.message


# --- what works


async def test_connect_in_both_its_forms(door: Door) -> None:
    request = ingest_pb2.GetVideoRequest(name="videos/a")
    headers = dict(door.service.metadata())

    binary, text = [
        await door.web.post(
            f"{INGEST}/GetVideo", content=content, headers={"content-type": kind, **headers}
        )
        for kind, content in [
            ("application/proto", request.SerializeToString()),
            ("application/json", b'{"name": "videos/a"}'),
        ]
    ]

    assert binary.headers["content-type"] == "application/proto"
    assert ingest_pb2.Video.FromString(binary.content).name == "videos/a"
    assert text.headers["content-type"] == "application/json"
    assert text.json()["name"] == "videos/a"


async def test_a_part_of_full_size_fits_through_connect(door: Door) -> None:
    request = ingest_pb2.UploadPartRequest(
        upload="uploads/a", part_number=1, data=bytes(10 * 1024 * 1024)
    )

    answer = await door.web.post(
        f"{INGEST}/UploadPart",
        content=request.SerializeToString(),
        headers={"content-type": "application/proto", **dict(door.service.metadata())},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["proto", "json"])
async def test_a_large_answer_fits_through_connect(door: Door, kind: str) -> None:
    request = ingest_pb2.GetVideoRequest(name="videos/large")
    content = request.SerializeToString() if kind == "proto" else b'{"name": "videos/large"}'

    answer = await door.web.post(
        f"{INGEST}/GetVideo",
        content=content,
        headers={"content-type": f"application/{kind}", **dict(door.service.metadata())},
    )

    assert (answer.status_code, len(answer.content) > 3 * 1024 * 1024) == (200, True)


async def test_compressed_messages_are_refused_by_connect(door: Door) -> None:
    answer = await door.web.post(
        f"{INGEST}/GetVideo",
        content=b"",
        headers={
            "content-type": "application/proto",
            "content-encoding": "gzip",
            **dict(door.service.metadata()),
        },
    )

    assert told_by_connect(answer.json()).message.endswith("messages are not compressed.")


async def test_a_read_that_met_a_service_about_to_stop_is_tried_again(door: Door) -> None:
    door.videos.asked = 0
    answer = await door.web.get("/v1/videos/moving", headers=dict(door.service.metadata()))
    assert (answer.status_code, door.videos.asked) == (200, 2)


async def test_a_change_is_not_made_twice(door: Door) -> None:
    door.videos.asked = 0
    answer = await door.web.patch(
        "/v1/videos/moving", json={"display_name": "b"}, headers=dict(door.service.metadata())
    )
    assert (answer.status_code, door.videos.asked) == (503, 1)
