"""One comparison, put together from its stream."""

from __future__ import annotations

from sage.compare.v1.compare_pb2 import CompareVideosRequest, Comparison
from sage_cli.client import LONG, SageClient


async def stream_comparison(sage: SageClient, request: CompareVideosRequest) -> Comparison:
    """Calls CompareVideos and waits for all of it; a stream has no limit on its size.

    One that breaks off begins anew when the server is there again. Raises grpc.RpcError.
    """
    return await sage.outage.wait_out(lambda: _streamed(sage, request))


async def _streamed(sage: SageClient, request: CompareVideosRequest) -> Comparison:
    comparison = Comparison()
    async for message in sage.compare.CompareVideos(request, metadata=sage.metadata, timeout=LONG):
        match message.WhichOneof("payload"):
            case "header":
                comparison.header.CopyFrom(message.header)
            case "distances":
                comparison.distances.append(message.distances)
            case "look":
                comparison.looks.append(message.look)
            case "region":
                comparison.regions.append(message.region)
            case "summary":
                comparison.summary.CopyFrom(message.summary)
    return comparison
