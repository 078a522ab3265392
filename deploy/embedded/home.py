"""The folder that holds everything SAGE remembers: databases, objects, keys, logs.

home/
  ingest.sqlite  embed.sqlite  compare.sqlite     metadata
  objects/                        the object store's bytes
  keys/                           made at the first start, never changed
  logs/                           one file a process
  run/                            of the run under way only
  lock                            held by the run under way
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StartError
from services.servicekit.signing_keys import create_signing_key
from services.servicekit.state import StateError

_MASTER_KEY_BYTES = 32


@dataclass(frozen=True)
class StoreCredentials:
    """The key pair of our own object store."""

    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Home:
    """One SAGE_HOME. Paths are absolute."""

    root: Path

    @property
    def objects(self) -> Path:
        """The S3 server's folder: a folder for each bucket."""
        return self.root / "objects"

    @property
    def logs(self) -> Path:
        """A file for each process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """What a run writes for its processes, such as Envoy's configuration; no other needs it."""
        return self.root / "run"

    @property
    def signing_key(self) -> Path:
        """The private key that tokens are signed with, as PEM."""
        return self._keys / "token-signing-key.pem"

    @property
    def jwks(self) -> Path:
        """The public keys that services check tokens with."""
        return self._keys / "jwks.json"

    @property
    def master_key(self) -> Path:
        """What people's API keys are encrypted with; without it, they are lost."""
        return self._keys / "master.key"

    @property
    def _keys(self) -> Path:
        return self.root / "keys"

    def database(self, service: str) -> Path:
        """The SQLite file of a service, used where no other database is set."""
        return self.root / f"{service}.sqlite"

    def database_url(self, service: str) -> str:
        """For SQLAlchemy, with the asynchronous driver."""
        return f"sqlite+aiosqlite:///{self.database(service)}"

    def _is_kept(self, service: str) -> bool:
        database = self.database(service)
        return database.exists() and database.stat().st_size > 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Makes the folders and keeps every other run out.

        Raises StartError when another run has the folder, or it cannot be written.
        """
        try:
            for folder in (self.root, self._keys, self.objects, self.logs, self.run):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.root / "lock").open("a+")
        except OSError as error:
            raise StartError(f"Cannot write to {self.root} (SAGE_HOME): {error.strerror}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                raise StartError(
                    f"SAGE runs on {self.root} already (process {lock.read().strip()}). "
                    "Stop it, or choose another folder: SAGE_HOME=... make run"
                ) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    def store_credentials(self) -> StoreCredentials:
        """The object store's keys, made when there are none. Raises StateError for damaged ones."""
        file = self._keys / "store.json"
        if not file.exists():
            made = {"access_key": secrets.token_hex(10), "secret_key": secrets.token_urlsafe(30)}
            _write_secret(file, json.dumps(made))
        try:
            return StoreCredentials(**json.loads(file.read_text()))
        except (OSError, ValueError, TypeError):
            raise StateError(
                f"The object store's keys {file} are damaged. Remove the file: a new pair is made "
                "at the next start, and nothing is lost."
            ) from None

    def ensure_master_key(self) -> None:
        """Makes the key that encrypts API keys, when there is none.

        Raises StateError when there was one: the database holds what only that can open.
        """
        if not self.master_key.exists():
            if self._is_kept("embed"):
                raise StateError(
                    f"The master key {self.master_key} is missing, and the API keys in "
                    f"{self.database('embed')} open with nothing else. Restore it from a backup; "
                    "to do without them: docs/operations.md, Keys."
                )
            key = secrets.token_bytes(_MASTER_KEY_BYTES)
            _write_secret(self.master_key, base64.b64encode(key).decode() + "\n")

    def ensure_signing_key(self) -> None:
        """Makes the key pair of access tokens, when there is none.

        Raises StateError when there is one that is damaged.
        """
        create_signing_key(self.signing_key, self.jwks)


def _write_secret(file: Path, text: str) -> None:
    # Written whole or not at all: half a key would lock people out of their data.
    partial = file.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as writer:
        writer.write(text)
    partial.replace(file)
