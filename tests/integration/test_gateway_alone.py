"""The gateway with nothing behind it: TLS, foreign origins, draining, services that are away."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from typing import Any

import grpc
import httpx
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from deploy.embedded.ports import free_ports
from gateway.drain import active_requests, drain
from gateway.launch import envoy_command
from gateway.render import render
from gateway.settings import GatewaySettings
from sage.embed.v1.session_pb2 import CreateSessionRequest, GetSessionRequest
from sage.embed.v1.session_pb2_grpc import SessionServiceStub
from services.servicekit.tokens import create_signing_key
from tests.fixtures.certificates import write_certificate

pytestmark = pytest.mark.xdist_group("gateway-alone")

EDITOR = "https://editor.example"
START_SECONDS = 20


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewaySettings]:
    """A running gateway's settings."""
    folder = tmp_path_factory.mktemp("gateway")
    certificate, key = write_certificate(folder)
    create_signing_key(folder / "signing-key.pem", folder / "jwks.json")
    (folder / "web").mkdir()
    (folder / "web" / "index.html").write_text("<!doctype html><title>SAGE</title>")
    port, admin, *closed = free_ports(6)
    settings = GatewaySettings(
        port=port,
        gateway_admin_port=admin,
        allowed_origins=(EDITOR,),
        tls_certificate_file=certificate,
        tls_private_key_file=key,
        jwks_file=folder / "jwks.json",
        web_root=folder / "web",
        ingest_address=f"127.0.0.1:{closed[0]}",
        embed_address=f"127.0.0.1:{closed[1]}",
        compare_address=f"127.0.0.1:{closed[2]}",
        s3_endpoint=f"http://127.0.0.1:{closed[3]}",
        health_check_seconds=0.5,
    )
    configuration = folder / "envoy.yaml"
    configuration.write_text(render(settings))
    with (folder / "envoy.log").open("wb") as log:
        envoy = subprocess.Popen(envoy_command(configuration), stdout=log, stderr=log)
    try:
        transport = httpx.HTTPTransport(verify=False, retries=START_SECONDS)
        with httpx.Client(transport=transport) as client:
            client.get(f"https://127.0.0.1:{port}/healthz")
        yield settings
    finally:
        envoy.terminate()
        envoy.wait()


@pytest.fixture
def web(settings: GatewaySettings) -> Iterator[httpx.Client]:
    trusted = ssl.create_default_context(cafile=str(settings.tls_certificate_file))
    with httpx.Client(base_url=f"https://localhost:{settings.port}", verify=trusted) as client:
        yield client


def test_the_page_comes_over_tls(web: httpx.Client) -> None:
    answer = web.get("/")

    assert "SAGE" in answer.text


def test_a_browser_that_was_here_once_comes_back_over_tls_only(web: httpx.Client) -> None:
    answer = web.get("/media/none")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_an_allowed_origin_may_ask(web: httpx.Client) -> None:
    answer = web.options(
        "/v1/videos",
        headers={
            "origin": EDITOR,
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization",
        },
    )

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == EDITOR
    assert "authorization" in answer.headers["access-control-allow-headers"]


def test_an_allowed_origin_may_read_refusals(web: httpx.Client) -> None:
    answer = web.get("/v1/videos", headers={"origin": EDITOR})

    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == EDITOR


def test_any_other_origin_may_not(web: httpx.Client) -> None:
    answer = web.get("/v1/videos", headers={"origin": "https://evil.example"})

    assert "access-control-allow-origin" not in answer.headers


@pytest.fixture
def channel(settings: GatewaySettings) -> Iterator[grpc.Channel]:
    certificate = settings.tls_certificate_file
    assert certificate is not None
    credentials = grpc.ssl_channel_credentials(certificate.read_bytes())
    with grpc.secure_channel(f"localhost:{settings.port}", credentials) as channel:
        yield channel


def test_services_that_are_away_are_unavailable_at_once(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        SessionServiceStub(channel).CreateSession(CreateSessionRequest(), timeout=10)

    assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
    assert reason_of(refusal.value) == "DEPENDENCY_UNAVAILABLE"


def test_grpc_says_why_a_token_is_refused(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        SessionServiceStub(channel).GetSession(
            GetSessionRequest(name="sessions/current"), timeout=10
        )

    assert refusal.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert reason_of(refusal.value) == "UNAUTHENTICATED"
    assert "CreateSession: Jwt is missing" in str(refusal.value.details())


def reason_of(error: Any) -> str:
    status = Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    # Clients in Go and Java show what the details say, and nothing else.
    assert (status.code, status.message) == (error.code().value[0], error.details())
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    return str(info.reason)


def test_rest_says_that_a_service_is_away(web: httpx.Client) -> None:
    answer = web.post("/v1/sessions", json={})

    assert answer.status_code == 503
    assert answer.json()["code"] == 14


def test_linking_a_key_needs_a_token(web: httpx.Client) -> None:
    answer = web.post("/v1/sessions:linkApiKey", json={"twelvelabsApiKey": "tlk_0"})

    assert answer.status_code == 401
    assert answer.json()["details"][0]["reason"] == "UNAUTHENTICATED"


def test_readiness_names_who_is_away(web: httpx.Client) -> None:
    assert web.get("/healthz").status_code == 200
    assert web.get("/readyz").status_code == 503
    assert web.get("/readyz/ingest").status_code == 503


def test_a_drained_gateway_is_no_longer_healthy(
    settings: GatewaySettings, web: httpx.Client
) -> None:
    admin = f"http://127.0.0.1:{settings.gateway_admin_port}"

    drain(admin, seconds=10)

    assert active_requests(admin) == 0
    assert web.get("/healthz").status_code == 503
