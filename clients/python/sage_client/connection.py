"""What both clients know of a server and its sessions."""

from __future__ import annotations

import json
import time
from urllib.parse import urlsplit

import grpc

from sage.embed.v1.session_pb2 import Session

DEFAULT_SERVER = "http://127.0.0.1:8080"
# How long a server that went away is waited for, and how long between two tries.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 1.0

_RENEW_BEFORE_SECONDS = 60
_MESSAGE_BYTES = 12 * 1024 * 1024
# Calls that fail before they reach a service are made again by gRPC itself.
_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ]
}
_LOOPBACK = ("127.0.0.1:", "localhost:", "[::1]:")

Metadata = tuple[tuple[str, str], ...]


def target_of(server: str) -> tuple[str, bool]:
    """`host:port` of the URL of a server, and whether it speaks TLS. Raises ValueError."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{server} is not the URL of a server; {DEFAULT_SERVER} would be one.")
    tls = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{parts.port or (443 if tls else 80)}", tls


def options_of(target: str) -> list[tuple[str, str | int]]:
    """The options of a channel to `host:port`."""
    return [
        ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
        ("grpc.max_receive_message_length", _MESSAGE_BYTES),
        ("grpc.enable_http_proxy", 0 if target.startswith(_LOOPBACK) else 1),
    ]


def lasts(session: Session | None) -> bool:
    """Whether a session can still be used, and for longer than a call takes to arrive."""
    if session is None:
        return False
    return session.expire_time.seconds - time.time() > _RENEW_BEFORE_SECONDS


def metadata_of(session: Session) -> Metadata:
    return (("authorization", f"Bearer {session.access_token}"),)


class Patience:
    """Bounds how long a lost server is waited for, from when it was last heard."""

    def __init__(self) -> None:
        self.heard()

    def heard(self) -> None:
        self._give_up = time.monotonic() + PATIENCE_SECONDS

    def bears(self, error: grpc.RpcError) -> bool:
        """Whether the same call may succeed a moment later."""
        return error.code() is grpc.StatusCode.UNAVAILABLE and time.monotonic() < self._give_up
