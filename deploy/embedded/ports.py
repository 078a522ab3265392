"""TCP ports: whether one can be had, and which ones are free."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack

from deploy.embedded.errors import StartError

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Different ports on the loopback interface that nobody listens on just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(_bound(LOOPBACK, 0)) for _ in range(count)]
        return [listener.getsockname()[1] for listener in sockets]


def require_free(host: str, port: int) -> None:
    """Raises StartError unless `port` can be listened on."""
    try:
        with _bound(host, port):
            pass
    except OSError as error:
        raise StartError(_reason(error, host, port)) from None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # As servers do: a connection of an earlier run that is still closing is no obstacle.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use. Stop what listens there, or choose another one: "
            f"SAGE_PORT={port + 1 if port < 65535 else 8080} make run"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used without privileges. Choose one above 1023: SAGE_PORT"
    return f"Cannot listen on {host}:{port} (SAGE_BIND_HOST, SAGE_PORT): {error.strerror}"
