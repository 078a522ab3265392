"""`python -m deploy.client_stubs IMAGE FOLDER`: writes what every client has of the contract.

IMAGE: the serialized FileDescriptorSet of the clients. FOLDER: where clients/ is, or shall be.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from deploy.client_stubs.contract import files_of, services_of
from deploy.client_stubs.csharp import csharp
from deploy.client_stubs.go import go
from deploy.client_stubs.java import java
from deploy.client_stubs.python import stubs, waiting
from deploy.client_stubs.rust import rust
from deploy.client_stubs.typescript import typescript
from gateway.upstreams import ROUTED_SERVICES

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "clients/python/sage_client"
JAVA = "clients/java/src/main/java/video/sage/client"


def written(image: FileDescriptorSet) -> dict[str, str]:
    """The text of each file, by its path."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    version = str(project["version"])
    services, files = services_of(image, ROUTED_SERVICES), files_of(image)
    return {
        "clients/csharp/Client/SageClient.Stubs.cs": csharp(services),
        "clients/go/stubs.go": go(services, version),
        f"{JAVA}/ServiceStubs.java": java(services),
        "clients/rust/src/contract.rs": rust(services, files),
        "clients/typescript/src/contract.ts": typescript(services, files),
        f"{PYTHON}/stubs.py": in_style(stubs(services, version)),
        f"{PYTHON}/synchronous.py": in_style(
            waiting((ROOT / PYTHON / "asynchronous.py").read_text())
        ),
    }


def in_style(source: str) -> str:
    """A module of Python as ruff writes it, with its imports in order."""
    for command in (["check", "--select", "F401,I", "--fix", "--quiet"], ["format", "--quiet"]):
        ruff = ["ruff", *command, "--stdin-filename", f"{PYTHON}/generated.py", "-"]
        source = subprocess.run(
            ruff, input=source, capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
    return source


if __name__ == "__main__":
    image_file, folder = map(Path, sys.argv[1:])
    for path, text in written(FileDescriptorSet.FromString(image_file.read_bytes())).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
