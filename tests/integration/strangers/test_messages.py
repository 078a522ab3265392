"""What strangers may send as messages and as JSON, through a real gateway."""

from __future__ import annotations

from typing import Any, cast

import grpc
import httpx
import pytest
from grpc import aio

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from tests.fixtures.served import reason_of, status_of
from tests.integration.strangers.conftest import (
    INGEST,
    Entrance,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("strangers"),
]

COMPARE = '{"a": "videos/a", "b": "videos/b", %s}'


@pytest.mark.parametrize("method", ["GetVideo", "UploadPart"])
async def test_bytes_that_are_no_message(entrance: Entrance, method: str) -> None:
    async with entrance.channel() as channel:
        call: Any = cast("Any", channel).unary_unary(f"{INGEST}/{method}")
        with pytest.raises(aio.AioRpcError) as refused:
            await call(b"\x0a\x02\xff\xfe", metadata=entrance.service.metadata(), timeout=20)

    assert reason_of(status_of(refused.value)) == "INVALID_ARGUMENT"


async def test_a_message_that_is_too_large(entrance: Entrance) -> None:
    request = ingest_pb2.CreateUploadRequest(display_name="x" * 12_000_000)
    async with entrance.channel() as channel:
        stub = ingest_pb2_grpc.IngestServiceStub(channel)
        with pytest.raises(aio.AioRpcError) as refused:
            await stub.CreateUpload(request, metadata=entrance.service.metadata(), timeout=20)

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(status_of(refused.value)) == "MESSAGE_TOO_LARGE"


# The first is too large once it is a message, the second before.
@pytest.mark.parametrize("size", [12_000_000, 15_000_000])
async def test_a_body_that_is_too_large(entrance: Entrance, size: int) -> None:
    answer = await entrance.web.post(
        "/v1/uploads", content='{"displayName": "%s"}' % ("x" * size), headers=entrance.token
    )

    assert (answer.status_code, answer.json()["code"]) == (413, 3)
    assert answer.json()["details"][0]["reason"] == "MESSAGE_TOO_LARGE"


async def test_strangers_may_send_little(entrance: Entrance) -> None:
    answer = await entrance.web.post("/v1/sessions", content="[" + " " * 70_000)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ('"thresold": 1', "thresold"),
        ('"threshold": 1', "threshold"),
        ('"options": {"thresold": 1}', "options.thresold"),
        ('"options": {"threshold": 0.1}, "c": null', "c"),
        ('"o\\u0070tions": {}', "backslash"),
        ("'options': {}", "double quotes"),
        ("options: {}", "double quotes"),
        ('"' + "o" * 200 + '": 1', "too long"),
        ('"options": ' + "[" * 100, "nested"),
    ],
)
async def test_fields_that_the_contract_does_not_know(
    entrance: Entrance, field: str, named: str
) -> None:
    answer = await entrance.web.post(
        "/v1/comparisons:compute", content=COMPARE % field, headers=entrance.token
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert answer.json()["details"][0]["reason"] == "INVALID_ARGUMENT"
    assert named in answer.json()["message"]


@pytest.mark.parametrize(
    "field",
    [
        '"options": {"threshold": 0.2, "modality": "MODALITY_VISUAL"}',
        '\n"options"\n:\t{ }',
    ],
)
async def test_fields_that_it_knows(entrance: Entrance, field: str) -> None:
    answer = await entrance.web.post(
        "/v1/comparisons:compute", content=COMPARE % field, headers=entrance.token
    )

    assert answer.status_code == 200, answer.text


async def test_text_may_look_like_json(entrance: Entrance) -> None:
    answer = await entrance.web.patch(
        "/v1/videos/a",
        content='{"display_name": "\\"}, {\\"x\\": 1, \' \\\\"}',
        headers=entrance.token,
    )

    assert answer.status_code == 200, answer.text


# Each would keep a thread of the gateway busy if it were read with little care.
@pytest.mark.parametrize(
    "filling",
    [
        pytest.param('"' + "\\\\" * 2_000_000 + '"', id="backslashes"),
        pytest.param("[" + "0," * 2_000_000, id="commas"),
        pytest.param('""' * 1_000_000, id="quotes"),
    ],
)
async def test_a_body_of_signs_is_read_in_no_time(entrance: Entrance, filling: str) -> None:
    body = '{"displayName": ' + filling + "}"

    answer = await entrance.web.patch(
        "/v1/videos/a", content=body, headers=entrance.token, timeout=10
    )

    assert answer.status_code in (200, 400)


async def test_a_part_of_full_size_passes(entrance: Entrance) -> None:
    # 10 MiB in base64.
    body = '{"data": "%s"}' % ("A" * (10 * 1024 * 1024 * 4 // 3 // 4 * 4))

    answer = await entrance.web.put("/v1/uploads/a/parts/1", content=body, headers=entrance.token)

    assert answer.status_code == 200, answer.text


async def test_a_mistyped_value_names_its_field(entrance: Entrance) -> None:
    answer = await entrance.web.post(
        "/v1/comparisons:compute",
        content=COMPARE % '"options": {"threshold": "much"}',
        headers=entrance.token,
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "options.threshold" in answer.json()["message"]


async def test_a_request_id_is_a_uuid(entrance: Entrance) -> None:
    async def create(request_id: str) -> httpx.Response:
        body = {"display_name": "a.mp4", "size_bytes": "1", "request_id": request_id}
        return await entrance.web.post("/v1/uploads", json=body, headers=entrance.token)

    refused = await create("-" * 36)
    assert refused.status_code == 400
    assert "request_id" in refused.json()["message"]
    assert (await create("0b7e7dee-8d5a-4b3a-9f3e-0123456789ab")).status_code == 200
    assert (await create("")).status_code == 200


async def test_a_method_that_the_path_does_not_know(entrance: Entrance) -> None:
    answer = await entrance.web.put("/v1/videos/a", headers=entrance.token)

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "PATCH", "DELETE"}
    assert answer.json()["details"][0]["reason"] == "UNKNOWN_METHOD"
