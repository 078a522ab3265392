"""Keys and passwords of the dev overlay."""

from __future__ import annotations

import base64
from pathlib import Path

from deploy.k8s.dev_keys import make_keys


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_they_are_made_once_and_fit_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    make_keys(folder)
    made = contents(folder)
    password = made["postgres.env"].decode().strip().removeprefix("password=")

    assert len(base64.b64decode(made["master.key"])) == 32
    assert made["databases.env"].decode().splitlines() == [
        f"{service}-url=postgresql+asyncpg://sage:{password}@postgres/{service}"
        for service in ("ingest", "embed", "compare")
    ]

    make_keys(folder)

    assert contents(folder) == made


def test_only_their_owner_reads_them(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")

    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
