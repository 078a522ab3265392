"""The gateway as strangers reach it: real, before services that a test makes up."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from grpc import aio

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from tests.fixtures.gateway import gateway
from tests.fixtures.served import Served
from tests.integration.made_up_services import Videos, made_up_services

INGEST = "/sage.ingest.v1.IngestService"
IDLE_SECONDS = 3


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
