"""Settings of the gateway: what is understood and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.settings import GatewaySettings


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_ALLOWED_ORIGINS", "https://a.example, https://b.example,")

    assert GatewaySettings().allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("bind_host", "answered"),
    [
        ("127.0.0.1", ("127.0.0.1", "localhost", "[::1]")),
        ("localhost", ("127.0.0.1", "localhost", "[::1]")),
        ("0.0.0.0", ("*",)),
    ],
)
def test_on_loopback_only_loopback_names_are_answered(
    bind_host: str, answered: tuple[str, ...]
) -> None:
    assert GatewaySettings(bind_host=bind_host).answered_hosts == answered


def test_host_names_that_are_given_are_the_ones_answered() -> None:
    settings = GatewaySettings(bind_host="0.0.0.0", allowed_hosts=("sage.example",))

    assert settings.answered_hosts == ("sage.example",)


@pytest.mark.parametrize("bucket", ["v1", "assets", "readyz"])
def test_a_bucket_may_not_hide_the_gateways_own_paths(bucket: str) -> None:
    with pytest.raises(ValidationError):
        GatewaySettings(s3_bucket=bucket)


@pytest.mark.parametrize("address", ["localhost", ":50051", "host:port"])
def test_an_address_has_host_and_port(address: str) -> None:
    with pytest.raises(ValidationError, match="is not host:port"):
        GatewaySettings(ingest_address=address)


def test_tls_needs_certificate_and_key(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="TLS needs both"):
        GatewaySettings(tls_certificate_file=tmp_path / "tls.crt")


def test_http_3_needs_a_certificate() -> None:
    with pytest.raises(ValidationError, match="HTTP/3 is never without TLS"):
        GatewaySettings(gateway_http3=True)


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example/",
        "a.example",
        '["https://a.example"]',
        "https://A.example",
        "ftp://a",
        "*",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match=r"https://editor\.example would be one"):
        GatewaySettings(allowed_origins=(value,))
