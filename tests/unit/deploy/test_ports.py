"""Ports that nobody else gets, however many processes ask at once."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded.ports import free_ports

ROOT = Path(__file__).resolve().parents[3]
ASK = "from deploy.embedded.ports import free_ports; print(*free_ports(300), flush=True); input()"
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(sys.platform != "linux", reason="ports are reserved on Linux only")
def test_processes_that_ask_at_once_get_different_ones() -> None:
    """Of 12,768 ports, three times 300 drawn at random are sure to meet."""
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ASK],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    ports: list[str] = []
    for process in asking:
        assert process.stdout is not None
        ports += process.stdout.readline().split()
    for process in asking:
        process.communicate("\n")
    assert len(set(ports)) == len(ports) == 900


def test_they_can_be_listened_on() -> None:
    for port in free_ports(3):
        socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.skipif(not EPHEMERAL.exists(), reason="only Linux says which these are")
def test_none_is_one_that_the_system_gives_to_a_connection() -> None:
    first, last = map(int, EPHEMERAL.read_text().split())
    assert not [port for port in free_ports(50) if first <= port <= last]
