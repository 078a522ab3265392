"""Settings of the embed service, from `SAGE_*` environment variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field

from services.embed.tasks.quota import OPEN_TASKS
from services.servicekit.settings import ServiceSettings, StoreSettings, Unsettable

TWELVELABS_BASE_URL = "https://api.twelvelabs.io/v1.3"


class EmbedSettings(ServiceSettings, StoreSettings):
    """What embed needs to know beyond what every service does."""

    home: Path = Field(Path(".sage"), description="Where state lies that is not placed elsewhere.")
    embed_port: int = Field(50052, ge=1, le=65535, description="Port of the gRPC server.")
    embed_metrics_port: Unsettable[int] = Field(
        None, ge=1, le=65535, description="Port of `/metrics` for Prometheus; none when unset."
    )
    embed_database_url: Unsettable[str] = Field(
        None, description="Database URL; a SQLite file under SAGE_HOME when unset."
    )
    ingest_address: str = Field("127.0.0.1:50051", description="The ingest service, host:port.")
    compare_address: str = Field(
        "127.0.0.1:50053",
        description="The compare service, host:port; asked when a workspace's data is removed.",
    )
    token_signing_key_file: Path = Field(
        Path(".sage/keys/token-signing-key.pem"), description="Private key that signs tokens."
    )
    master_key_file: Unsettable[Path] = Field(
        None, description="Keys that encrypt API keys; no session with an API key when unset."
    )
    anonymous_workspace: Unsettable[str] = Field(
        None,
        pattern="^[a-z0-9][a-z0-9-]{0,39}$",
        description="Workspace of sessions without an API key; none are given when unset.",
    )
    session_seconds: float = Field(12 * 3600.0, gt=0, description="How long a session lasts.")
    twelvelabs_base_url: str = Field(
        TWELVELABS_BASE_URL, description="Another endpoint of the vendor's API."
    )
    embed_role: Literal["all", "api", "worker"] = Field(
        "all",
        description="What this replica does: `api` takes calls and embeds nothing, `worker` works "
        "on tasks and takes no calls but for its health, `all` does both.",
    )
    local_engine: bool = Field(True, description="Whether this replica offers the local engine.")
    local_engine_workers: int = Field(
        # Decoding keeps a second core busy.
        default_factory=lambda: max(1, (os.cpu_count() or 1) // 2),
        ge=1,
        description="Videos that the local engine works on at once, a process each; one for two "
        "cores when unset.",
    )
    twelvelabs_tasks: int = Field(
        16, ge=1, description="Tasks that this replica follows at TwelveLabs at once."
    )
    open_tasks: int = Field(
        OPEN_TASKS, ge=1, description="Quota of a workspace: tasks that are queued or running."
    )
    task_max_failures: int = Field(
        5, ge=1, description="Transient failures of the work itself after which a task is given up."
    )
    task_outage_seconds: float = Field(
        24 * 3600.0,
        gt=0,
        description="How long a vendor, or another part of SAGE, may be away before the tasks that "
        "need it are given up.",
    )
    task_retry_seconds: float = Field(
        2.0, gt=0, description="Wait before the first retry; the later ones grow to five minutes."
    )
    task_wait_seconds: float = Field(
        1800.0, gt=0, description="Ceiling on waiting for an engine that shows no progress."
    )
    task_lease_seconds: float = Field(
        15.0, gt=0, description="How long a silent worker keeps its task."
    )
    task_request_days: float = Field(
        1.0, gt=0, description="Days for which the request id of a new task is remembered."
    )
    task_retention_days: float = Field(
        90.0,
        gt=0,
        description="Days after which a task that failed or was cancelled, or whose embedding was "
        "deleted, is removed. A task whose embedding is there stays.",
    )
    session_retention_days: float = Field(
        1.0, ge=0, description="Days after which a session that has expired is removed."
    )
    embed_sweep_seconds: float = Field(
        600.0, gt=0, description="Seconds between two searches for what is to be removed."
    )

    @property
    def takes_calls(self) -> bool:
        """Whether this process serves the API, as in the roles `api` and `all`."""
        return self.embed_role != "worker"

    @property
    def takes_tasks(self) -> bool:
        """Whether this process embeds, as in the roles `worker` and `all`."""
        return self.embed_role != "api"

    @property
    def database_url(self) -> str:
        """What is set, or an SQLite file in the home, with the asynchronous driver."""
        return self.embed_database_url or f"sqlite+aiosqlite:///{self.home.resolve()}/embed.sqlite"
