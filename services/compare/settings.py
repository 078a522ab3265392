"""Settings of the compare service."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field

from services.compare.saved.quota import MOST_COMPARISONS
from services.servicekit.settings import MIB, ServiceSettings, Unsettable


class CompareSettings(ServiceSettings):
    """Where embeddings come from and comparisons are kept, and how much computing may take."""

    home: Path = Field(Path(".sage"), description="Directory of everything SAGE keeps locally.")
    compare_port: int = Field(50053, ge=1, le=65535, description="Port of the gRPC server.")
    compare_metrics_port: Unsettable[int] = Field(
        None, ge=1, le=65535, description="Port of `/metrics` for Prometheus; none when unset."
    )
    embed_address: str = Field("127.0.0.1:50052", description="The embed service, host:port.")
    ingest_address: str = Field("127.0.0.1:50051", description="The ingest service, host:port.")
    compare_database_url: Unsettable[str] = Field(
        None, description="SQLAlchemy URL; unset means SQLite under the home directory."
    )
    compare_kept: int = Field(
        MOST_COMPARISONS, ge=1, description="Quota of a workspace: comparisons that it keeps."
    )
    compare_cache_bytes: int = Field(
        768 * MIB, ge=0, description="Memory for vectors and frame tracks between calls."
    )
    compare_results_bytes: int = Field(
        64 * MIB, ge=0, description="Memory for finished comparisons, for exports of the same."
    )
    compare_memory_bytes: int = Field(
        2560 * MIB,
        ge=1,
        description="Memory for comparisons under way, all together; larger ones are refused. "
        "Two videos of two hours take 1.4 GiB at 30 frames a second, and 2.4 GiB at 60.",
    )
    compare_seconds: float = Field(
        600.0, gt=0, description="Seconds after which a comparison is given up."
    )
    compare_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Comparisons computed at the same time; as many as cores when unset.",
    )
    compare_queue: int = Field(
        32, ge=0, description="Comparisons that may wait for a worker; more are refused."
    )

    @property
    def database_url(self) -> str:
        """What is set, or an SQLite file in the home, with the asynchronous driver."""
        file = self.home.resolve() / "compare.sqlite"
        return self.compare_database_url or f"sqlite+aiosqlite:///{file}"
