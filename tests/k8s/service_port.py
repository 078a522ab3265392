"""What kube-proxy does for a Service: connections to one port go to any of the pods behind it."""

from __future__ import annotations

import random
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_BYTES = 256 * 1024


class ServicePort:
    """Listens on loopback; each connection stays with the pod that it was given.

    As with kube-proxy, a pod that does not answer costs the client its connection.
    """

    def __init__(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._pods: tuple[tuple[str, int], ...] = ()
        self.port: int = self._listener.getsockname()[1]

    def send_to(self, pods: Iterator[tuple[str, int]]) -> None:
        """New connections go to these from now on."""
        self._pods = tuple(pods)

    @contextmanager
    def serving(self) -> Iterator[None]:
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            yield
        finally:
            self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                pod = random.choice(self._pods)
                with socket.create_connection(pod, timeout=5) as server:
                    server.settimeout(None)
                    _relay(client, server)
            except (OSError, IndexError):
                return


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes on in both directions until either side ends."""
    peers = {one: other, other: one}
    while True:
        ready, _, _ = select.select(list(peers), [], [])
        for source in ready:
            data = source.recv(_BYTES)
            if not data:
                return
            peers[source].sendall(data)
