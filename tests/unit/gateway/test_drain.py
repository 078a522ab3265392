"""Draining: the gateway is left only when its requests are done, or the time is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from gateway import drain

ACTIVE = "http.gateway.downstream_rq_active"


@contextmanager
def admin_page(active: list[int]) -> Iterator[tuple[str, list[str]]]:
    """An admin page that tells the numbers of active requests one after the other."""
    asked: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            value = active.pop(0) if len(active) > 1 else active[0]
            stats = [{"name": ACTIVE, "value": value}, {"name": f"{ACTIVE}_other", "value": 9}]
            self.answer(json.dumps({"stats": stats}).encode())

        def do_POST(self) -> None:
            asked.append(self.path)
            self.answer(b"OK\n")

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Tests are quiet."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_clients_are_told_to_go_elsewhere() -> None:
    with admin_page([0]) as (url, asked):
        drain.drain(url, seconds=10)

    assert asked == ["/healthcheck/fail", "/drain_listeners?graceful&skip_exit"]


def test_it_waits_for_the_requests_under_way() -> None:
    active = [2, 1, 0]
    with admin_page(active) as (url, _):
        drain.drain(url, seconds=60)

    assert active == [0]


def test_it_does_not_wait_for_ever() -> None:
    with admin_page([1]) as (url, _):
        drain.drain(url, seconds=0)

        assert drain.active_requests(url) == 1
