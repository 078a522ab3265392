"""The `sage` command as it is run, against an emulated server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sage_cli.app import sage
from tests.emulators.gateway import EmulatedGateway


@dataclass
class Terminal:
    """Runs `sage` in a home of its own. folder: where `file` puts files."""

    server: EmulatedGateway
    url: str
    folder: Path

    def sage(self, *arguments: str | Path, typed: str = "", token: str | None = None) -> Result:
        """token: what `SAGE_TOKEN` holds."""
        environment = {
            "SAGE_SERVER": self.url,
            "SAGE_TOKEN": token,
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(sage, words, env=environment, input=typed)

    def file(self, name: str, content: bytes = b"") -> Path:
        """A file with content of its own unless given."""
        path = self.folder / name
        path.write_bytes(content or name.encode() * 40)
        return path

    @property
    def token_file(self) -> Path:
        return self.folder / "config" / "sage" / "tokens.json"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    gateway = EmulatedGateway()
    with gateway.running() as url:
        yield Terminal(server=gateway, url=url, folder=tmp_path)
