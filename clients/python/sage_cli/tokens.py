"""Access tokens between two runs of the command: one file, readable by its owner alone."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

# A token that ends within this time is as good as ended: an upload must not outlive it.
_MARGIN_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Token:
    """A session at one server. expires: seconds since 1970."""

    access_token: str
    workspace: str
    has_api_key: bool
    expires: float

    @property
    def expired(self) -> bool:
        """Whether it ends before a call that begins now could be over."""
        return self.expires < time.time() + _MARGIN_SECONDS


class TokenFile:
    """Tokens by server URL."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of_user(cls) -> TokenFile:
        """The file in the folder where the operating system keeps the settings of programs."""
        return cls(Path(click.get_app_dir("sage")) / "tokens.json")

    def get(self, server: str) -> Token | None:
        """None as well when the file cannot be understood: it is written anew at the next login."""
        try:
            entry: Any = self._read()[server]
            return Token(
                access_token=str(entry["access_token"]),
                workspace=str(entry["workspace"]),
                has_api_key=bool(entry["has_api_key"]),
                expires=float(entry["expires"]),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def put(self, server: str, token: Token) -> None:
        """Replaces the server's token. Raises OSError when the file cannot be written."""
        self._write({**self._read(), server: asdict(token)})

    def remove(self, server: str) -> None:
        """Forgets the server's token; without one, the file is left as it is."""
        tokens = self._read()
        if tokens.pop(server, None) is not None:
            self._write(tokens)

    def _read(self) -> dict[str, dict[str, object]]:
        try:
            tokens = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return tokens if isinstance(tokens, dict) else {}

    def _write(self, tokens: dict[str, dict[str, object]]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes the file with mode 0600; another run sees the old file or the new one.
        descriptor, partial = tempfile.mkstemp(dir=self._path.parent, prefix=".tokens-")
        with os.fdopen(descriptor, "w") as file:
            json.dump(tokens, file, indent=2)
        Path(partial).replace(self._path)
