"""What is restored beside what is there: nothing is written over, and nothing is mixed."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from deploy.embedded.settings import EmbeddedSettings
from deploy.operations.archive import Archive, Manifest
from deploy.operations.databases import database
from deploy.operations.errors import OperationError
from deploy.operations.installation import MASTER_KEY, Installation, read_installation
from deploy.operations.restore import Lost, restore

SERVICES = ("ingest", "embed", "compare")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return read_installation(EmbeddedSettings(home=tmp_path / "home"))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A backup of three databases, a master key and no objects."""
    it = Archive(tmp_path / "backup")
    it.create()
    file = tmp_path / "database"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE it (word TEXT)")
        connection.commit()
    it.write_objects("objects-1.jsonl", [])
    it.write_manifest(
        Manifest(
            made_at="2026-01-01T00:00:00+00:00",
            databases={name: ("sqlite", it.add_file(file)) for name in SERVICES},
            keys={MASTER_KEY: it.add([b"old\n"])},
            objects="objects-1.jsonl",
        )
    )
    return it


def digests(folder: Path) -> dict[str, str]:
    return {
        str(each.relative_to(folder)): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in folder.rglob("*")
        if each.is_file()
    }


def test_a_database_is_not_restored_beside_the_log_of_another(tmp_path: Path) -> None:
    """SQLite would write the log's pages into it."""
    file = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE it (word TEXT)")
        connection.commit()
        file.unlink()
        it = database("ingest", f"sqlite:///{file}")
        with pytest.raises(OperationError, match=r"x\.sqlite-wal is not empty"):
            it.require_empty()


def test_lost_comparisons_bring_nothing_else_along(
    installation: Installation, archive: Archive, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "ingest.sqlite").write_bytes(b"of today")

    restore(installation, archive, lambda _: None, Lost.COMPARISONS)

    kept = {name for name in digests(home) if name != "lock"}
    assert kept == {"ingest.sqlite", "compare.sqlite"}
    assert (home / "ingest.sqlite").read_bytes() == b"of today"


@pytest.mark.parametrize(
    ("there", "fits"), [("new\nold\n", True), ("old\n", True), ("new\n", False)]
)
def test_databases_come_back_to_a_master_key_that_opens_them(
    installation: Installation, archive: Archive, there: str, fits: bool
) -> None:
    """One that was rotated since the backup has the older key in a line of its own."""
    key = installation.keys[MASTER_KEY]
    key.parent.mkdir(parents=True)
    key.write_text(there)

    if fits:
        restore(installation, archive, lambda _: None, Lost.DATABASES)
    else:
        with pytest.raises(OperationError, match="another key"):
            restore(installation, archive, lambda _: None, Lost.DATABASES)

    assert key.read_text() == there
    assert all(Path(str(it.url.database)).exists() == fits for it in installation.databases)


def test_a_lost_key_comes_back_beside_those_that_changed_since(
    installation: Installation, archive: Archive
) -> None:
    other = installation.keys["SAGE_TOKEN_SIGNING_KEY_FILE"]
    other.parent.mkdir(parents=True)
    other.write_text("rotated since")

    restore(installation, archive, lambda _: None, Lost.KEYS)

    assert installation.keys[MASTER_KEY].read_text() == "old\n"
    assert other.read_text() == "rotated since"
