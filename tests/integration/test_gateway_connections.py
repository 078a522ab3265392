"""Connections that say nothing: a gateway has a bounded number of them, and not for long."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED, StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.gateway import gateway
from tests.integration.made_up_services import Videos, made_up_services

pytestmark = pytest.mark.xdist_group("gateway-connections")

CONNECTIONS, BEYOND = 8, 3
# Longer than anything here takes.
PATIENCE_SECONDS = 20


@asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[str]:
    """The address of a gateway with such settings."""
    videos = Videos()  # type: ignore[abstract]
    async with (
        made_up_services(folder, videos) as service,
        gateway(folder, service, **settings) as address,
    ):
        yield address


async def connect(address: str) -> tuple[StreamReader, StreamWriter]:
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def closed(reader: StreamReader) -> bool:
    """Waits until the gateway has closed a connection."""
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE_SECONDS) == b""
    except ConnectionError:
        return True


async def test_a_connection_that_says_nothing_is_closed(tmp_path: Path) -> None:
    async with opened(tmp_path, gateway_idle_seconds=0.5) as address:
        reader, writer = await connect(address)
        assert await closed(reader)
        writer.close()


async def test_connections_beyond_the_limit_are_closed_and_the_others_serve(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, gateway_connections=CONNECTIONS) as address:
        async with httpx.AsyncClient(base_url=f"http://{address}") as web:
            assert (await web.get("/healthz")).status_code == httpx.codes.OK
            # One is taken by the client.
            others = [await connect(address) for _ in range(CONNECTIONS - 1 + BEYOND)]
            reading = {asyncio.create_task(closed(reader)) for reader, _ in others}
            open_still = reading
            while len(reading) - len(open_still) < BEYOND:
                _, open_still = await asyncio.wait(open_still, return_when=FIRST_COMPLETED)
            assert (await web.get("/healthz")).status_code == httpx.codes.OK
            assert sum(each.done() for each in reading) == BEYOND
        for _, writer in others:
            writer.close()
        assert all(await asyncio.gather(*reading))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await until_served(address)


async def until_served(address: str) -> None:
    """Until a new client is served: what was held is given back."""
    while True:
        try:
            async with httpx.AsyncClient(base_url=f"http://{address}") as web:
                assert (await web.get("/healthz")).status_code == httpx.codes.OK
                return
        except httpx.TransportError:
            await asyncio.sleep(0.05)
