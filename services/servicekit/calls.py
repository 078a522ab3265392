"""The call under way: its id, its deadline, and how both travel on to other services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

from google.rpc.status_pb2 import Status
from grpc import aio

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError, from_status
from services.servicekit.limits import client_of

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_metadata: ContextVar[Mapping[str, Any]] = ContextVar("metadata")
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def bind(*, request_id: str, metadata: Mapping[str, Any]) -> None:
    """Remembers what came with the running call (called by the interceptor)."""
    _request_id.set(request_id)
    _metadata.set(metadata)


def request_id() -> str:
    """Of the call under way, as it stands in its log lines; empty outside of calls."""
    return _request_id.get()


def origin() -> str | None:
    """Scheme and authority through which the client reached the gateway, as the gateway says."""
    value = _metadata.get({}).get("x-sage-origin")
    return str(value) if value else None


def client(context: aio.ServicerContext[Any, Any]) -> str:
    """Who is calling, as one address: the gateway's client, or whoever is connected."""
    told = _metadata.get({}).get("x-sage-client")
    # `ipv4:127.0.0.1:4711`, `ipv6:%5B::1%5D:4711` or `unix:`
    peer = context.peer().partition(":")[2].rpartition(":")[0]
    return client_of(str(told) if told else unquote(peer).strip("[]"))


@asynccontextmanager
async def deadline(
    context: aio.ServicerContext[Any, Any], *, default: float | None
) -> AsyncIterator[None]:
    """Ends the body with TimeoutError when the client's deadline (or the default) has passed."""
    seconds = _client_seconds(context)
    if seconds is None:
        seconds = default
    _deadline.set(None if seconds is None else time.monotonic() + seconds)
    async with asyncio.timeout(seconds):
        yield


def _client_seconds(context: aio.ServicerContext[Any, Any]) -> float | None:
    """Seconds that the client waits; None when it sets no deadline.

    gRPC resets a call whose deadline has passed, and what the client then sees depends on who was
    first. So the gateway adds a little to the deadline that gRPC knows, and tells the client's own
    in a header: this service answers before gRPC resets.
    """
    told = str(_metadata.get({}).get("x-sage-timeout-ms", ""))
    remaining = context.time_remaining()
    # Without a deadline of the client's, gRPC reports a time far beyond anybody's patience.
    seconds = None if remaining is None or remaining > 10**8 else remaining
    if told.isdecimal():
        return int(told) / 1000 if seconds is None else min(seconds, int(told) / 1000)
    return seconds


def time_remaining(limit: float) -> float:
    """Seconds that a call to another service may take: what is left, at most `limit`."""
    end = _deadline.get()
    return limit if end is None else max(0.0, min(limit, end - time.monotonic()))


def from_rpc_error(error: aio.AioRpcError) -> SageError:
    """The error of a service that was called, as an error of the call under way.

    An error of SAGE's is passed on as it is; anything else means that the service was not there.
    """
    trailing: Any = error.trailing_metadata()
    details = dict(trailing or ()).get("grpc-status-details-bin")
    if isinstance(details, bytes):
        known = from_status(Status.FromString(details))
        if known is not None:
            return known
    return SageError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "A part of SAGE does not answer at the moment. Try again.",
        retry_after=1.0,
    )
