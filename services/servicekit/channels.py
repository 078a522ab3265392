"""Channels from one service to another: to all of its replicas in turns, with retries, keepalive,
and the caller's identity passed on."""

from __future__ import annotations

import json
from collections.abc import Sequence

from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.servicekit import calls, tracing
from services.servicekit.identity import current_identity
from services.servicekit.settings import MAX_MESSAGE_BYTES

_KEEPALIVE_MS = 30_000
# A name may have another replica now, but nobody asks for it more often than this.
_RESOLVE_MS = 1_000
_HEALTH_TIMEOUT_SECONDS = 2.0


def open_channel(address: str, *, retried: Sequence[tuple[str, str]] = ()) -> aio.Channel:
    """A channel to a service, whose calls go to all addresses of its name in turns.

    retried: (service, method) pairs that are safe to repeat when the service is UNAVAILABLE.
    """
    policy = {
        "name": [{"service": service, "method": method} for service, method in retried],
        "retryPolicy": {
            "maxAttempts": 4,
            "initialBackoff": "0.1s",
            "maxBackoff": "2s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        },
    }
    config = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [policy] if retried else [],
    }
    return aio.insecure_channel(
        address,
        interceptors=tracing.client_interceptors(),
        options=[
            ("grpc.service_config", json.dumps(config)),
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.dns_min_time_between_resolutions_ms", _RESOLVE_MS),
            # Services of one system start together: look again soon, not after a second.
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 5_000),
        ],
    )


def caller_metadata() -> tuple[tuple[str, str], ...]:
    """Metadata that carries the present call's identity and id on to another service."""
    return (
        ("authorization", f"Bearer {current_identity().token}"),
        ("x-request-id", calls.request_id()),
    )


async def check_serving(channel: aio.Channel, service: str) -> None:
    """Raises ConnectionError unless `service` says on its health endpoint that it is SERVING, and
    grpc.RpcError when it does not answer.
    """
    stub = health_pb2_grpc.HealthStub(channel)
    answer = await stub.Check(
        health_pb2.HealthCheckRequest(service=service), timeout=_HEALTH_TIMEOUT_SECONDS
    )
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        raise ConnectionError(f"{service} is not serving")
