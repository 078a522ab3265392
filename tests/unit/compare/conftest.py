"""The compare service as it runs, in front of an embed service that speaks real gRPC."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import aio

from deploy.embedded.ports import free_ports
from sage.compare.v1 import compare_pb2_grpc, saved_comparison_pb2_grpc
from services.compare.service import build
from services.compare.settings import CompareSettings
from services.servicekit import server
from services.servicekit.settings import MIB
from services.servicekit.signing_keys import create_signing_key
from services.servicekit.tokens import TokenIssuer
from tests.emulators.embed_service import EmulatedEmbedService
from tests.emulators.ingest_service import EmulatedIngestService
from tests.fixtures.databases import place_database


@dataclass
class CompareService:
    """stub, kept: call it over a socket. embed: what it gets its embeddings from.

    ingest: what it gets technical facts from. ended: the sessions that have ended.
    """

    stub: Any
    kept: Any
    embed: EmulatedEmbedService
    ingest: EmulatedIngestService
    issuer: TokenIssuer
    ended: set[str]

    def metadata(self, workspace: str = "w1") -> tuple[tuple[str, str], ...]:
        token = self.issuer.issue(workspace=workspace, session="s1", lifetime_seconds=60)
        return (("authorization", f"Bearer {token}"),)


@pytest.fixture
async def compare_service(
    tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[CompareService]:
    """`@pytest.mark.settings(name=value)` gives it other settings."""
    key, jwks = tmp_path / "key.pem", tmp_path / "jwks.json"
    create_signing_key(key, jwks)
    await place_database("compare", tmp_path)
    (port,) = free_ports(1)
    embed = EmulatedEmbedService()  # type: ignore[abstract]
    ingest = EmulatedIngestService()  # type: ignore[abstract]
    async with embed.running() as embed_address, ingest.running() as ingest_address:
        chosen = request.node.get_closest_marker("settings")
        settings = CompareSettings(
            home=tmp_path,
            jwks_file=jwks,
            embed_address=embed_address,
            ingest_address=ingest_address,
            drain_seconds=0.2,
            log_level="error",
            compare_workers=2,
            **(chosen.kwargs if chosen else {}),
        )
        ended: set[str] = set()

        async def ended_sessions() -> set[str]:
            return ended

        stopping = asyncio.Event()
        serving = asyncio.create_task(
            server.serve(port, settings, build(settings, ended_sessions), stopping)
        )
        options = [
            ("grpc.max_receive_message_length", 12 * MIB),
            # The service may not listen yet at the first try.
            ("grpc.initial_reconnect_backoff_ms", 20),
            ("grpc.min_reconnect_backoff_ms", 20),
        ]
        async with aio.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            await channel.channel_ready()
            stub = compare_pb2_grpc.CompareServiceStub(channel)
            kept = saved_comparison_pb2_grpc.ComparisonServiceStub(channel)
            yield CompareService(
                stub=stub,
                kept=kept,
                embed=embed,
                ingest=ingest,
                issuer=TokenIssuer(key),
                ended=ended,
            )
        stopping.set()
        await serving


def error_info(error: aio.AioRpcError) -> ErrorInfo:
    """The ErrorInfo that came with an error."""
    trailing: Any = error.trailing_metadata()
    status = Status.FromString(dict(trailing)["grpc-status-details-bin"])
    for packed in status.details:
        info = ErrorInfo()
        if AnyMessage.Unpack(packed, info):
            return info
    raise AssertionError("the error has no ErrorInfo")
