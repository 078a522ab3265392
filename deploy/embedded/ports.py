"""Ports for the processes that only SAGE itself talks to."""

from __future__ import annotations

import random
import socket
import sys

LOOPBACK = "127.0.0.1"
# The system takes the ports of connections, and of whoever asks for any port, from 32768 on (Linux)
# or 49152 on: those below are nobody's by chance.
_FIRST, _LAST = 20_000, 32_767
_reservations: list[socket.socket] = []


def free_ports(count: int) -> list[int]:
    """Different ports on the loopback interface that nobody listens on.

    On Linux they are this process's until it ends: no other process gets them from here, whether
    somebody listens on them yet, no longer, or again.

    Raises OSError when there are not that many.
    """
    ports: list[int] = []
    for port in random.sample(range(_FIRST, _LAST + 1), _LAST + 1 - _FIRST):
        if _nobody_listens(port) and _reserve(port):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"{count} ports are wanted, and {len(ports)} of {_FIRST} to {_LAST} are free")


def _nobody_listens(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


def _reserve(port: int) -> bool:
    """Takes the name of the port, which the system gives to one process until it ends."""
    if sys.platform != "linux":
        return True
    name = socket.socket(socket.AF_UNIX)
    try:
        # In the abstract namespace: there is no file that could stay behind.
        name.bind(f"\0sage-port-{port}")
    except OSError:
        name.close()
        return False
    _reservations.append(name)
    return True
