"""Traces: which begin, what logs tell of them, and that nothing is loaded for those unwanted."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags

from services.servicekit import tracing
from services.servicekit.sampling import WorthATrace
from services.servicekit.state import StateError


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        (SpanKind.SERVER, True),
        (SpanKind.CONSUMER, True),
        (SpanKind.CLIENT, False),
        (SpanKind.INTERNAL, False),
    ],
)
def test_only_calls_and_tasks_begin_a_trace(kind: SpanKind, recorded: bool) -> None:
    tracer = TracerProvider(sampler=ParentBased(WorthATrace(1.0))).get_tracer("test")
    assert tracer.start_span("first", kind=kind).is_recording() is recorded


def test_what_belongs_to_a_trace_is_kept_whatever_its_kind() -> None:
    tracer = TracerProvider(sampler=ParentBased(WorthATrace(0.0))).get_tracer("test")
    theirs = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    parent = trace.set_span_in_context(NonRecordingSpan(theirs))
    assert tracer.start_span("query", context=parent, kind=SpanKind.CLIENT).is_recording()
    assert not tracer.start_span("call", kind=SpanKind.SERVER).is_recording()


@pytest.mark.parametrize("share", ["much", "2", "-1"])
def test_a_share_that_is_none_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, share: str
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", share)
    with pytest.raises(StateError, match=f"'{share}'.*from 0 to 1"):
        tracing.start("embed")


def test_lines_of_the_log_name_the_trace() -> None:
    assert tracing.name_trace(None, "", {"event": "a"}) == {"event": "a"}
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("call") as span:
        line = tracing.name_trace(None, "", {"event": "a"})
    assert int(line["trace_id"], 16) == span.get_span_context().trace_id
    assert int(line["span_id"], 16) == span.get_span_context().span_id


@pytest.mark.slow("imports all services in a process of its own")
def test_nothing_is_imported_for_what_nobody_wants() -> None:
    program = (
        "import sys, services.ingest.service, services.embed.service, services.compare.service\n"
        "from services.servicekit import tracing\n"
        "tracing.start('embed'); assert not tracing.server_interceptors()\n"
        "print([it for it in ('opentelemetry', 'prometheus_client') if it in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], env={}, capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"
