"""Every way in, through the real gateway to the real services."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import time
from urllib.parse import urlsplit

import grpc
import httpx
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha.reflection_pb2 import (
    ServerReflectionRequest,
    ServerReflectionResponse,
)

from gateway.upstreams import ROUTED_SERVICES
from sage.embed.v1.session_pb2 import GetSessionRequest
from sage.embed.v1.session_pb2_grpc import SessionServiceStub
from sage.ingest.v1.ingest_pb2 import (
    GetVideoSourceRequest,
    ListVideosRequest,
    ListVideosResponse,
    Video,
)
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub, VideoSourceServiceStub
from tests.fixtures.clips import source_file
from tests.fixtures.stack import Stack
from tests.integration.gateway_clients import Metadata

pytestmark = pytest.mark.xdist_group("stack")


# --- the three ways to call


def test_native_grpc(channel: grpc.Channel, signed_in: Metadata, video: Video) -> None:
    answer = IngestServiceStub(channel).ListVideos(ListVideosRequest(), metadata=signed_in)

    assert video.name in [each.name for each in answer.videos]


def test_rest(web: httpx.Client, signed_in: Metadata, video: Video) -> None:
    answer = web.get("/v1/videos", headers=dict(signed_in))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert video.name in [each["name"] for each in answer.json()["videos"]]


def test_grpc_web(web: httpx.Client, signed_in: Metadata, video: Video) -> None:
    answer = call_as_browser(web, "ListVideos", ListVideosRequest(), dict(signed_in))

    message, trailers = frames(answer.content)
    assert video.name in [each.name for each in ListVideosResponse.FromString(message).videos]
    assert b"grpc-status:0" in trailers.replace(b" ", b"")


def test_a_watch_over_rest_arrives_line_by_line(web: httpx.Client, signed_in: Metadata) -> None:
    with web.stream("GET", "/v1/embeddingTasks:watch", headers=dict(signed_in)) as answer:
        first = json.loads(next(answer.iter_lines()))

    assert "embeddingTasks" in first


def test_creating_a_session_over_rest_needs_no_token(web: httpx.Client) -> None:
    session = web.post("/v1/sessions", json={}).json()

    authorization = {"authorization": f"Bearer {session['accessToken']}"}
    assert web.get("/v1/sessions/current", headers=authorization).status_code == 200


def test_anybody_may_ask_whether_sage_works(channel: grpc.Channel) -> None:
    answer = HealthStub(channel).Check(HealthCheckRequest(), timeout=10)

    assert answer.status == HealthCheckResponse.SERVING


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_tools_are_told_of_the_whole_contract(
    channel: grpc.Channel, signed_in: Metadata, version: str
) -> None:
    ask = channel.stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=ServerReflectionResponse.FromString,
    )
    requests = [
        ServerReflectionRequest(list_services=""),
        *(ServerReflectionRequest(file_containing_symbol=name) for name in ROUTED_SERVICES),
    ]

    listed, *files = ask(iter(requests), metadata=signed_in, timeout=10)

    names = {service.name for service in listed.list_services_response.service}
    assert names >= set(ROUTED_SERVICES)
    assert "sage.ingest.v1.VideoSourceService" not in names
    assert all(file.file_descriptor_response.file_descriptor_proto for file in files)


def test_tools_need_a_token_too(channel: grpc.Channel) -> None:
    ask = channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=ServerReflectionResponse.FromString,
    )

    with pytest.raises(grpc.RpcError) as refusal:
        list(ask(iter([ServerReflectionRequest(list_services="")]), timeout=10))

    assert refusal.value.code() == grpc.StatusCode.UNAUTHENTICATED


# --- files


def test_a_file_goes_up_as_it_is(web: httpx.Client, signed_in: Metadata) -> None:
    content = source_file("rabbit").read_bytes()

    answer = web.put("/v1/files/my%20rabbit.mp4", content=content, headers=dict(signed_in))

    assert answer.status_code == 200, answer.text
    assert answer.json()["displayName"] == "my rabbit.mp4"
    assert answer.json()["sizeBytes"] == str(len(content))
    assert answer.json()["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_file_of_several_parts_goes_up_as_it_is(web: httpx.Client, signed_in: Metadata) -> None:
    noise = bytes(25 * 1024 * 1024)

    answer = web.put("/v1/files/noise.mp4", content=noise, headers=dict(signed_in))

    assert answer.status_code == 400
    assert answer.json()["details"][0]["reason"] == "NOT_A_VIDEO"


def test_a_file_whose_length_is_not_told(web: httpx.Client, signed_in: Metadata) -> None:
    answer = web.put("/v1/files/a.mp4", content=iter([b"x"]), headers=dict(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (411, 3)
    assert "Content-Length" in answer.json()["message"]


def test_a_file_that_breaks_off_goes_on_in_parts(
    stack: Stack, web: httpx.Client, signed_in: Metadata
) -> None:
    content = source_file("rabbit").read_bytes()
    host, _, port = stack.address.rpartition(":")
    head = f"PUT /v1/files/broken.mp4 HTTP/1.1\r\nhost: {stack.address}\r\n"
    head += f"authorization: {signed_in[0][1]}\r\ncontent-length: {len(content)}\r\n\r\n"
    names: list[str] = []
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + content[:1000])
        deadline = time.monotonic() + 20
        while not names and time.monotonic() < deadline:
            listed = web.get("/v1/uploads?states=STATE_ACTIVE", headers=dict(signed_in)).json()
            uploads = [each for each in listed["uploads"] if each["displayName"] == "broken.mp4"]
            names = [each["name"] for each in uploads]
            time.sleep(0.05)

    data = base64.b64encode(content).decode()
    web.put(f"/v1/{names[0]}/parts/1", json={"data": data}, headers=dict(signed_in))
    answer = web.post(f"/v1/{names[0]}:complete", json={}, headers=dict(signed_in))
    assert answer.json()["displayName"] == "broken.mp4"


# --- the API describes itself


def test_the_api_describes_itself_to_programs_and_people(web: httpx.Client) -> None:
    document, page = web.get("/openapi.json"), web.get("/docs/api")

    assert document.headers["content-type"] == "application/json"
    assert document.json()["openapi"] == "3.1.0"
    assert page.headers["content-type"].startswith("text/html")
    assert 'id="CompareVideos"' in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert web.get("/docs/api/page.css").headers["content-type"] == "text/css"


# --- who is let in


def test_without_a_token_rest_says_so_in_json(web: httpx.Client) -> None:
    answer = web.get("/v1/videos")

    assert answer.status_code == 401
    body = answer.json()
    assert body["code"] == 16
    assert "access token" in body["message"]
    assert body["details"][0]["reason"] == "UNAUTHENTICATED"


def test_without_a_token_grpc_says_so(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        IngestServiceStub(channel).ListVideos(ListVideosRequest())

    assert refusal.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_without_a_token_a_browser_sees_a_grpc_status(web: httpx.Client) -> None:
    answer = call_as_browser(web, "ListVideos", ListVideosRequest(), {})

    assert answer.headers["grpc-status"] == "16"


def test_a_token_of_somebody_else_is_refused(web: httpx.Client, signed_in: Metadata) -> None:
    header, payload, signature = signed_in[0][1].split(".")
    forged = f"{header}.{payload}.{signature[::-1]}"

    assert web.get("/v1/videos", headers={"authorization": forged}).status_code == 401


def test_services_own_service_does_not_exist_for_the_outside(
    channel: grpc.Channel, signed_in: Metadata, video: Video
) -> None:
    with pytest.raises(grpc.RpcError) as refusal:
        VideoSourceServiceStub(channel).GetVideoSource(
            GetVideoSourceRequest(name=video.name), metadata=signed_in
        )

    assert refusal.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_strangers_host_name_is_refused(web: httpx.Client) -> None:
    assert web.get("/", headers={"host": "stranger.example"}).status_code == 421
    assert web.get("/", headers={"host": "localhost:1234"}).status_code == 200


def test_headers_of_the_gateway_cannot_be_spoofed(
    stack: Stack, web: httpx.Client, signed_in: Metadata, video: Video
) -> None:
    spoofed = {**dict(signed_in), "X-Sage-Origin": "https://evil.example"}

    answer = web.get(f"/v1/{video.name}:playbackUrl", headers=spoofed)

    assert urlsplit(answer.json()["url"]).netloc == stack.address


# --- errors


def test_a_path_that_is_not_there(web: httpx.Client, signed_in: Metadata) -> None:
    answer = web.get("/v1/nothing", headers=dict(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (404, 5)


def test_a_services_own_error_arrives_whole(web: httpx.Client, signed_in: Metadata) -> None:
    answer = web.get("/v1/videos/missing", headers=dict(signed_in))

    assert answer.status_code == 404
    assert answer.json()["details"][0]["reason"] == "NOT_FOUND"


def test_a_field_that_the_contract_does_not_know(web: httpx.Client, signed_in: Metadata) -> None:
    answer = web.get("/v1/videos", params={"colour": "red"}, headers=dict(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (400, 3)
    assert "colour" in answer.json()["message"]


# --- the page


@pytest.mark.parametrize("path", ["/", "/compare/a/b", "/?a=1"])
def test_every_path_without_a_file_is_the_page(web: httpx.Client, path: str) -> None:
    answer = web.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<div id=" in answer.text


def test_hashed_assets_are_kept_for_ever(web: httpx.Client) -> None:
    script = web.get("/").text.split('src="/assets/')[1].split('"')[0]

    answer = web.get(f"/assets/{script}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/assets/none.js", "/none.svg", "/%2e%2e/package.json"])
def test_a_file_that_is_not_there(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


# --- health


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/readyz/ingest", "/readyz/embed", "/readyz/compare"]
)
def test_health_needs_no_token(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 200


def test_sessions_belong_to_their_token(channel: grpc.Channel, signed_in: Metadata) -> None:
    session = SessionServiceStub(channel).GetSession(
        GetSessionRequest(name="sessions/current"), metadata=signed_in
    )

    assert session.workspace.startswith("workspaces/")
    assert session.access_token == ""


def call_as_browser(
    web: httpx.Client, method: str, request: ListVideosRequest, headers: dict[str, str]
) -> httpx.Response:
    message = request.SerializeToString()
    return web.post(
        f"/sage.ingest.v1.IngestService/{method}",
        content=b"\0" + struct.pack(">I", len(message)) + message,
        headers={"content-type": "application/grpc-web+proto", "x-grpc-web": "1", **headers},
    )


def frames(body: bytes) -> list[bytes]:
    """The frames of a gRPC-web answer: messages, and the trailers last."""
    found = []
    while body:
        (length,) = struct.unpack(">I", body[1:5])
        found.append(body[5 : 5 + length])
        body = body[5 + length :]
    return found
