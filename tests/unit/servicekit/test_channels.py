"""Channels to services that have several replicas."""

from __future__ import annotations

import asyncio
from typing import Any

from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.embedded.ports import free_ports
from services.servicekit.channels import check_serving, open_channel


class Replica(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Counts the calls that it gets."""

    def __init__(self) -> None:
        self.calls = 0
        self._server = aio.server()
        health_pb2_grpc.add_HealthServicer_to_server(self, self._server)

    async def Check(self, request: Any, context: Any) -> health_pb2.HealthCheckResponse:
        self.calls += 1
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)

    async def start(self, port: int) -> None:
        self._server.add_insecure_port(f"127.0.0.1:{port}")
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(grace=None)


async def test_all_replicas_get_calls_and_one_that_is_gone_gets_none() -> None:
    ports = free_ports(2)
    replicas = [Replica(), Replica()]
    await asyncio.gather(*(it.start(port) for it, port in zip(replicas, ports, strict=True)))
    # As a name with two addresses.
    addresses = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
    async with open_channel(addresses) as channel, asyncio.timeout(30):
        while not all(it.calls for it in replicas):
            await check_serving(channel, "any")
        before = [it.calls for it in replicas]
        for _ in range(20):
            await check_serving(channel, "any")
        assert [it.calls - earlier for it, earlier in zip(replicas, before, strict=True)] == [
            10,
            10,
        ]

        await replicas[0].stop()
        while replicas[1].calls < 60:
            try:
                await check_serving(channel, "any")
            except aio.AioRpcError:
                # The call that was on its way; those after it go elsewhere.
                await asyncio.sleep(0.05)
    await replicas[1].stop()
