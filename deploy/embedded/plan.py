"""Which processes make up SAGE on this machine, with which command and which settings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.home import Home, StoreCredentials
from deploy.embedded.ports import LOOPBACK, free_ports
from deploy.embedded.settings import EmbeddedSettings
from gateway.launch import envoy_command
from gateway.render import render
from gateway.settings import GatewaySettings

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("ingest", "embed", "compare")
# The launcher's own patience at the end is a little longer.
_DRAIN_SECONDS = "5"
_HEALTH_CHECK_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process to start.

    name: for people and for the log file.
    command: program and arguments.
    environment: all of its environment variables.
    stop_order: processes with a lower number are stopped first.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stop_order: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The processes, and the port that they are reached at."""

    processes: tuple[Process, ...]
    host: str
    port: int
    url: str


def make_plan(settings: EmbeddedSettings, home: Home, environment: Mapping[str, str]) -> Plan:
    """Decides ports, makes keys that are missing, and writes the gateway's configuration.

    environment: variables of this process; those of the children are these and what is added.
    """
    store_port, gateway_port, *service_ports = free_ports(2 + len(SERVICES))
    port = settings.port or gateway_port
    addresses = {
        name: f"{LOOPBACK}:{number}" for name, number in zip(SERVICES, service_ports, strict=True)
    }
    credentials = None if settings.s3_endpoint else home.store_credentials()
    common = {
        **environment,
        **_identity_files(settings, home),
        **_store_variables(settings, credentials, store_port),
        "PYTHONUNBUFFERED": "1",
        "SAGE_HOME": str(home.root),
        "SAGE_BIND_HOST": LOOPBACK,
        "SAGE_ANONYMOUS_WORKSPACE": settings.anonymous_workspace,
        "SAGE_INGEST_DATABASE_URL": settings.ingest_database_url or home.database_url("ingest"),
        "SAGE_EMBED_DATABASE_URL": settings.embed_database_url or home.database_url("embed"),
        "SAGE_COMPARE_DATABASE_URL": settings.compare_database_url or home.database_url("compare"),
        "SAGE_DRAIN_SECONDS": environment.get("SAGE_DRAIN_SECONDS", _DRAIN_SECONDS),
        **{f"SAGE_{name.upper()}_ADDRESS": address for name, address in addresses.items()},
        **{
            f"SAGE_{name.upper()}_PORT": str(number)
            for name, number in zip(SERVICES, service_ports, strict=True)
        },
    }
    processes = (
        [] if credentials is None else [store_process(home, credentials, store_port, settings)]
    )
    processes += [
        Process(name=name, command=(sys.executable, "-m", f"services.{name}"), environment=common)
        for name in SERVICES
    ]
    processes.append(_gateway(settings, home, common, addresses, port))
    return Plan(
        processes=tuple(processes),
        host=settings.shown_host,
        port=port,
        url=f"{settings.scheme}://{settings.shown_host}:{port}",
    )


def _identity_files(settings: EmbeddedSettings, home: Home) -> dict[str, str]:
    if settings.token_signing_key_file is None:
        home.ensure_signing_key()
    if settings.master_key_file is None:
        home.ensure_master_key()
    files = {
        "SAGE_TOKEN_SIGNING_KEY_FILE": settings.token_signing_key_file or home.signing_key,
        "SAGE_JWKS_FILE": settings.jwks_file or home.jwks,
        "SAGE_MASTER_KEY_FILE": settings.master_key_file or home.master_key,
    }
    # The processes have a working directory of their own.
    return {name: str(file.resolve()) for name, file in files.items()}


def _store_variables(
    settings: EmbeddedSettings, credentials: StoreCredentials | None, port: int
) -> dict[str, str]:
    variables = {"SAGE_S3_BUCKET": settings.s3_bucket, "SAGE_S3_REGION": settings.s3_region}
    if credentials is not None:
        variables["SAGE_S3_ENDPOINT"] = f"http://{LOOPBACK}:{port}"
        variables["AWS_ACCESS_KEY_ID"] = credentials.access_key
        variables["AWS_SECRET_ACCESS_KEY"] = credentials.secret_key
        # A session token of the person's own account would not fit these keys.
        variables["AWS_SESSION_TOKEN"] = ""
    return variables


def store_process(
    home: Home, credentials: StoreCredentials, port: int, settings: EmbeddedSettings
) -> Process:
    """Our own object store, over the folder of the home."""
    # A bucket is a folder; this one is always there.
    (home.objects / settings.s3_bucket).mkdir(exist_ok=True)
    command = (
        *(sys.executable, "-m", "nanio", "serve", "--no-access-log"),
        *("--data-dir", str(home.objects), "--region", settings.s3_region),
        *("--host", LOOPBACK, "--port", str(port), "--log-level", "warning"),
        # Joining the parts of a large file keeps one of them busy for seconds.
        *("--workers", "2"),
    )
    environment = {
        "NANIO_ACCESS_KEY": credentials.access_key,
        "NANIO_SECRET_KEY": credentials.secret_key,
        "PYTHONUNBUFFERED": "1",
    }
    # The services write to it until they have drained.
    return Process(name="store", command=command, environment=environment, stop_order=1)


def _gateway(
    settings: EmbeddedSettings,
    home: Home,
    common: Mapping[str, str],
    addresses: Mapping[str, str],
    port: int,
) -> Process:
    gateway = GatewaySettings(
        bind_host=settings.bind_host,
        port=port,
        ingest_address=addresses["ingest"],
        embed_address=addresses["embed"],
        compare_address=addresses["compare"],
        s3_endpoint=common.get("SAGE_S3_ENDPOINT", ""),
        s3_bucket=settings.s3_bucket,
        jwks_file=Path(common["SAGE_JWKS_FILE"]),
        health_check_seconds=_HEALTH_CHECK_SECONDS,
    )
    configuration = home.run / "envoy.yaml"
    configuration.write_text(render(gateway))
    return Process(name="gateway", command=envoy_command(configuration), environment={})
