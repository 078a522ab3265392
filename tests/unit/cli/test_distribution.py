"""The client's own distribution: all of the client, and nothing of the services."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[3]
CLIENT = ROOT / "clients" / "python"


def project(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    return values


def test_it_has_the_version_and_no_needs_but_those_of_the_whole() -> None:
    whole, client = project(ROOT)["project"], project(CLIENT)["project"]
    assert client["version"] == whole["version"]
    assert client["requires-python"] == whole["requires-python"]
    assert client["scripts"] == whole["scripts"]
    assert set(client["dependencies"]) <= set(whole["dependencies"])


def test_its_wheel_has_every_package_of_the_client_and_the_licence(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=CLIENT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.iterdir()
    with ZipFile(wheel) as packed:
        names = packed.namelist()
    packages = {path.parent.name for path in CLIENT.glob("*/__init__.py")}
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == packages
    modules = {str(path.relative_to(CLIENT)) for path in CLIENT.glob("*/**/*.py")}
    unpacked = {str(path.relative_to(CLIENT)) for path in CLIENT.glob("examples/**/*.py")}
    assert modules - unpacked <= set(names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_command_starts_without_what_services_need() -> None:
    script = "import sage_cli.app, sys; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=CLIENT
    ).stdout.split()
    assert not {"numpy", "av", "services", "protovalidate", "sqlalchemy"} & set(found)
