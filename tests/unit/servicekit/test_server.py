"""A service started by servicekit, called over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.embedded.ports import free_ports
from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.servicekit import server
from services.servicekit.calls import time_remaining
from services.servicekit.channels import caller_metadata, check_serving, open_channel
from services.servicekit.errors import SageError, not_found
from services.servicekit.health import Dependency
from services.servicekit.identity import Scope, current_identity
from services.servicekit.names import resource_id
from services.servicekit.settings import ServiceSettings
from services.servicekit.signing_keys import create_signing_key
from services.servicekit.tokens import TokenIssuer

SERVICE = "sage.ingest.v1.IngestService"


class Videos(ingest_pb2_grpc.IngestServiceServicer):
    """Answers with what it is told to, to see what servicekit makes of it."""

    def __init__(self, address: str) -> None:
        self.entered = asyncio.Event()
        self.leave = asyncio.Event()
        self.cancelled = False
        self.address = address
        self.peers: set[str] = set()

    async def GetVideo(self, request: Any, context: Any) -> ingest_pb2.Video:
        self.peers.add(context.peer())
        match request.name:
            case "videos/missing":
                raise not_found(request.name)
            case "videos/broken":
                raise RuntimeError("secret detail")
            case "videos/slow":
                self.entered.set()
                try:
                    await self.leave.wait()
                except asyncio.CancelledError:
                    self.cancelled = True
                    raise
        return ingest_pb2.Video(name=request.name, display_name=current_identity().workspace)

    async def GetUpload(self, request: Any, context: Any) -> ingest_pb2.Upload:
        """Asks this very service, as a service does that depends on another."""
        async with open_channel(self.address) as channel:
            video = await ingest_pb2_grpc.IngestServiceStub(channel).GetVideo(
                ingest_pb2.GetVideoRequest(name=f"videos/{resource_id(request.name)}"),
                metadata=caller_metadata(),
                timeout=time_remaining(5),
            )
        return ingest_pb2.Upload(name=request.name, display_name=video.display_name)

    async def ListVideos(self, request: Any, context: Any) -> ingest_pb2.ListVideosResponse:
        raise SageError(ErrorReason.ERROR_REASON_STORAGE_FULL, "Full.", retry_after=2.5)


class Sources(ingest_pb2_grpc.VideoSourceServiceServicer):
    async def GetVideoSource(self, request: Any, context: Any) -> ingest_pb2.VideoSource:
        return ingest_pb2.VideoSource(object_key="key")


class Running:
    """The service under test and how to call it."""

    def __init__(self, address: str, issuer: TokenIssuer, videos: Videos) -> None:
        self.channel = open_channel(address)
        self.stub = ingest_pb2_grpc.IngestServiceStub(self.channel)
        self.sources = ingest_pb2_grpc.VideoSourceServiceStub(self.channel)
        self.health = health_pb2_grpc.HealthStub(self.channel)
        self.issuer = issuer
        self.videos = videos
        self.dependency_up = True
        self.observed: list[tuple[str, str]] = []

    def metadata(self, scope: Scope = Scope.USER, lifetime: float = 60) -> tuple[Any, ...]:
        token = self.issuer.issue(
            workspace="w1", session="s1", lifetime_seconds=lifetime, scope=scope
        )
        return (("authorization", f"Bearer {token}"),)

    async def get(self, name: str, **options: Any) -> ingest_pb2.Video:
        options.setdefault("metadata", self.metadata())
        return await self.stub.GetVideo(ingest_pb2.GetVideoRequest(name=name), **options)


@pytest.fixture
def short_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_CONNECTION_MS", 200)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    key, jwks = tmp_path / "key.pem", tmp_path / "jwks.json"
    create_signing_key(key, jwks)
    (port,) = free_ports(1)
    settings = ServiceSettings(
        jwks_file=jwks, max_concurrent_calls=2, drain_seconds=0.2, log_level="error"
    )
    videos = Videos(f"127.0.0.1:{port}")  # type: ignore[abstract]
    it = Running(videos.address, TokenIssuer(key), videos)

    async def depend() -> None:
        if not it.dependency_up:
            raise ConnectionError("down")

    async def build(stack: AsyncExitStack, draining: server.Draining) -> server.Service:
        return server.Service(
            register=[
                lambda s: ingest_pb2_grpc.add_IngestServiceServicer_to_server(videos, s),
                lambda s: ingest_pb2_grpc.add_VideoSourceServiceServicer_to_server(Sources(), s),
            ],
            services=[SERVICE],
            dependencies=[Dependency(name="store", check=depend)],
            internal=["sage.ingest.v1.VideoSourceService"],
            observer=lambda method, code, _: it.observed.append((method, code)),
        )

    stopping = asyncio.Event()
    task = asyncio.create_task(server.serve(port, settings, build, stopping))
    await it.channel.channel_ready()
    try:
        yield it
    finally:
        stopping.set()
        await task
        await it.channel.close(grace=None)


def details(error: aio.AioRpcError) -> list[Any]:
    """The typed details that came with an error."""
    trailing: Any = error.trailing_metadata()
    status = Status.FromString(dict(trailing)["grpc-status-details-bin"])
    found: list[Any] = []
    for packed in status.details:
        for kind in (ErrorInfo, RetryInfo, BadRequest):
            message = kind()
            if AnyMessage.Unpack(packed, message):
                found.append(message)
    return found


async def test_the_servicer_sees_the_workspace_of_the_token(running: Running) -> None:
    assert (await running.get("videos/a")).display_name == "w1"


async def test_connections_are_renewed_and_no_call_notices(
    short_connections: None, running: Running
) -> None:
    slow = asyncio.create_task(running.get("videos/slow"))
    await running.videos.entered.wait()
    async with asyncio.timeout(20):
        while len(running.videos.peers) < 4:
            await running.get("videos/a")

    running.videos.leave.set()
    assert (await slow).name == "videos/slow"


async def test_a_call_without_a_token_is_refused(running: Running) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await running.get("videos/a", metadata=())
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert details(caught.value)[0].reason == "UNAUTHENTICATED"


@pytest.mark.parametrize("authorization", ["Bearer x.y.z", "Basic abc", "Bearer"])
async def test_a_token_that_is_not_ours_is_refused(running: Running, authorization: str) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await running.get("videos/a", metadata=(("authorization", authorization),))
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_an_expired_token_says_so(running: Running) -> None:
    with pytest.raises(aio.AioRpcError, match="expired"):
        await running.get("videos/a", metadata=running.metadata(lifetime=-60))


async def test_internal_methods_are_for_services_only(running: Running) -> None:
    request = ingest_pb2.GetVideoSourceRequest(name="videos/a")
    with pytest.raises(aio.AioRpcError):
        await running.sources.GetVideoSource(request, metadata=running.metadata())
    service = running.metadata(scope=Scope.SERVICE)
    assert (await running.sources.GetVideoSource(request, metadata=service)).object_key == "key"


async def test_an_invalid_request_names_its_fields(running: Running) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await running.get("no/such/shape")
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    info, bad_request = details(caught.value)
    assert info.reason == "INVALID_ARGUMENT"
    assert [violation.field for violation in bad_request.field_violations] == ["name"]


async def test_a_domain_error_keeps_its_code_and_reason(running: Running) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await running.get("videos/missing")
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    (info,) = details(caught.value)
    assert (info.domain, info.reason) == ("sage", "NOT_FOUND")
    assert info.metadata["name"] == "videos/missing"


async def test_identity_and_errors_travel_through_a_second_service(
    running: Running,
) -> None:
    request = ingest_pb2.GetUploadRequest(name="uploads/a")
    answer = await running.stub.GetUpload(request, metadata=running.metadata())
    assert answer.display_name == "w1"
    with pytest.raises(aio.AioRpcError) as caught:
        await running.stub.GetUpload(
            ingest_pb2.GetUploadRequest(name="uploads/missing"),
            metadata=running.metadata(),
        )
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert details(caught.value)[0].metadata["name"] == "videos/missing"


async def test_only_the_absence_of_another_service_is_logged_as_a_fault(running: Running) -> None:
    async def level_of(name: str) -> str:
        with structlog.testing.capture_logs() as lines, pytest.raises(aio.AioRpcError):
            await running.stub.GetUpload(
                ingest_pb2.GetUploadRequest(name=name), metadata=running.metadata()
            )
        (level,) = [line["log_level"] for line in lines if line["event"] == "dependency_failed"]
        return str(level)

    assert await level_of("uploads/missing") == "info"
    running.videos.address = "127.0.0.1:1"
    assert await level_of("uploads/a") == "warning"


async def test_a_service_that_is_down_is_worth_another_try(running: Running) -> None:
    running.videos.address = "127.0.0.1:1"
    with pytest.raises(aio.AioRpcError) as caught:
        await running.stub.GetUpload(
            ingest_pb2.GetUploadRequest(name="uploads/a"), metadata=running.metadata()
        )
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert details(caught.value)[0].reason == "DEPENDENCY_UNAVAILABLE"


async def test_retry_info_tells_when_to_come_back(running: Running) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await running.stub.ListVideos(ingest_pb2.ListVideosRequest(), metadata=running.metadata())
    _, retry = details(caught.value)
    assert retry.retry_delay.ToMilliseconds() == 2500


async def test_a_fault_of_ours_tells_nothing_but_the_request_id(
    running: Running,
) -> None:
    metadata = (*running.metadata(), ("x-request-id", "r-17"))
    with pytest.raises(aio.AioRpcError) as caught:
        await running.get("videos/broken", metadata=metadata)
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in str(caught.value)
    assert "r-17" in str(caught.value.details())


async def test_calls_over_the_limit_are_told_to_come_back(running: Running) -> None:
    waiting = [asyncio.ensure_future(running.get("videos/slow")) for _ in range(2)]
    await running.videos.entered.wait()
    while True:  # both calls have arrived once the third one is refused
        try:
            await running.get("videos/a")
        except aio.AioRpcError as error:
            refused = error
            break
    assert refused.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert [type(detail) for detail in details(refused)] == [ErrorInfo, RetryInfo]
    running.videos.leave.set()
    await asyncio.gather(*waiting)
    assert (await running.get("videos/a")).name == "videos/a"


async def test_a_deadline_of_the_client_cancels_the_work(running: Running) -> None:
    seconds = 0.1
    # A call of a busy machine may end before it has reached the service.
    while not running.videos.cancelled:
        with pytest.raises(aio.AioRpcError) as caught:
            await running.get("videos/slow", timeout=seconds)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        seconds *= 2


@pytest.mark.slow("health is asked for every few seconds")
async def test_health_follows_the_dependencies(running: Running) -> None:
    async def until(status: int) -> None:
        async for answer in running.health.Watch(health_pb2.HealthCheckRequest(service=SERVICE)):
            if answer.status == status:
                return

    await asyncio.wait_for(until(health_pb2.HealthCheckResponse.SERVING), 60)
    await check_serving(running.channel, SERVICE)
    running.dependency_up = False
    await asyncio.wait_for(until(health_pb2.HealthCheckResponse.NOT_SERVING), 60)
    with pytest.raises(ConnectionError):
        await check_serving(running.channel, SERVICE)


async def test_calls_are_observed_with_their_outcome(running: Running) -> None:
    await running.get("videos/v1")
    for name, metadata in (("videos/missing", running.metadata()), ("videos/v1", ())):
        with pytest.raises(aio.AioRpcError):
            await running.get(name, metadata=metadata)
    method = f"/{SERVICE}/GetVideo"
    assert running.observed == [
        (method, "OK"),
        (method, "NOT_FOUND"),
        (method, "UNAUTHENTICATED"),
    ]
