"""The methods that the gateway offers, as their descriptors say."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pool import Default

from gateway.upstreams import ROUTED_SERVICES
from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.embed.v1 import api_token_pb2, embed_pb2, session_pb2
from sage.ingest.v1 import ingest_pb2

# What is imported is in the pool.
FILES = (
    compare_pb2.DESCRIPTOR,
    saved_comparison_pb2.DESCRIPTOR,
    api_token_pb2.DESCRIPTOR,
    embed_pb2.DESCRIPTOR,
    session_pb2.DESCRIPTOR,
    ingest_pb2.DESCRIPTOR,
)


def methods() -> Iterator[MethodDescriptor]:
    """All methods, service by service."""
    for service in ROUTED_SERVICES:
        yield from Default().FindServiceByName(service).methods


def path_of(method: MethodDescriptor) -> str:
    """`/package.Service/Method`."""
    return f"/{method.containing_service.full_name}/{method.name}"
