"""Every client has a stub of every service, so that nothing of the contract is out of its reach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from gateway.upstreams import grpc_upstreams

CLIENTS = Path(__file__).parents[3] / "clients"
SERVICES = sorted(
    service.rpartition(".")[2]
    for upstream in grpc_upstreams(GatewaySettings())
    for service in upstream.services
    if service.startswith("sage.")
)
# By language: its source, and how it writes the type of a stub.
SOURCES = {
    "python": ("python/sage_client/stubs.py", r"\.\w+ = {}Stub\("),
    "typescript": ("typescript/src/contract.ts", r"readonly \w+: Client<typeof {}>"),
    "go": ("go/stubs.go", r"\t[A-Z]\w+ +\w+\.{}Client"),
    "java": (
        "java/src/main/java/video/sage/client/ServiceStubs.java",
        r"public final {}Grpc\.\w+ \w+;",
    ),
    "csharp": ("csharp/Client/SageClient.Stubs.cs", r"public {}\.\w+Client \w+ =>"),
    "rust": ("rust/src/contract.rs", r"pub fn \w+\(&self\) -> \w+::\w+::{}Client<Channel>"),
}


@pytest.mark.parametrize("language", SOURCES)
def test_a_client_has_every_service(language: str) -> None:
    path, shape = SOURCES[language]
    source = (CLIENTS / path).read_text()
    assert [it for it in SERVICES if not re.search(shape.format(it), source)] == []
