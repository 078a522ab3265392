"""The client's own distribution: all of the client, and nothing of the services."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sage_cli.app import sage
from tests.fixtures.small_client import CLIENT, SmallClient, build_small_client

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    return build_small_client(tmp_path_factory.mktemp("small"))


def project(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    return values


def test_it_has_the_version_and_no_needs_but_those_of_the_whole() -> None:
    whole, client = project(ROOT)["project"], project(CLIENT)["project"]
    assert client["version"] == whole["version"]
    assert client["requires-python"] == whole["requires-python"]
    assert client["scripts"] == whole["scripts"]
    assert set(client["dependencies"]) <= set(whole["dependencies"])


def test_its_wheel_has_every_package_of_the_client_and_the_licence(small: SmallClient) -> None:
    names = {str(path.relative_to(small.folder)) for path in small.folder.rglob("*")}
    packages = {path.parent.name for path in CLIENT.glob("*/__init__.py")}
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == packages
    modules = {str(path.relative_to(CLIENT)) for path in CLIENT.glob("*/**/*.py")}
    unpacked = {str(path.relative_to(CLIENT)) for path in CLIENT.glob("examples/**/*.py")}
    assert modules - unpacked <= names
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_every_module_of_it_needs_no_more_than_it_says(small: SmallClient) -> None:
    """numpy and av are installed here, but not for it."""
    modules = [
        ".".join(path.relative_to(small.folder).with_suffix("").parts)
        for folder in ("sage_cli", "sage_client")
        for path in sorted((small.folder / folder).rglob("*.py"))
        if path.name not in ("__init__.py", "__main__.py")
    ]
    found = small.python(
        "import importlib\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(sys.modules['sage_cli.app'].__file__)\nimport numpy",
        *modules,
    )
    assert found.stdout.startswith(str(small.folder))
    assert found.stderr.strip().endswith("No module named 'numpy'")


def test_every_command_of_it_explains_itself(small: SmallClient) -> None:
    """In one process, as each takes half a second to start."""
    found = small.python(
        "from click.testing import CliRunner\nfrom sage_cli.app import sage\n"
        "for name in sys.argv[1:]: print(CliRunner().invoke(sage, [name, '--help']).exit_code)",
        *sage.commands,
    )
    assert found.stdout.split() == ["0"] * len(sage.commands), found.stderr


def test_it_starts(small: SmallClient) -> None:
    found = small.sage("--version")
    assert found.stdout.startswith("sage, version "), found.stderr
