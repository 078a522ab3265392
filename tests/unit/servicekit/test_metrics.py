"""The metrics that every service has, asked for as Prometheus asks."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from deploy.embedded.ports import free_ports
from services.servicekit.metrics import Metrics
from services.servicekit.state import StateError


def test_the_page_tells_of_calls_and_of_what_is_looked_up() -> None:
    metrics = Metrics()
    metrics.called("/sage.ingest.v1.IngestService/GetVideo", "NOT_FOUND", 0.02)
    metrics.read_gauge("made_up", "A number.", lambda: 7)
    metrics.read_counter("looked", "Looks.", ("result",), lambda: {("hit",): 3})

    value = metrics.registry.get_sample_value
    assert value("made_up") == 7
    assert value("looked_total", {"result": "hit"}) == 3
    labels = {
        "rpc_method": "sage.ingest.v1.IngestService/GetVideo",
        "rpc_response_status_code": "NOT_FOUND",
    }
    assert value("rpc_server_call_duration_seconds_count", labels) == 1
    bucket = "rpc_server_call_duration_seconds_bucket"
    assert value(bucket, labels | {"le": "0.01"}) == 0
    assert value(bucket, labels | {"le": "0.025"}) == 1


def test_the_port_is_open_as_long_as_the_service_runs() -> None:
    (port,) = free_ports(1)
    with ExitStack() as stack:
        Metrics().serve(stack, "127.0.0.1", port)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"process_cpu_seconds_total" in answer.read()
    with pytest.raises(OSError, match="refused"):
        urlopen(f"http://127.0.0.1:{port}/metrics")


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = f"127.0.0.1:{port}.*Set another one"
        with ExitStack() as stack, pytest.raises(StateError, match=told):
            Metrics().serve(stack, "127.0.0.1", port)
