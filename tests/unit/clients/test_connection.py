"""What clients know of a server."""

from __future__ import annotations

import pytest

from sage_client.connection import options_of, target_of


@pytest.mark.parametrize(
    ("server", "target"),
    [
        ("http://127.0.0.1:8080", ("127.0.0.1:8080", False)),
        ("http://sage", ("sage:80", False)),
        ("https://sage.example", ("sage.example:443", True)),
        ("http://[::1]:9000/", ("[::1]:9000", False)),
        ("http://[::1]", ("[::1]:80", False)),
    ],
)
def test_a_url_leads_to_a_port(server: str, target: tuple[str, bool]) -> None:
    assert target_of(server) == target


def test_what_is_no_url_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"http://127\.0\.0\.1:8080 would be one"):
        target_of("127.0.0.1:8080")


def test_no_proxy_lies_before_ones_own_machine() -> None:
    assert ("grpc.enable_http_proxy", 0) in options_of("127.0.0.1:8080")
    assert ("grpc.enable_http_proxy", 1) in options_of("sage.example:443")
