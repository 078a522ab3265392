"""The gateway with nothing behind it: TLS, foreign origins, draining, services that are away."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
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
from services.servicekit.signing_keys import create_signing_key
from tests.fixtures.certificates import write_certificate
from tests.fixtures.http3 import ask_over_http3

pytestmark = pytest.mark.xdist_group("gateway-alone")

EDITOR = "https://editor.example"
START_SECONDS = 20
LOG_SECONDS = 30


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
        gateway_http3=True,
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
    for path in ("/", "/media/none"):
        assert web.get(path).headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/", "/v1/videos", "/media/none"])
def test_who_comes_over_tls_is_told_of_http_3(
    settings: GatewaySettings, web: httpx.Client, path: str
) -> None:
    assert web.get(path).headers["alt-svc"] == f'h3=":{settings.port}"; ma=86400'


async def test_the_page_comes_over_http_3(settings: GatewaySettings) -> None:
    assert settings.tls_certificate_file is not None
    answer = await ask_over_http3(settings.port, "/", trusted=settings.tls_certificate_file)
    assert (answer.status, b"SAGE" in answer.body) == (200, True)


async def test_calls_over_http_3_are_checked_like_all_others(settings: GatewaySettings) -> None:
    assert settings.tls_certificate_file is not None
    refused = await ask_over_http3(
        settings.port, "/v1/videos", trusted=settings.tls_certificate_file
    )
    assert refused.status == 401
    assert b"UNAUTHENTICATED" in refused.body
    # Five bytes are an empty message.
    away = await ask_over_http3(
        settings.port,
        "/sage.embed.v1.SessionService/CreateSession",
        trusted=settings.tls_certificate_file,
        method="POST",
        headers={"content-type": "application/grpc", "te": "trailers"},
        body=bytes(5),
    )
    assert away.headers["grpc-status"] == str(grpc.StatusCode.UNAVAILABLE.value[0])
    assert "grpc-status-details-bin" in away.headers


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
    assert "retry-after" in answer.headers["access-control-expose-headers"]


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


def test_calls_are_counted_by_method_and_code(
    settings: GatewaySettings, channel: grpc.Channel
) -> None:
    with pytest.raises(grpc.RpcError):
        SessionServiceStub(channel).CreateSession(CreateSessionRequest(), timeout=10)

    admin = f"http://127.0.0.1:{settings.gateway_admin_port}"
    counted = httpx.get(f"{admin}/stats?filter=grpc.*CreateSession").text
    assert "grpc.sage.embed.v1.SessionService.CreateSession.14: " in counted


def test_each_call_is_a_line_of_json_that_leads_to_its_logs_and_its_trace(
    settings: GatewaySettings, web: httpx.Client
) -> None:
    told = web.get("/v1/videos?page_token=secret").headers["x-request-id"]

    line = logged(settings.jwks_file.parent / "envoy.log", told)
    assert (line["path"], line["status"], line["method"]) == ("/v1/videos", 401, "GET")
    assert "trace_id" in line
    assert "secret" not in json.dumps(line)


def test_rest_says_that_a_service_is_away(web: httpx.Client) -> None:
    answer = web.post("/v1/sessions", json={})

    assert answer.status_code == 503
    assert answer.json()["code"] == 14
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["details"][1]["retryDelay"] == "1s"


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


def logged(log: Path, request_id: str) -> dict[str, Any]:
    """The line of a call; Envoy writes its lines every ten seconds."""
    deadline = time.monotonic() + LOG_SECONDS
    while time.monotonic() < deadline:
        # The last line may be half written.
        *whole, _ = log.read_text().split("\n")
        for line in whole:
            if line.startswith("{") and request_id in line:
                entry: dict[str, Any] = json.loads(line)
                return entry
        time.sleep(0.2)
    raise AssertionError(f"no line of {request_id}")
