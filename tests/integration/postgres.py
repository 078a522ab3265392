"""A PostgreSQL server of a test's own, started from the binaries of this machine.

PostgreSQL refuses to run as root; as root the server runs as the user `postgres` or `nobody`. Where
there are no binaries, tests that need a server are skipped, but never in CI (the variable `CI`).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.embedded.ports import free_ports
from tests.postgresql import find_binaries

_CLUSTER = ("-U", "sage", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
_START_SECONDS = 60.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running server."""

    port: int
    _run_as: tuple[str, ...]
    _binaries: Path

    def create_database(self, name: str) -> str:
        """Makes an empty database and answers with its URL."""
        subprocess.run(
            [str(self._binaries / "createdb"), *self._address, name],
            check=True,
            capture_output=True,
            timeout=_START_SECONDS,
        )
        return f"postgresql://sage@127.0.0.1:{self.port}/{name}"

    def answers(self) -> bool:
        ready = [str(self._binaries / "pg_isready"), *self._address]
        return subprocess.run(ready, check=False, capture_output=True, timeout=10).returncode == 0

    @property
    def _address(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "sage"]


@contextmanager
def start_postgres(*settings: str) -> Iterator[Postgres]:
    """A server with an empty cluster; skips the test where there are no binaries.

    settings: `name=value` of the server's configuration.
    """
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI must not leave these tests out")
        pytest.skip("needs PostgreSQL's binaries (initdb, postgres), which are not installed")
    run_as, owner = _unprivileged()
    # Not under pytest's own folder: another user could not reach into it.
    directory = Path(tempfile.mkdtemp(prefix="postgres-for-tests-"))
    if owner is not None:
        os.chown(directory, owner.pw_uid, owner.pw_gid)
    try:
        data = directory / "data"
        subprocess.run(
            [*run_as, str(binaries / "initdb"), "-D", str(data), *_CLUSTER],
            check=True,
            capture_output=True,
            cwd=directory,
            timeout=_START_SECONDS,
        )
        (port,) = free_ports(1)
        options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(directory), "-F"]
        options += [word for setting in settings for word in ("-c", setting)]
        with (directory / "log").open("wb") as log:
            server = subprocess.Popen(
                [*run_as, str(binaries / "postgres"), "-D", str(data), *options],
                stdout=log,
                stderr=log,
                cwd=directory,
            )
        try:
            postgres = Postgres(port=port, _run_as=run_as, _binaries=binaries)
            deadline = time.monotonic() + _START_SECONDS
            while not postgres.answers():
                if server.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((directory / "log").read_text())
                time.sleep(_POLL_SECONDS)
            yield postgres
        finally:
            # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
            server.send_signal(signal.SIGINT)
            server.wait(_START_SECONDS)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged() -> tuple[tuple[str, ...], pwd.struct_passwd | None]:
    """A command prefix that leaves root, and the user that it becomes."""
    if os.geteuid() != 0:
        return (), None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        groups = ("--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups")
        return ("setpriv", *groups), user
    raise AssertionError("there is no user that PostgreSQL could run as")
