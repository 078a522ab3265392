"""What a service asks of others, in numbers: its database, the store, vendors.

Names are OpenTelemetry's. Imported only where somebody reads metrics.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Histogram
from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from mypy_boto3_s3 import S3Client
    from sqlalchemy.ext.asyncio import AsyncEngine

# From what nobody notices to what a lock or a slow disk makes of it.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_OPERATIONS = {"BEGIN", "DELETE", "INSERT", "SELECT", "UPDATE", "WITH"}
_BEGAN = "sage_began"


class CallsOut:
    """Histograms of what is asked of others, whether it went well or not."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._statements = Histogram(
            "db_client_operation_duration_seconds",
            "How long statements took. BEGIN is how long SQLite's only writer was waited for.",
            ("db_operation_name",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._requests = Histogram(
            "http_client_request_duration_seconds",
            "How long the store and vendors took to answer; its count is that of the answers.",
            ("server_address", "http_request_method", "http_response_status_code"),
            buckets=_SECONDS,
            registry=registry,
        )

    def watch_database(self, engine: AsyncEngine) -> None:
        """Counts every statement from now on."""
        sync: Engine = engine.sync_engine

        def before(_: Any, __: Any, ___: Any, ____: Any, context: Any, _____: Any) -> None:
            setattr(context, _BEGAN, time.monotonic())

        def after(_: Any, __: Any, statement: str, ___: Any, context: Any, ____: Any) -> None:
            self._ran(statement, context)

        def failed(error: Any) -> None:
            if error.execution_context is not None:
                self._ran(error.statement or "", error.execution_context)

        event.listen(sync, "before_cursor_execute", before)
        event.listen(sync, "after_cursor_execute", after)
        event.listen(sync, "handle_error", failed)

    def watch_store(self, client: S3Client) -> None:
        """Counts every answer to an attempt from now on."""

        def asked(request: AWSRequest, **_: Any) -> None:
            request.context[_BEGAN] = time.monotonic(), request.method, request.url

        def answered(response_dict: Mapping[str, Any] | None, context: Any, **_: Any) -> None:
            began = context.pop(_BEGAN, None)
            if began is not None and response_dict is not None:
                since, method, url = began
                self.answered(
                    str(urlsplit(url).hostname),
                    method,
                    response_dict["status_code"],
                    time.monotonic() - since,
                )

        client.meta.events.register("request-created.s3", asked)
        client.meta.events.register("response-received.s3", answered)

    def answered(self, server: str, method: str, status: int, seconds: float) -> None:
        """Another server has answered."""
        self._requests.labels(server, method, str(status)).observe(seconds)

    def _ran(self, statement: str, context: Any) -> None:
        began = context.__dict__.pop(_BEGAN, None)
        if began is not None:
            name = statement.lstrip().split(None, 1)[0].upper() if statement.strip() else ""
            self._statements.labels(name if name in _OPERATIONS else "OTHER").observe(
                time.monotonic() - began
            )
