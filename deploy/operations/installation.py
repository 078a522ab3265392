"""Where an installation keeps what it remembers, by its own settings."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.home import Home
from deploy.embedded.plan import SERVICES, store_process
from deploy.embedded.ports import LOOPBACK, free_ports
from deploy.embedded.settings import EmbeddedSettings
from deploy.operations.databases import Database, database
from deploy.operations.errors import OperationError
from deploy.operations.objects import Bucket
from services.servicekit.s3_client import create_s3_client

# The setting whose key opens what a database keeps.
MASTER_KEY = "SAGE_MASTER_KEY_FILE"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One machine's, or a cluster's, as the same variables say that `make run` reads.

    keys: files by the setting that names them.
    """

    settings: EmbeddedSettings
    home: Home
    databases: tuple[Database, ...]
    keys: Mapping[str, Path]

    @contextmanager
    def bucket(self) -> Iterator[Bucket]:
        """The object store; one machine's own is started for that, beside any that runs.

        Raises OperationError when there is none, or it does not start.
        """
        settings = self.settings
        if settings.s3_endpoint:
            client = create_s3_client(settings.s3_endpoint, settings.s3_region)
            yield Bucket(client, settings.s3_bucket)
            return
        if not self.home.objects.is_dir():
            raise OperationError(
                f"There is no object store in {self.home.objects}; SAGE_S3_ENDPOINT names another."
            )
        credentials = self.home.store_credentials()
        (port,) = free_ports(1)
        store = store_process(self.home, credentials, port, settings)
        process = subprocess.Popen(
            store.command,
            env={**os.environ, **store.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            client = create_s3_client(
                f"http://{LOOPBACK}:{port}",
                settings.s3_region,
                key=(credentials.access_key, credentials.secret_key),
            )
            _await(process, port)
            yield Bucket(client, settings.s3_bucket)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def read_installation(settings: EmbeddedSettings) -> Installation:
    """What the settings name, and below their home what they do not; nothing is opened yet."""
    home = Home(settings.home.expanduser().resolve())
    urls = {
        "ingest": settings.ingest_database_url,
        "embed": settings.embed_database_url,
        "compare": settings.compare_database_url,
    }
    return Installation(
        settings=settings,
        home=home,
        databases=tuple(database(name, urls[name] or home.database_url(name)) for name in SERVICES),
        keys={
            "SAGE_TOKEN_SIGNING_KEY_FILE": settings.token_signing_key_file or home.signing_key,
            "SAGE_JWKS_FILE": settings.jwks_file or home.jwks,
            MASTER_KEY: settings.master_key_file or home.master_key,
        },
    )


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise OperationError("The object store did not start.")
