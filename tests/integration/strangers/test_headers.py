"""What strangers may send in headers, through a real gateway."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from grpc import aio

from sage.ingest.v1 import ingest_pb2
from tests.fixtures.served import reason_of, status_of
from tests.integration.raw_http2 import RawHttp2
from tests.integration.strangers.conftest import (
    INGEST,
    Entrance,
    bearer,
    get_video,
    grpc_frame,
    native_headers,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("strangers"),
]


async def test_a_bad_deadline_is_named_and_harms_nobody(entrance: Entrance) -> None:
    for _ in range(5):
        answer = await entrance.web.post(
            "/v1/sessions", content="{}", headers={"grpc-timeout": "abc"}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, 3)
        assert "grpc-timeout" in answer.json()["message"]

    assert (await get_video(entrance)).name == "videos/a"


@pytest.mark.parametrize("deadline", ["abc", "1", "S", "123456789S", "-1S", "1s", "1S, 1S"])
async def test_a_deadline_has_the_form_of_the_contract(entrance: Entrance, deadline: str) -> None:
    headers = {**entrance.token, "grpc-timeout": deadline}

    answer = await entrance.web.get("/v1/videos", headers=headers)

    assert answer.status_code == 400
    assert "grpc-timeout" in answer.json()["message"]


@pytest.mark.parametrize("deadline", ["99999999H", "1H", "5M", "20S", "20000m", "20000000u"])
async def test_every_unit_of_a_deadline_is_understood(entrance: Entrance, deadline: str) -> None:
    answer = await entrance.web.get(
        "/v1/videos/a", headers={**entrance.token, "grpc-timeout": deadline}
    )

    assert answer.status_code == 200
    assert "x-sage-grpc-timeout" not in entrance.videos.seen


async def test_only_headers_of_the_contract_reach_a_service(entrance: Entrance) -> None:
    strange = {
        "x-evil": "1",
        "details-bin": "!!!",
        "grpc-previous-rpc-attempts": "x",
        "grpc-accept-encoding": "nonsense",
        "grpc-tags-bin": "@",
        "x-envoy-retry-on": "5xx",
        "x-sage-client": "192.0.2.1",
        "x-forwarded-for": "192.0.2.2",
        "x-sage-timeout-ms": "1",
        "cookie": "a=b",
    }

    answer = await entrance.web.get("/v1/videos/a", headers={**entrance.token, **strange})

    assert answer.status_code == 200
    assert set(entrance.videos.seen) <= {
        "authorization",
        "user-agent",
        "x-envoy-original-method",
        "x-envoy-original-path",
        "x-forwarded-proto",
        "x-request-id",
        "x-sage-client",
        "x-sage-origin",
    }
    assert entrance.videos.seen["x-sage-client"] == "127.0.0.1"
    assert entrance.videos.seen["x-sage-origin"] == f"http://{entrance.address}"


_TRACE, _SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("parent", "known"),
    [
        (f"00-{_TRACE}-{_SPAN}-01", True),
        (f"00-{_TRACE.upper()}-{_SPAN}-01", False),
        (f"00-{_TRACE}-{'0' * 16}-01", False),
        (f"00-{_TRACE[1:]}-{_SPAN}-01", False),
        (f"01-{_TRACE}-{_SPAN}-01", False),
        (f"00-{_TRACE}-{_SPAN}-01-more", False),
    ],
)
async def test_a_trace_is_passed_on_when_it_is_one(
    entrance: Entrance, parent: str, known: bool
) -> None:
    told = {"traceparent": parent, "tracestate": "vendor=1"}

    answer = await entrance.web.get("/v1/videos/a", headers={**entrance.token, **told})

    assert answer.status_code == 200
    seen = entrance.videos.seen
    assert {name: seen[name] for name in told if name in seen} == (told if known else {})


async def test_trailers_of_a_request_harm_nobody(entrance: Entrance) -> None:
    message = ingest_pb2.GetVideoRequest(name="videos/a").SerializeToString()
    trailers = [(b"grpc-timeout", b"abc"), (b"grpc-encoding", b"x"), (b"trace-bin", b"!")]
    connection = await RawHttp2.connect(entrance.address)
    streams, asked = range(1, 10, 2), entrance.videos.asked
    for stream in streams:
        headers = [*native_headers(entrance, f"{INGEST}/GetVideo"), *bearer(entrance)]
        connection.send(stream, headers, grpc_frame(message), trailers)
    await asyncio.wait_for(connection.ended(set(streams)), 20)
    connection.close()

    assert entrance.videos.asked == asked + len(streams)
    assert (await get_video(entrance)).name == "videos/a"


async def test_compressed_messages_are_refused(entrance: Entrance) -> None:
    with pytest.raises(aio.AioRpcError) as refused:
        await get_video(entrance, "videos/" + "a" * 50, compression=grpc.Compression.Gzip)

    assert reason_of(status_of(refused.value)) == "INVALID_ARGUMENT"
    assert "not compressed" in str(refused.value.details())


async def test_two_hosts_are_refused(entrance: Entrance) -> None:
    answer = await entrance.talk(
        b"GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n"
    )

    assert answer.startswith(b"HTTP/1.1 421")
