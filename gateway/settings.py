"""What the gateway listens on, and where it sends what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode

from services.servicekit.settings import OidcSettings, Unsettable

_ROOT = Path(__file__).resolve().parent.parent
# First path segments that are the gateway's own; a bucket of the same name would hide them.
_RESERVED_SEGMENTS = frozenset({"assets", "healthz", "mcp", "readyz", "v1"})

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class GatewaySettings(OidcSettings):
    """Settings of the gateway, from `SAGE_*` environment variables.

    Addresses are `host:port`. Lists are separated by commas.
    """

    bind_host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=1, le=65535, description="Port of everything.")
    gateway_admin_port: Unsettable[int] = Field(
        None, description="Loopback port of Envoy's own admin page; none when unset."
    )
    allowed_hosts: CommaSeparated = Field(
        (),
        description="Host names, without port and with commas between them, under which requests "
        "are answered; `*` is any. "
        "When unset: the loopback names if SAGE listens on loopback, any otherwise.",
    )
    allowed_origins: CommaSeparated = Field(
        (),
        description="Web origins, besides SAGE's own page, whose scripts may call, with commas "
        "between them: `https://a.example,https://b.example:8443`.",
    )
    trusted_proxies: int = Field(
        0, ge=0, description="How many proxies in front may be believed about scheme and client."
    )
    tls_certificate_file: Unsettable[Path] = Field(
        None, description="PEM certificate chain; with it the gateway speaks TLS only."
    )
    tls_private_key_file: Unsettable[Path] = Field(None, description="Its PEM private key.")
    gateway_http3: bool = Field(
        False, description="Whether HTTP/3 is spoken too, on the UDP port of the same number."
    )

    ingest_address: str = Field("127.0.0.1:50051", description="The ingest service, host:port.")
    embed_address: str = Field("127.0.0.1:50052", description="The embed service, host:port.")
    compare_address: str = Field("127.0.0.1:50053", description="The compare service, host:port.")
    s3_endpoint: str = Field("http://127.0.0.1:9000", description="URL of the object store.")
    s3_bucket: str = Field("media", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    s3_public_endpoint: Unsettable[str] = Field(
        None, description="URL under which browsers reach the store without the gateway."
    )

    jwks_file: Path = Field(
        Path(".sage/keys/jwks.json"), description="Public keys that verify tokens."
    )
    web_root: Path = Field(_ROOT / "web" / "dist", description="Folder of the built page.")
    descriptor_file: Path = Field(
        _ROOT / "gateway" / "descriptor" / "sage.binpb",
        description="The contract as Envoy transcodes it.",
    )
    request_idle_seconds: float = Field(
        15.0,
        gt=0,
        description="Seconds without a byte after which an unfinished REST call ends; those of "
        "CreateSession, which needs no token, end after as many in all.",
    )
    request_seconds: float = Field(
        600.0, gt=0, description="Seconds that the whole body of a REST call may take to arrive."
    )
    gateway_connections: int = Field(
        10_000, gt=0, description="Connections of clients at once, a gateway; more are closed."
    )
    gateway_calls: int = Field(
        10_000,
        gt=0,
        description="Calls under way at once to each service, a gateway; more are refused as "
        "OVERLOADED, with RetryInfo.",
    )
    gateway_idle_seconds: float = Field(
        600.0, gt=0, description="Seconds after which a connection without a call is closed."
    )
    gateway_otlp_address: Unsettable[str] = Field(
        None,
        description="Collector, host:port, that Envoy sends a span of each call to, by OTLP over "
        "gRPC without TLS; none when unset. Envoy's makers call this part of it unfinished, and "
        "not for callers that nobody trusts.",
    )
    gateway_trace_share: float = Field(
        1.0, ge=0, le=1, description="Share of the traces that begin at the gateway to keep."
    )
    health_check_seconds: float = Field(2.0, gt=0, description="How often services are asked.")

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(item.strip() for item in value.split(",") if item.strip())
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        """As browsers write them: another form would fit none, and nobody would hear of it."""
        for value in values:
            parts = urlsplit(value)
            host, written = parts.hostname or "", f"{parts.scheme}://{parts.netloc}"
            if parts.scheme not in ("http", "https") or not host or value != written.lower():
                raise ValueError(f"{value!r} is not an origin; https://editor.example would be one")
        return values

    @field_validator("ingest_address", "embed_address", "compare_address", "gateway_otlp_address")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host, separator, port = value.rpartition(":")
        if not host or not separator or not port.isdecimal():
            raise ValueError(f"{value!r} is not host:port")
        return value

    @field_validator("s3_endpoint", "s3_public_endpoint")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{value!r} is not an http or https URL")
        return value

    @field_validator("s3_bucket")
    @classmethod
    def _bucket_hides_nothing(cls, value: str) -> str:
        if value in _RESERVED_SEGMENTS:
            raise ValueError(f"a bucket named {value!r} would hide the gateway's own path /{value}")
        return value

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_certificate_file is None) != (self.tls_private_key_file is None):
            raise ValueError(
                "TLS needs both SAGE_TLS_CERTIFICATE_FILE and SAGE_TLS_PRIVATE_KEY_FILE"
            )
        if self.gateway_http3 and not self.tls:
            raise ValueError("SAGE_GATEWAY_HTTP3 needs a certificate: HTTP/3 is never without TLS")
        return self

    @property
    def answered_hosts(self) -> tuple[str, ...]:
        """Host names that are answered.

        On loopback only its own: otherwise a stranger's web page could reach SAGE through a DNS
        name of theirs that leads to 127.0.0.1.
        """
        if self.allowed_hosts:
            return self.allowed_hosts
        if self.bind_host.startswith("127.") or self.bind_host in ("localhost", "::1"):
            return _LOOPBACK_NAMES
        return ("*",)

    @property
    def keys_socket(self) -> str:
        """The socket by which the gateway reads its file of keys: one that is no file, on Linux."""
        name = f"sage-gateway-{self.port}-keys"
        return f"@{name}" if sys.platform == "linux" else f"/tmp/{name}"  # noqa: S108

    @property
    def tls(self) -> bool:
        """Whether the gateway itself speaks TLS, rather than something before it."""
        return self.tls_certificate_file is not None
