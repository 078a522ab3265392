"""What clients know of a server and its sessions."""

from __future__ import annotations

import time

import grpc
import pytest

from sage.embed.v1.session_pb2 import Session
from sage_client import connection
from sage_client.connection import Patience, lasts, options_of, target_of


@pytest.mark.parametrize(
    ("server", "target"),
    [
        ("http://127.0.0.1:8080", ("127.0.0.1:8080", False)),
        ("http://sage", ("sage:80", False)),
        ("https://sage.example", ("sage.example:443", True)),
        ("http://[::1]:9000/", ("[::1]:9000", False)),
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


def test_a_session_is_renewed_before_it_ends() -> None:
    session = Session()
    session.expire_time.FromSeconds(int(time.time()) + 3600)
    assert lasts(session)
    session.expire_time.FromSeconds(int(time.time()) + 30)
    assert not lasts(session)
    assert not lasts(None)


class Refusal(grpc.RpcError):
    def __init__(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> grpc.StatusCode:
        return self._code


def test_a_lost_server_is_waited_for_and_a_refusal_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    patience = Patience()
    assert patience.bears(Refusal(grpc.StatusCode.UNAVAILABLE))
    assert not patience.bears(Refusal(grpc.StatusCode.INVALID_ARGUMENT))
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 0.0)
    patience.heard()
    assert not patience.bears(Refusal(grpc.StatusCode.UNAVAILABLE))
