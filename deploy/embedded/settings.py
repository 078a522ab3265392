"""Settings of the launcher: what it starts, and what it leaves to others."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.servicekit.settings import Unsettable


class EmbeddedSettings(BaseSettings):
    """What the launcher itself reads from `SAGE_*`; everything else goes to the processes as it is.

    What is given is used; what is not given is made or started under `home`.
    """

    model_config = SettingsConfigDict(env_prefix="SAGE_", extra="ignore", frozen=True)

    home: Path = Field(Path(".sage"), description="Where all state lies.")
    bind_host: str = Field("127.0.0.1", description="Address that the gateway listens on.")
    port: int = Field(8080, ge=0, le=65535, description="The gateway's port; 0 picks a free one.")
    s3_endpoint: Unsettable[str] = Field(
        None, description="An object store to use instead of our own."
    )
    s3_bucket: str = Field("media", description="Bucket of everything.")
    s3_region: str = Field("us-east-1", description="Region that requests are signed for.")
    anonymous_workspace: str = Field(
        "local", description="Workspace of callers without an API key; empty means none."
    )
    master_key_file: Unsettable[Path] = Field(None, description="Made when unset.")
    token_signing_key_file: Unsettable[Path] = Field(None, description="Made when unset.")
    jwks_file: Unsettable[Path] = Field(None, description="Made when unset.")
    ingest_database_url: Unsettable[str] = Field(None, description="SQLite when unset.")
    embed_database_url: Unsettable[str] = Field(None, description="SQLite when unset.")
    compare_database_url: Unsettable[str] = Field(None, description="SQLite when unset.")
    tls_certificate_file: Unsettable[Path] = Field(None, description="As the gateway's.")

    @property
    def scheme(self) -> str:
        """Of the addresses that browsers use: `https` with a certificate, otherwise `http`."""
        return "https" if self.tls_certificate_file else "http"

    @property
    def shown_host(self) -> str:
        """The host name for the address that people open."""
        return "127.0.0.1" if self.bind_host in ("0.0.0.0", "::") else self.bind_host  # noqa: S104
