"""Clients carry the version of the contract that they are made of."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = ROOT / "clients"
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_every_client_has_the_version_of_the_contract() -> None:
    cargo = tomllib.loads((CLIENTS / "rust" / "Cargo.toml").read_text())
    npm = json.loads((CLIENTS / "typescript" / "package.json").read_text())
    npm_lock = json.loads((CLIENTS / "typescript" / "package-lock.json").read_text())
    versions = {
        "csharp": first(r"<Version>(.+)</Version>", "csharp/Client/Sage.Client.csproj"),
        "go": first(r'const Version = "(.+)"', "go/stubs.go"),
        # The first one is the project's own.
        "java": first(r"<version>(.+)</version>", "java/pom.xml"),
        "rust": cargo["package"]["version"],
        "typescript": npm["version"],
        "typescript, locked": npm_lock["version"],
    }
    assert versions == dict.fromkeys(versions, VERSION)


def first(pattern: str, path: str) -> str:
    match = re.search(pattern, (CLIENTS / path).read_text())
    assert match is not None
    return match[1]
