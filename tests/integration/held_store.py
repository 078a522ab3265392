"""A way to the object store that can hold back requests, to catch a service at its work."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

_CHUNK = 65536


class HeldStore:
    """Passes connections on to a store on the loopback interface.

    method: which requests it can hold back. held: while set, they wait at the door; whoever sent
    one and dies takes it along. arrived: set once one waits.
    """

    def __init__(self, store_port: int, method: str) -> None:
        self._method = f"{method} ".encode()
        self.held = threading.Event()
        self.arrived = threading.Event()
        self._store_port = store_port
        self._door = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._door]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            _close(each)

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            store = socket.create_connection(("127.0.0.1", self._store_port))
            self._sockets += [caller, store]
            for source, sink, asks in ((caller, store, True), (store, caller, False)):
                threading.Thread(target=self._pump, args=(source, sink, asks), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        try:
            while data := source.recv(_CHUNK):
                # The caller waits for each answer, so a request begins with a chunk.
                if asks and data.startswith(self._method) and self.held.is_set():
                    self.arrived.set()
                    # Ends with the caller, and nothing of it has reached the store.
                    while source.recv(_CHUNK):
                        pass
                    break
                sink.sendall(data)
        except OSError:
            pass  # one of the two has gone
        finally:
            _close(source)
            _close(sink)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # Wakes the thread that reads from it.
        each.shutdown(socket.SHUT_RDWR)
    each.close()
