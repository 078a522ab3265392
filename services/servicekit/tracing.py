"""Traces by OpenTelemetry: off, and nothing imported for them, unless an endpoint is named.

`OTEL_EXPORTER_OTLP_ENDPOINT` names a collector that speaks OTLP over gRPC. The other variables of
OpenTelemetry's SDK hold too, `OTEL_TRACES_SAMPLER` apart: of the traces that begin here, the share
`OTEL_TRACES_SAMPLER_ARG` is kept. What a service does by itself again and again, such as asking its
queue, begins no trace.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grpc import aio
from structlog.typing import EventDict, WrappedLogger

from services.servicekit.state import StateError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from sqlalchemy.ext.asyncio import AsyncEngine

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_SHARE = "OTEL_TRACES_SAMPLER_ARG"
# What is left to tell at the end must not hold up a stop, whatever the collector does.
_LAST_SECONDS = 2.0

_provider: TracerProvider | None = None


def wanted() -> bool:
    """Whether somebody collects traces."""
    return bool(os.environ.get(_ENDPOINT))


def start(service: str) -> None:
    """Begins to send spans, if they are wanted. To be called once, before anything is opened.

    Raises StateError when the share of traces to keep is none.
    """
    global _provider  # noqa: PLW0603  # as OpenTelemetry's own
    if not wanted() or _provider is not None:
        return
    # Their import takes longer than that of some services.
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.instrumentation.botocore import BotocoreInstrumentor  # noqa: PLC0415
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ParentBased  # noqa: PLC0415

    from services.servicekit.sampling import WorthATrace  # noqa: PLC0415

    share = os.environ.get(_SHARE) or "1"
    try:
        sampler = WorthATrace(float(share))
    except ValueError:
        raise StateError(
            f"{_SHARE} is {share!r}. Set it to a share of traces, from 0 to 1, or take it away."
        ) from None
    _provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: f"sage-{service}"}),
        sampler=ParentBased(sampler),
        shutdown_on_exit=False,
    )
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(_provider)
    BotocoreInstrumentor().instrument()  # type: ignore[no-untyped-call]
    HTTPXClientInstrumentor().instrument()


def stop() -> None:
    """Sends what has not been sent, within a bound."""
    if _provider is not None:
        last = threading.Thread(target=_provider.shutdown, name="last-spans", daemon=True)
        last.start()
        last.join(_LAST_SECONDS)


def server_interceptors() -> Sequence[aio.ServerInterceptor[Any, Any]]:
    """A span for each call that is answered; goes before all others."""
    if not wanted():
        return ()
    from opentelemetry.instrumentation.grpc import aio_server_interceptor, filters  # noqa: PLC0415

    heard = filters.negate(filters.health_check())
    return (aio_server_interceptor(filter_=heard),)  # type: ignore[no-untyped-call]


def client_interceptors() -> Sequence[aio.ClientInterceptor]:
    """A span for each call that is made, which the other service hears of."""
    if not wanted():
        return ()
    from opentelemetry.instrumentation.grpc import aio_client_interceptors, filters  # noqa: PLC0415

    heard = filters.negate(filters.health_check())
    return tuple(aio_client_interceptors(filter_=heard))  # type: ignore[no-untyped-call]


def trace_database(engine: AsyncEngine) -> None:
    """A span for each statement."""
    if not wanted():
        return
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor  # noqa: PLC0415

    # It works with newer versions than it says that it knows.
    SQLAlchemyInstrumentor().instrument(engine=engine.sync_engine, skip_dep_check=True)


def name_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Adds the ids of the present trace and span to a line of the log."""
    from opentelemetry import trace  # noqa: PLC0415

    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event
