"""Settings of the ingest service, from `SAGE_*` environment variables."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from services.servicekit.settings import MIB, ServiceSettings, Unsettable


class IngestSettings(ServiceSettings):
    """What is ingest's own, besides what every service has."""

    home: Path = Field(Path(".sage"), description="Directory of everything SAGE keeps locally.")
    ingest_port: int = Field(50051, ge=1, le=65535, description="Port of the gRPC server.")
    ingest_metrics_port: Unsettable[int] = Field(
        None, ge=1, le=65535, description="Port of `/metrics` for Prometheus; none when unset."
    )
    ingest_database_url: Unsettable[str] = Field(
        None, description="SQLAlchemy URL; unset means SQLite under the home directory."
    )
    ingest_upload_days: float = Field(
        7.0, gt=0, description="Days after which an unfinished upload is given up."
    )
    ingest_unused_upload_hours: float = Field(
        24.0, gt=0, description="Hours after which an upload is given up that no part was sent for."
    )
    ingest_remembered_days: float = Field(
        30.0,
        gt=0,
        description="Days after which uploads that are over are forgotten, with their request ids.",
    )
    ingest_workspace_bytes: int = Field(
        10**12,
        ge=1,
        description="Quota of a workspace: bytes stored, and announced by unfinished uploads.",
    )
    ingest_open_uploads: int = Field(
        200, ge=1, description="Quota of a workspace: unfinished uploads."
    )
    ingest_playback_hours: float = Field(
        6.0, gt=0, le=168, description="Hours for which a playback URL works."
    )
    ingest_part_memory: int = Field(
        40 * MIB,
        ge=10 * MIB,
        description="Bytes of unary parts taken in at once; each takes three times its size.",
    )
    ingest_stream_memory: int = Field(
        160 * MIB, ge=20 * MIB, description="Bytes that upload streams may buffer at once."
    )
    ingest_media_processes: int = Field(
        2,
        ge=1,
        description="Files probed at once, as many for strips, each in its own process; as many "
        "processes again wait for the next ones.",
    )
    ingest_media_seconds: float = Field(
        120.0, gt=0, description="Seconds that looking into a file may take, besides reading it."
    )
    ingest_make_proxies: bool = Field(
        True,
        description="Whether this replica makes copies of videos that some browser cannot play, "
        "one at a time, with the computing time that nothing else wants.",
    )
    ingest_sweep_seconds: float = Field(
        60.0, gt=0, description="Seconds between two searches for what is to be removed."
    )
    ingest_lease_seconds: float = Field(
        30.0, gt=0, description="Seconds after which a replica that went silent is given up."
    )

    @property
    def database_url(self) -> str:
        """What is set, or an SQLite file in the home, with the asynchronous driver."""
        file = self.home.resolve() / "ingest.sqlite"
        return self.ingest_database_url or f"sqlite+aiosqlite:///{file}"
