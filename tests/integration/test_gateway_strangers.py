"""What strangers may send, through a real gateway to services that a test makes up."""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import grpc
import httpx
import pytest
import pytest_asyncio
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from tests.fixtures.gateway import gateway
from tests.fixtures.served import Served, reason_of, status_of
from tests.integration.made_up_services import Videos, made_up_services
from tests.integration.raw_http2 import RawHttp2

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("gateway-strangers"),
]

INGEST = "/sage.ingest.v1.IngestService"
COMPARE = '{"a": "videos/a", "b": "videos/b", %s}'
IDLE_SECONDS = 3
FUZZ_ROUNDS = 150


@dataclass(kw_only=True)
class Entrance:
    """The gateway, the service behind it, and ways to call."""

    address: str
    service: Served
    videos: Videos
    web: httpx.AsyncClient

    @property
    def token(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.service.token()}"}

    def channel(self) -> aio.Channel:
        """A connection of its own, as another client has one."""
        return aio.insecure_channel(self.address, options=[("grpc.use_local_subchannel_pool", 1)])

    async def call_as_browser(
        self, method: str, message: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        return await self.web.post(
            f"{INGEST}/{method}",
            content=grpc_frame(message),
            headers={"content-type": "application/grpc-web+proto", "x-grpc-web": "1", **headers},
        )

    async def talk(self, sent: bytes) -> bytes:
        """Sends bytes over a connection of their own; what comes back before it closes."""
        host, _, port = self.address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(sent)
            return await asyncio.wait_for(reader.read(), 20)
        finally:
            writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def entrance(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Entrance]:
    folder: Path = tmp_path_factory.mktemp("strangers")
    videos = Videos()  # type: ignore[abstract]
    async with (
        made_up_services(
            folder,
            videos,
            sessions_burst=1_000_000,
            session_calls_burst=1_000_000,
        ) as service,
        gateway(folder, service, request_idle_seconds=IDLE_SECONDS) as address,
        httpx.AsyncClient(base_url=f"http://{address}", timeout=30) as web,
    ):
        yield Entrance(address=address, service=service, videos=videos, web=web)


async def get_video(entrance: Entrance, name: str = "videos/a", **options: Any) -> Any:
    """A normal call, with a deadline, of a client of its own."""
    async with entrance.channel() as channel:
        return await ingest_pb2_grpc.IngestServiceStub(channel).GetVideo(
            ingest_pb2.GetVideoRequest(name=name),
            **{"metadata": entrance.service.metadata(), "timeout": 20, **options},
        )


# --- headers


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


# --- messages


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


# --- JSON


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


# --- time


async def test_a_deadline_that_passes_is_told_as_one_to_browsers(entrance: Entrance) -> None:
    message = ingest_pb2.GetVideoRequest(name="videos/slow").SerializeToString()
    answers = await asyncio.gather(
        *(
            entrance.call_as_browser(
                "GetVideo", message, {**entrance.token, "grpc-timeout": f"{20 + wait}m"}
            )
            for wait in range(15)
        )
    )

    assert [answer.headers["grpc-status"] for answer in answers] == ["4"] * 15


async def test_a_deadline_that_passes_is_told_as_one_to_streams(entrance: Entrance) -> None:
    async with entrance.channel() as channel:
        stub = embed_pb2_grpc.EmbedServiceStub(channel)

        async def watch(seconds: float) -> grpc.StatusCode:
            call = stub.WatchEmbeddingTasks(
                embed_pb2.WatchEmbeddingTasksRequest(),
                metadata=entrance.service.metadata(),
                timeout=seconds,
            )
            with pytest.raises(aio.AioRpcError) as ended:
                async for _ in call:
                    pass
            return ended.value.code()

        codes = await asyncio.gather(*(watch(0.2 + each / 100) for each in range(20)))

    assert codes == [grpc.StatusCode.DEADLINE_EXCEEDED] * 20


async def test_a_body_that_stops_arriving_is_given_up(entrance: Entrance) -> None:
    answer = await entrance.talk(
        b"POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{"
    )

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"DEADLINE_EXCEEDED" in answer


async def test_a_body_that_trickles_is_given_up(entrance: Entrance) -> None:
    host, _, port = entrance.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999\r\n\r\n")

    async def trickle() -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(IDLE_SECONDS / 4)

    trickling = asyncio.create_task(trickle())
    answer = await asyncio.wait_for(reader.readline(), 20)
    trickling.cancel()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408")


async def test_a_client_of_rest_is_told_when_to_come_back(entrance: Entrance) -> None:
    answer = await entrance.web.get("/v1/videos/busy", headers=entrance.token)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    info, retry = answer.json()["details"]
    assert (info["reason"], retry["retryDelay"]) == ("RATE_LIMITED", "2.500s")


# --- the gateway's own errors


async def test_errors_of_the_gateway_are_whole_for_grpc(entrance: Entrance) -> None:
    with pytest.raises(aio.AioRpcError) as refused:
        await get_video(entrance, metadata=())

    status = status_of(refused.value)
    assert reason_of(status) == "UNAUTHENTICATED"
    assert "CreateSession: Jwt is missing" in status.message


async def test_errors_of_the_gateway_are_whole_for_browsers(entrance: Entrance) -> None:
    answer = await entrance.call_as_browser("GetVideo", b"", {})

    assert answer.status_code == 200
    assert answer.headers["grpc-status"] == "16"
    assert "access token" in answer.headers["grpc-message"]
    assert answer.headers["grpc-status-details-bin"]


async def test_a_method_that_is_not_there(entrance: Entrance) -> None:
    async with entrance.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await cast("Any", channel).unary_unary(f"{INGEST}/Nothing")(
                b"", metadata=entrance.service.metadata(), timeout=20
            )

    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert reason_of(status_of(refused.value)) == "UNKNOWN_METHOD"


# --- all of it, at random


async def test_no_stranger_breaks_the_calls_of_others(entrance: Entrance) -> None:
    chance = random.Random(20)
    await asyncio.gather(*(strange_call(entrance, chance) for _ in range(FUZZ_ROUNDS)))

    videos = await asyncio.gather(*(get_video(entrance, f"videos/{n}") for n in range(10)))
    assert [video.name for video in videos] == [f"videos/{n}" for n in range(10)]


NAMES = (
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "grpc-previous-rpc-attempts",
    "grpc-status-details-bin",
    "grpc-message-type",
    "trace-bin",
    "te",
    "x-request-id",
    "user-agent",
    "content-type",
    "authorization",
    "x-forwarded-proto",
    "x-forwarded-for",
    "x-envoy-original-path",
    "x-envoy-upstream-rq-timeout-ms",
    "lb-token",
    "endpoint-load-metrics-bin",
)


async def strange_call(entrance: Entrance, chance: random.Random) -> None:
    """A call with odd headers, an odd frame, or an odd message; whatever is answered."""
    path = chance.choice(
        [
            "/sage.embed.v1.SessionService/CreateSession",
            f"{INGEST}/GetVideo",
            f"{INGEST}/UploadVideo",
            f"{INGEST}/GetVideo?x=1",
            "/v1/sessions",
            "/v1/videos/a",
        ]
    )
    kind = chance.choice([b"application/grpc", b"application/grpc-web", b"application/json"])
    headers = [(b"content-type", kind)]
    if chance.random() < 0.7:
        headers += bearer(entrance)
    headers += odd_headers(chance)
    message = chance.randbytes(chance.randint(0, 40))
    length = chance.choice([len(message), len(message) // 2, len(message) + 5, 2**32 - 1])
    body = bytes([chance.choice([0, 0, 1, 7])]) + struct.pack(">I", length) + message
    if chance.random() < 0.5:
        # A connection that the gateway closes is an answer too.
        with suppress(httpx.HTTPError):
            await entrance.web.post(path, headers=headers, content=body, timeout=5)
        return
    connection = await RawHttp2.connect(entrance.address)
    headers = [*native_headers(entrance, path)[:-1], *headers]
    connection.send(1, headers, body, odd_headers(chance))
    with suppress(TimeoutError):
        await asyncio.wait_for(connection.ended({1}), 5)
    connection.close()


def odd_headers(chance: random.Random) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode(), bytes(chance.randint(0x21, 0xFF) for _ in range(chance.randint(0, 12))))
        for name in chance.sample(NAMES, chance.randint(0, 4))
    ]


def native_headers(entrance: Entrance, path: str) -> list[tuple[bytes, bytes]]:
    return [
        (b":method", b"POST"),
        (b":scheme", b"http"),
        (b":authority", entrance.address.encode()),
        (b":path", path.encode()),
        (b"te", b"trailers"),
        (b"content-type", b"application/grpc"),
    ]


def bearer(entrance: Entrance) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", entrance.token["authorization"].encode())]


def grpc_frame(message: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(message)) + message
