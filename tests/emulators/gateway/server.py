"""All emulated services on one port."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc

from sage.compare.v1 import (
    compare_pb2_grpc,
    saved_comparison_pb2_grpc,
)
from sage.embed.v1 import (
    api_token_pb2_grpc,
    embed_pb2_grpc,
    session_pb2_grpc,
)
from sage.ingest.v1 import ingest_pb2_grpc
from tests.emulators.gateway.compare import Compare, Comparisons
from tests.emulators.gateway.embed import Embed
from tests.emulators.gateway.ingest import Ingest
from tests.emulators.gateway.sessions import ApiTokens, Sessions
from tests.emulators.gateway.state import State


class EmulatedGateway(State):
    """The state of the servicers, and their server."""

    @contextmanager
    def running(self) -> Iterator[str]:
        """The server's URL."""
        server = grpc.server(futures.ThreadPoolExecutor(16))
        ingest_pb2_grpc.add_IngestServiceServicer_to_server(Ingest(self), server)  # type: ignore[abstract]
        embed_pb2_grpc.add_EmbedServiceServicer_to_server(Embed(self), server)  # type: ignore[abstract]
        session_pb2_grpc.add_SessionServiceServicer_to_server(Sessions(self), server)  # type: ignore[abstract]
        api_token_pb2_grpc.add_ApiTokenServiceServicer_to_server(ApiTokens(self), server)
        comparisons = Comparisons(self)  # type: ignore[abstract]
        saved_comparison_pb2_grpc.add_ComparisonServiceServicer_to_server(comparisons, server)
        compare_pb2_grpc.add_CompareServiceServicer_to_server(Compare(self), server)  # type: ignore[abstract]
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop(None).wait()
