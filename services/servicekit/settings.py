"""Settings that every service has, from `SAGE_*` environment variables.

A service subclasses `ServiceSettings` with what is its own. Names are stable; defaults suit one
machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
# What SAGE's own tokens name in `iss`.
OWN_ISSUER = "sage"
T = TypeVar("T")
# A setting that may be left out. An empty variable is as good as none: a manifest or an env file
# can name a variable without giving it a value.
Unsettable = Annotated[T | None, BeforeValidator(lambda value: value or None)]
# One 10 MiB part, and room for the fields around it.
MAX_MESSAGE_BYTES = 11 * MIB


class OidcSettings(BaseSettings):
    """The OpenID Connect issuer whose tokens are taken besides SAGE's own, if there is one."""

    model_config = SettingsConfigDict(env_prefix="SAGE_", extra="ignore", frozen=True)

    oidc_issuer: Unsettable[str] = Field(
        None,
        description="OpenID Connect issuer, as its tokens name it in `iss`; none when unset.",
    )
    oidc_jwks_url: Unsettable[str] = Field(
        None, pattern="^https?://", description="URL of that issuer's public keys (JWKS)."
    )
    oidc_audience: str = Field(
        "sage", min_length=1, description="What such a token has to name in `aud`."
    )
    oidc_workspace_claim: str = Field(
        "sub",
        min_length=1,
        description="The claim of such a token that leads to a workspace, each text to its own.",
    )

    @model_validator(mode="after")
    def _issuer_is_whole(self) -> Self:
        if (self.oidc_issuer is None) != (self.oidc_jwks_url is None):
            raise ValueError("OpenID Connect needs both SAGE_OIDC_ISSUER and SAGE_OIDC_JWKS_URL")
        if self.oidc_issuer == OWN_ISSUER:
            raise ValueError(f"SAGE_OIDC_ISSUER cannot be {OWN_ISSUER!r}, which SAGE itself is")
        return self


class ServiceSettings(OidcSettings):
    """How a service listens, logs, protects itself and stops."""

    model_config = SettingsConfigDict(env_prefix="SAGE_", extra="ignore", frozen=True)

    bind_host: str = Field("127.0.0.1", description="Address to listen on.")
    metrics_host: str = Field(
        "127.0.0.1",
        description="Address that metrics are served on, where a service has a port for them.",
    )
    jwks_file: Path = Field(
        Path(".sage/keys/jwks.json"), description="Public keys that verify tokens."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="What is worth a line: `debug`, `info`, `warning` or `error`."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="`json` for machines, `text` for people."
    )
    max_concurrent_calls: int = Field(
        64,
        ge=1,
        description="Unary calls under way at once; more are refused with RetryInfo.",
    )
    max_concurrent_streams: int = Field(
        1000, ge=1, description="Streaming calls under way at once; more are refused."
    )
    max_workspace_calls: int = Field(
        48, ge=1, description="Unary calls that one workspace, or one stranger, may have at once."
    )
    max_workspace_streams: int = Field(
        250, ge=1, description="Streaming calls that one workspace may have at once."
    )
    session_calls_per_second: float = Field(
        100.0, gt=0, description="Calls a second that one session may go on making."
    )
    session_calls_burst: int = Field(
        1000, ge=1, description="Calls that one session may make at once before that rate holds."
    )
    sessions_per_minute: float = Field(
        60.0, gt=0, description="Sessions a minute that one client address may go on creating."
    )
    sessions_burst: int = Field(
        200, ge=1, description="Sessions that one client address may create at once before that."
    )
    default_deadline: float = Field(
        300.0,
        gt=0,
        description="Seconds a unary call may take when the client sets no deadline.",
    )
    retention_days: Unsettable[float] = Field(
        None,
        gt=0,
        description="Days for which anything is kept: videos and embeddings since they were made, "
        "saved comparisons since their last change, and what has a shorter time of its own no "
        "longer than this. Unset, they are kept until somebody deletes them.",
    )
    migrate_on_start: bool = Field(
        True,
        description="Whether a service brings its database up to date when it starts. Otherwise "
        "`python -m services.NAME.migrate` does before, and a service refuses an older schema.",
    )
    drain_seconds: float = Field(
        8.0, ge=0, description="Seconds that running calls get to finish after SIGTERM."
    )

    def at_most_kept(self, days: float) -> float:
        """A time for which something is kept, cut down to that for which anything is."""
        return days if self.retention_days is None else min(days, self.retention_days)


class StoreSettings(BaseSettings):
    """Where objects lie. Credentials come from the usual AWS chain."""

    model_config = SettingsConfigDict(env_prefix="SAGE_", extra="ignore", frozen=True)

    s3_endpoint: Unsettable[str] = Field(None, description="S3 endpoint URL; unset means AWS.")
    s3_bucket: str = Field(
        "media", description="Bucket of everything; also the gateway's path to media."
    )
    s3_region: str = Field("us-east-1", description="Region that requests are signed for.")
    start_empty: bool = Field(
        False,
        description="Use a new database although the store holds objects of an earlier one, which "
        "can no longer be reached; for one start.",
    )
    s3_public_endpoint: Unsettable[str] = Field(
        None,
        description="S3 endpoint URL that browsers and vendors can reach, if there is one.",
    )
