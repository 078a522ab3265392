"""Copies of databases: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore.

Both are of one moment, and services may go on meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

from deploy.operations.errors import OperationError

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, kw_only=True)
class Database:
    """A service's database."""

    service: str
    url: URL

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`, whatever the driver."""
        return self.url.get_backend_name()

    def dump(self, file: Path) -> None:
        """Writes a copy. Raises OperationError."""
        if self.kind == SQLITE:
            self._copy_sqlite(file)
        else:
            self._run("pg_dump", "--format=custom", "--no-owner", f"--file={file}")

    def require_file(self) -> None:
        """Raises OperationError where SQLite would make a file, or fail in a thread of its own."""
        if self.kind == SQLITE and not self._file.exists():
            raise OperationError(
                f"{self.service}'s database {self._file} does not exist: SAGE was never started "
                "there, or SAGE_HOME is another one."
            )

    def require_empty(self) -> None:
        """Raises OperationError when there is anything in it."""
        if self.kind == SQLITE:
            # SQLite would take what an earlier file's log holds into the one that is restored.
            for suffix in ("", "-wal", "-journal"):
                file = self._file.with_name(self._file.name + suffix)
                if file.exists() and file.stat().st_size > 0:
                    raise self._not_empty(str(file))
            return
        count = self._run(
            *("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command"),
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'",
        )
        if int(count):
            raise self._not_empty(self.url.render_as_string())

    def restore(self, kind: str, file: Path) -> None:
        """Makes an empty database what it was. Raises OperationError."""
        if kind != self.kind:
            raise OperationError(
                f"The backup of {self.service}'s database is {kind}, and {self.url!r} is not."
            )
        if self.kind == POSTGRESQL:
            options = ("--no-owner", "--single-transaction", "--exit-on-error")
            name = f"--dbname={self.url.database}"
            self._run("pg_restore", *options, name, str(file))
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(".partial")
        shutil.copyfile(file, partial)
        partial.replace(self._file)

    @property
    def _file(self) -> Path:
        return Path(str(self.url.database))

    def _copy_sqlite(self, file: Path) -> None:
        self.require_file()
        source = f"{self._file.resolve().as_uri()}?mode=ro"
        try:
            with (
                closing(sqlite3.connect(source, uri=True)) as reading,
                closing(sqlite3.connect(file)) as writing,
            ):
                reading.backup(writing)
        except sqlite3.Error as error:
            raise OperationError(f"{self._file} cannot be copied ({error}).") from error

    def _run(self, *command: str) -> str:
        """A program of PostgreSQL's; it learns of the database from its environment."""
        if shutil.which(command[0]) is None:
            raise OperationError(
                f"{command[0]} is not installed; it comes with PostgreSQL's client programs."
            )
        answer = subprocess.run(
            command,
            env={**os.environ, **self._environment()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise OperationError(f"{self.service}: {command[0]}: {answer.stderr.strip()}")
        return answer.stdout.strip()

    def _environment(self) -> Mapping[str, str]:
        # Not as arguments: anybody on the machine could read the password there.
        told = {
            "PGHOST": self.url.host,
            "PGPORT": self.url.port and str(self.url.port),
            "PGUSER": self.url.username,
            "PGPASSWORD": self.url.password and str(self.url.password),
            "PGDATABASE": self.url.database,
        }
        return {name: value for name, value in told.items() if value}

    def _not_empty(self, where: str) -> OperationError:
        return OperationError(
            f"{self.service}'s database {where} is not empty. A backup is restored into nothing "
            "only: move what is there away, or name another place."
        )


def database(service: str, url: str) -> Database:
    """url: SQLAlchemy's, with or without a driver. Raises OperationError for any other backend."""
    parsed = make_url(url)
    kind = parsed.get_backend_name().replace("postgres", POSTGRESQL, 1)
    if kind.startswith(POSTGRESQL):
        parsed = parsed.set(drivername=POSTGRESQL)
    elif kind != SQLITE:
        raise OperationError(f"{service}'s database is neither SQLite nor PostgreSQL: {parsed!r}")
    return Database(service=service, url=parsed)
