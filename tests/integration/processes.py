"""Real processes for tests: the object store and single services, on free ports, ended by pid.

    with start_store(tmp_path) as store:
        environment = service_environment(tmp_path, store, keys)
        with start_service("services.ingest", "SAGE_INGEST_PORT", environment) as ingest:
            grpc.insecure_channel(ingest.address)

Everything lives under the directory that is given; standard error of each process goes to
`<name>.log` there and is shown when the process does not come up.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.embedded.ports import free_ports
from services.servicekit.signing_keys import create_signing_key

ACCESS_KEY = "sage-tests"
SECRET_KEY = "sage-tests-secret"
BUCKET = "media"
_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 120.0
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.05
# A service that starts slowly is not asked ever more seldom.
_SOON_AGAIN = [(f"grpc.{which}_reconnect_backoff_ms", 100) for which in ("initial", "min", "max")]


@dataclass(kw_only=True)
class RunningProcess:
    """A process that was started here, listening on a port of the loopback interface."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.wait(_STOP_SECONDS)

    def stop(self) -> int:
        """SIGTERM and the exit code; SIGKILL when it does not obey."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Its threads' stacks go to the log.
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(_STOP_SECONDS)
            raise AssertionError(f"{self.name} did not stop\n{self.log.read_text()}") from None

    def fail_if_ended(self) -> None:
        code = self.process.poll()
        if code is not None:
            raise AssertionError(f"{self.name} ended with {code}\n{self.log.read_text()}")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The key pair of a test's tokens."""

    signing_key: Path
    jwks: Path


def create_keys(directory: Path) -> Keys:
    keys = Keys(signing_key=directory / "signing-key.pem", jwks=directory / "jwks.json")
    create_signing_key(keys.signing_key, keys.jwks)
    return keys


def service_environment(home: Path, store_address: str, keys: Keys) -> dict[str, str]:
    """The settings that every service of a test shares."""
    return {
        "SAGE_HOME": str(home),
        "SAGE_JWKS_FILE": str(keys.jwks),
        "SAGE_S3_ENDPOINT": f"http://{store_address}",
        "SAGE_S3_BUCKET": BUCKET,
        "SAGE_DRAIN_SECONDS": "3",
        # Tests of a module share a store, and begin with databases of their own.
        "SAGE_START_EMPTY": "true",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }


@contextmanager
def start_store(directory: Path, *, port: int | None = None) -> Iterator[RunningProcess]:
    """nanio over `directory/objects`; `port` starts it again where it was."""
    port = port or free_ports(1)[0]
    options = ["--data-dir", str(directory / "objects"), "--host", "127.0.0.1"]
    command = [sys.executable, "-m", "nanio", "serve", *options, "--port", str(port)]
    keys = {"NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY}
    with _started("store", [*command, "--no-access-log"], port, keys, directory) as process:
        _wait_for_port(process)
        yield process


@contextmanager
def start_service(
    module: str,
    port_variable: str,
    environment: Mapping[str, str],
    *,
    port: int | None = None,
    root: Path = _ROOT,
) -> Iterator[RunningProcess]:
    """`python -m module`, once its health says SERVING. root: of the sources, these or others."""
    port = port or free_ports(1)[0]
    directory = Path(environment["SAGE_HOME"])
    sources = os.pathsep.join(str(each) for each in (root, root / "clients" / "python"))
    variables = {**environment, port_variable: str(port), "PYTHONPATH": sources}
    # Without -P the folder that it is started in would come before those.
    command = [sys.executable, "-P", "-m", module]
    with _started(module.rpartition(".")[2], command, port, variables, directory) as process:
        wait_for_health(process, serving=True)
        yield process


def wait_for_health(process: RunningProcess, *, serving: bool) -> None:
    """Waits until the service says that it is, or is not, SERVING."""
    statuses = health_pb2.HealthCheckResponse
    wanted = statuses.SERVING if serving else statuses.NOT_SERVING
    deadline = time.monotonic() + _START_SECONDS
    with grpc.insecure_channel(process.address, options=_SOON_AGAIN) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        while time.monotonic() < deadline:
            process.fail_if_ended()
            try:
                answer = health.Check(
                    health_pb2.HealthCheckRequest(), timeout=5.0, wait_for_ready=True
                )
            except grpc.RpcError:
                continue
            if answer.status == wanted:
                return
            time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{process.name} is not as healthy as expected\n{process.log.read_text()}")


@contextmanager
def _started(
    name: str, command: list[str], port: int, environment: Mapping[str, str], directory: Path
) -> Iterator[RunningProcess]:
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / f"{name}.log"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("SAGE_")}
    with log.open("ab") as sink:
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env={**inherited, "PYTHONFAULTHANDLER": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
    running = RunningProcess(name=name, port=port, log=log, process=process)
    try:
        yield running
    finally:
        running.stop()


def _wait_for_port(process: RunningProcess) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        process.fail_if_ended()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", process.port)) == 0:
                return
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{process.name} does not listen\n{process.log.read_text()}")
