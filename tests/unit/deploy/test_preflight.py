"""What is checked before anything is installed."""

from __future__ import annotations

import socket

import pytest

from deploy import preflight


def test_a_python_that_is_new_enough_has_no_fault() -> None:
    assert preflight.python_fault((3, 11)) == ""
    assert preflight.python_fault((3, 14)) == ""


def test_an_old_python_is_named() -> None:
    assert preflight.python_fault((3, 8)) == "Python 3.11 or newer is needed, python3 is 3.8"


@pytest.mark.parametrize("version", ["v20.19.0", "v22.1.0"])
def test_a_node_that_is_new_enough_has_no_fault(version: str) -> None:
    assert preflight.node_fault(version) == ""


@pytest.mark.parametrize(
    ("version", "found"),
    [(None, "`node` was not found"), ("v18.20.1", "node is v18.20.1"), ("strange", "strange")],
)
def test_a_missing_or_old_node_is_named(version: str | None, found: str) -> None:
    fault = preflight.node_fault(version)

    assert fault.startswith("Node.js 20.19 or newer is needed")
    assert fault.endswith(found)


def test_a_port_in_use_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        fault = preflight.port_fault("127.0.0.1", str(port))

    assert fault.startswith(f"port {port} is in use")
    assert "SAGE_PORT=" in fault
    assert preflight.port_fault("127.0.0.1", str(port)) == ""


def test_an_address_that_is_not_ours_is_named() -> None:
    assert preflight.port_fault("203.0.113.1", "8080").startswith(
        "cannot listen on 203.0.113.1:8080"
    )


@pytest.mark.parametrize("port", ["eighty", "-1", "70000"])
def test_what_is_no_port_is_named(port: str) -> None:
    assert preflight.port_fault("127.0.0.1", port) == f"SAGE_PORT is '{port}', not a port number"
