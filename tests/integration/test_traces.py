"""One trace through gateway, services, database and store, as a collector sees it."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from sage.embed.v1.embed_pb2 import CreateEmbeddingTaskRequest
from sage.embed.v1.embed_pb2_grpc import EmbedServiceStub
from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    UploadPartRequest,
)
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from tests.fixtures.clips import source_file
from tests.fixtures.collector import running_collector
from tests.fixtures.stack import running_stack

INGEST, EMBED = "sage-ingest", "sage-embed"
GET_VIDEO = "/sage.ingest.v1.IngestService/GetVideo"
CREATE_TASK = "/sage.embed.v1.EmbedService/CreateEmbeddingTask"


@pytest.mark.slow("starts the whole of SAGE")
def test_one_trace_leads_from_the_client_to_the_store_and_the_database(tmp_path: Path) -> None:
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    data = source_file("man").read_bytes()
    with (
        running_collector() as collector,
        running_stack(
            tmp_path,
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
            OTEL_BSP_SCHEDULE_DELAY="100",
        ) as stack,
        stack.channel() as channel,
    ):
        told = (*stack.authorization(), ("traceparent", f"00-{trace}-{span}-01"))
        ingest = IngestServiceStub(channel)
        size = len(data)
        upload = ingest.CreateUpload(
            CreateUploadRequest(display_name="man.mp4", size_bytes=size), metadata=told
        )
        part = UploadPartRequest(upload=upload.name, part_number=1, data=data)
        ingest.UploadPart(part, metadata=told)
        video = ingest.CompleteUpload(CompleteUploadRequest(name=upload.name), metadata=told)
        task = EmbedServiceStub(channel).CreateEmbeddingTask(
            CreateEmbeddingTaskRequest(video=video.name, engine="local"), metadata=told
        )
        found = collector.wait_for(
            trace,
            {
                (INGEST, "/sage.ingest.v1.IngestService/UploadPart"),
                (INGEST, "S3.UploadPart"),
                (EMBED, CREATE_TASK),
                (EMBED, GET_VIDEO),
                (INGEST, GET_VIDEO),
            },
            seconds=20,
        )
        attempts = collector.wait_for_name((EMBED, "embedding attempt"), seconds=60)
        log = (tmp_path / "logs" / "embed.log").read_text()

    by_id = {each.id: each for each in found}
    answered = next(each for each in found if each.name == GET_VIDEO and each.service == INGEST)
    asked = by_id[answered.parent]
    assert (asked.service, asked.name) == (EMBED, GET_VIDEO)
    assert by_id[asked.parent].name == CREATE_TASK
    # The client's own span is the parent of all that begins at the gateway.
    assert by_id[asked.parent].parent == span
    statements = {each.service for each in found if each.name.startswith(("SELECT", "INSERT"))}
    assert statements == {INGEST, EMBED}
    assert f'"trace_id": "{trace}"' in log
    # Of all that a service does by itself, only work on a task is worth a trace of its own.
    assert not attempts[0].parent
    roots = {each.name for each in collector.spans() if not each.parent}
    assert roots <= {"embedding attempt", "/sage.embed.v1.SessionService/CreateSession"}
    assert task.name in log
