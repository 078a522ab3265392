"""Odd calls at random, through a real gateway, and the calls of others beside them."""

from __future__ import annotations

import asyncio
import random
import struct
from contextlib import suppress

import httpx
import pytest

from tests.integration.raw_http2 import RawHttp2
from tests.integration.strangers.conftest import (
    INGEST,
    Entrance,
    bearer,
    get_video,
    native_headers,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("strangers"),
]

FUZZ_ROUNDS = 150


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
