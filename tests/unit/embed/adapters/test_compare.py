"""What embed asks of compare when a workspace's data is removed, over a real connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode, aio

from sage.compare.v1 import saved_comparison_pb2, saved_comparison_pb2_grpc
from services.embed.adapters.compare import Comparisons
from services.servicekit.errors import SageError

Context = aio.ServicerContext[Any, Any]


class Compare(saved_comparison_pb2_grpc.ComparisonServiceServicer):
    """Keeps names of comparisons. patience: how many it removes before it goes away."""

    def __init__(self) -> None:
        self.names = [f"comparisons/c{number}" for number in range(5)]
        self.patience = 100
        self.tokens: set[object] = set()

    async def ListComparisons(
        self, request: saved_comparison_pb2.ListComparisonsRequest, context: Context
    ) -> saved_comparison_pb2.ListComparisonsResponse:
        self.tokens.add(dict(context.invocation_metadata() or ())["authorization"])
        comparisons = [saved_comparison_pb2.SavedComparison(name=name) for name in self.names[:2]]
        return saved_comparison_pb2.ListComparisonsResponse(comparisons=comparisons)

    async def DeleteComparison(
        self, request: saved_comparison_pb2.DeleteComparisonRequest, context: Context
    ) -> Empty:
        if not self.patience:
            await context.abort(StatusCode.UNAVAILABLE, "away")
        self.patience -= 1
        self.names.remove(request.name)
        if request.name == "comparisons/c3":
            # Somebody else removed it first.
            await context.abort(StatusCode.NOT_FOUND, "gone")
        return Empty()


@pytest.fixture
def compare() -> Compare:
    return Compare()  # type: ignore[abstract]


@pytest.fixture
async def comparisons(compare: Compare) -> AsyncIterator[Comparisons]:
    server = aio.server()
    saved_comparison_pb2_grpc.add_ComparisonServiceServicer_to_server(compare, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Comparisons(channel, lambda workspace: f"token of {workspace}")
    await server.stop(None)


async def test_all_comparisons_of_a_workspace_are_removed(
    compare: Compare, comparisons: Comparisons
) -> None:
    assert await comparisons.any("w1")
    await comparisons.delete_all("w1")
    assert compare.names == []
    assert not await comparisons.any("w1")
    assert compare.tokens == {"Bearer token of w1"}


async def test_a_removal_that_stops_half_way_says_so_and_goes_on_later(
    compare: Compare, comparisons: Comparisons
) -> None:
    compare.patience = 3
    with pytest.raises(SageError, match="Not all of the workspace's comparisons") as caught:
        await comparisons.delete_all("w1")
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
    compare.patience = 100
    await comparisons.delete_all("w1")
    assert compare.names == []
