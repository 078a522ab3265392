"""A service gets no more calls than it may have, and a replica that breaks off gets none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from google.rpc.code_pb2 import Code

from sage.compare.v1 import compare_pb2
from tests.fixtures.gateway import gateway
from tests.integration.door import WAYS, Door, Told, Way, frame, get, opened
from tests.integration.made_up_services import Videos, made_up_services

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("gateway-overload"),
]

CALLS = 2
PATIENCE_SECONDS = 20
CALLS_BETWEEN = 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """A gateway that lets a service have two calls under way, and both are."""
    async with opened(tmp_path_factory.mktemp("overload"), gateway_calls=CALLS) as door:
        waiting = [asyncio.create_task(slow_call(door)) for _ in range(CALLS)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while door.videos.asked < CALLS:
                await asyncio.sleep(0.01)
        yield door
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await until_served(door)


async def slow_call(door: Door) -> None:
    await door.web.get("/v1/videos/slow", headers=dict(door.service.metadata()), timeout=None)


async def until_served(door: Door) -> None:
    """Calls that ended make room for others."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await door.web.get("/v1/videos/a", headers=dict(door.service.metadata()))
            if answer.status_code == httpx.codes.OK:
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("way", WAYS)
async def test_more_calls_than_a_service_takes_are_refused_for_a_moment(
    door: Door, way: Way
) -> None:
    told = await way(door, get("videos/a"))

    assert told == Told(
        code=Code.RESOURCE_EXHAUSTED,
        message="A service has as many calls under way as the gateway lets it have; "
        "try again in a moment.",
        reason="OVERLOADED",
        retry=1.0,
    )
    assert door.videos.asked == CALLS


async def test_rest_is_told_when_to_come_back(door: Door) -> None:
    answer = await door.web.get("/v1/videos/a", headers=dict(door.service.metadata()))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


async def test_one_service_without_room_leaves_the_others_theirs(door: Door) -> None:
    headers = {"content-type": "application/grpc-web+proto", **dict(door.service.metadata())}
    request = compare_pb2.ComputeComparisonRequest(a="videos/a", b="videos/b")
    answer = await door.web.post(
        "/sage.compare.v1.CompareService/ComputeComparison",
        content=frame(request.SerializeToString()),
        headers=headers,
    )
    assert (answer.status_code, answer.headers.get("grpc-status", "0")) == (200, "0")


class Replica:
    """Another way to a service, which can break everything off.

    connections: how many came so far.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._broken = False
        self._writers: set[asyncio.StreamWriter] = set()
        self.connections = 0

    def break_off(self) -> None:
        """From now on it ends every connection, those that are there too."""
        self._broken = True
        for writer in self._writers:
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._broken:
            writer.close()
            return
        there, on = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, on}
        await asyncio.gather(carry(reader, on), carry(there, writer))


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_a_replica_that_breaks_calls_off_is_left_alone(tmp_path: Path) -> None:
    """Its health is asked for too seldom to be the cause."""
    videos = Videos()  # type: ignore[abstract]
    async with made_up_services(tmp_path, videos) as service:
        replica = Replica(service.port)
        server = await asyncio.start_server(replica.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with (
            server,
            gateway(tmp_path, service, replica_ports=[port], health_check_seconds=60) as address,
            httpx.AsyncClient(base_url=f"http://{address}", timeout=30) as web,
        ):
            headers = dict(service.metadata())

            async def answers(count: int) -> list[int]:
                paths = [f"/v1/videos/{number}" for number in range(count)]
                return [(await web.get(path, headers=headers)).status_code for path in paths]

            assert await answers(8) == [httpx.codes.OK] * 8
            replica.break_off()
            tried = -1
            async with asyncio.timeout(PATIENCE_SECONDS):
                while replica.connections > tried:
                    tried = replica.connections
                    await answers(CALLS_BETWEEN)

            # Every other call would have come to it.
            assert await answers(CALLS_BETWEEN) == [httpx.codes.OK] * CALLS_BETWEEN
            assert replica.connections == tried
