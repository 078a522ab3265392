"""One trace through gateway, services, database, store and vendor, as a collector sees it."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from google.protobuf.message import Message

from deploy.embedded.ports import free_ports
from sage.embed.v1.embed_pb2 import CreateEmbeddingTaskRequest, EmbeddingTask
from sage.embed.v1.session_pb2 import CreateSessionRequest, Session
from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    Upload,
    UploadPartRequest,
    Video,
)
from tests.emulators.twelvelabs import Emulator
from tests.fixtures.clips import source_file
from tests.fixtures.collector import Span, running_collector
from tests.fixtures.stack import Stack, running_stack

GATEWAY, INGEST, EMBED = "sage-gateway", "sage-ingest", "sage-embed"
GET_VIDEO = "/sage.ingest.v1.IngestService/GetVideo"
INGEST_CALLS = "/sage.ingest.v1.IngestService/"
CREATE_SESSION = "/sage.embed.v1.SessionService/CreateSession"
CREATE_TASK = "/sage.embed.v1.EmbedService/CreateEmbeddingTask"
STATEMENTS = {"connect", "BEGIN", "SELECT", "INSERT", "UPDATE"}
# Every span of a video that comes in and is embedded by a vendor.
NAMES = {
    GATEWAY: {
        CREATE_TASK,
        *(f"{INGEST_CALLS}{it}" for it in ("CreateUpload", "UploadPart", "CompleteUpload")),
    },
    INGEST: {
        GET_VIDEO,
        "/sage.ingest.v1.VideoSourceService/GetVideoSource",
        *(f"{INGEST_CALLS}{it}" for it in ("CreateUpload", "UploadPart", "CompleteUpload")),
        *STATEMENTS,
        *("S3.CreateMultipartUpload", "S3.ListParts", "S3.UploadPart"),
        *("S3.CompleteMultipartUpload", "S3.GetObject"),
    },
    EMBED: {
        CREATE_TASK,
        GET_VIDEO,
        "/sage.ingest.v1.VideoSourceService/GetVideoSource",
        "embedding attempt",
        *(STATEMENTS | {"DELETE"}),
        *("S3.HeadObject", "S3.GetObject", "S3.PutObject"),
        # To the vendor.
        *("POST", "GET"),
    },
}


@pytest.fixture
def vendor() -> Iterator[Emulator]:
    with Emulator() as it:
        yield it


def as_the_page(stack: Stack, method: str, request: Message, told: Mapping[str, str]) -> bytes:
    """A unary call by gRPC-web; the answer's message."""
    data = request.SerializeToString()
    answer = httpx.post(
        f"{stack.url}{method}",
        content=struct.pack(">BI", 0, len(data)) + data,
        headers={"content-type": "application/grpc-web+proto", "x-grpc-web": "1", **told},
        timeout=60,
    )
    assert answer.status_code == 200
    assert answer.headers.get("grpc-status", "0") == "0", answer.headers
    (length,) = struct.unpack(">I", answer.content[1:5])
    return answer.content[5 : 5 + length]


@pytest.mark.slow("starts the whole of SAGE")
def test_one_trace_leads_from_the_page_to_the_vendor(tmp_path: Path, vendor: Emulator) -> None:
    trace, page = secrets.token_hex(16), secrets.token_hex(8)
    data = source_file("rabbit").read_bytes()
    ports = dict(zip((INGEST, EMBED), free_ports(2), strict=True))
    with (
        running_collector() as collector,
        running_stack(
            tmp_path,
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
            OTEL_BSP_SCHEDULE_DELAY="100",
            SAGE_GATEWAY_OTLP_ADDRESS=collector.endpoint.removeprefix("http://"),
            SAGE_TWELVELABS_BASE_URL=vendor.url,
            SAGE_INGEST_METRICS_PORT=str(ports[INGEST]),
            SAGE_EMBED_METRICS_PORT=str(ports[EMBED]),
        ) as stack,
    ):
        signed = CreateSessionRequest(twelvelabs_api_key=vendor.key)
        session = Session.FromString(as_the_page(stack, CREATE_SESSION, signed, {}))
        told = {
            "authorization": f"Bearer {session.access_token}",
            "traceparent": f"00-{trace}-{page}-01",
        }
        announced = CreateUploadRequest(display_name="rabbit.mp4", size_bytes=len(data))
        upload = Upload.FromString(
            as_the_page(stack, f"{INGEST_CALLS}CreateUpload", announced, told)
        )
        part = UploadPartRequest(upload=upload.name, part_number=1, data=data)
        as_the_page(stack, f"{INGEST_CALLS}UploadPart", part, told)
        completed = CompleteUploadRequest(name=upload.name)
        video = Video.FromString(
            as_the_page(stack, f"{INGEST_CALLS}CompleteUpload", completed, told)
        )
        asked = CreateEmbeddingTaskRequest(video=video.name, engine="twelvelabs/marengo3.0")
        task = EmbeddingTask.FromString(as_the_page(stack, CREATE_TASK, asked, told))
        found = collector.wait_for(
            trace, {(EMBED, "embedding attempt"), (GATEWAY, CREATE_TASK)}, seconds=60
        )
        metrics = {
            service: httpx.get(f"http://127.0.0.1:{port}/metrics").text
            for service, port in ports.items()
        }
        log = (tmp_path / "logs" / "embed.log").read_text()

    # It has one root, what the page does, and from there the way to each span is whole.
    by_id = {each.id: each for each in found}
    assert {each.parent for each in found} - by_id.keys() == {page}
    assert way_to(next(each for each in found if each.name == "POST"), by_id) == [
        (GATEWAY, CREATE_TASK),
        (EMBED, CREATE_TASK),
        (EMBED, "embedding attempt"),
        (EMBED, "POST"),
    ]
    asked_ingest = next(each for each in found if each.name == GET_VIDEO and each.service == INGEST)
    assert way_to(asked_ingest, by_id)[1:] == [
        (EMBED, CREATE_TASK),
        (EMBED, GET_VIDEO),
        (INGEST, GET_VIDEO),
    ]
    for service, names in NAMES.items():
        assert {kind(each) for each in found if each.service == service} == names
    # What a trace shows of one call, metrics count of all.
    for each in metrics.values():
        assert 'db_client_operation_duration_seconds_count{db_operation_name="SELECT"}' in each
        assert 'http_client_request_duration_seconds_count{http_request_method="GET"' in each
    assert f'"trace_id": "{trace}"' in log
    assert task.name in log
    # Of all that services do by themselves, nothing begins a trace.
    roots = {each.name for each in collector.spans() if not each.parent}
    assert roots == {CREATE_SESSION}


def way_to(span: Span, by_id: Mapping[str, Span]) -> list[tuple[str, str]]:
    """Service and name of each span from the first to this one."""
    before = by_id.get(span.parent)
    return [*(way_to(before, by_id) if before else ()), (span.service, span.name)]


def kind(span: Span) -> str:
    """The name of a span, of a statement without the database's."""
    return span.name.split(" /")[0]
