"""Structured logs: one JSON object a line on standard error, with the id of the request in it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Literal

import structlog
import structlog.tracebacks
from structlog.typing import EventDict, Processor, WrappedLogger

# Never the values of variables: among them are keys and tokens.
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
_SECRETS = frozenset({"authorization", "access_token", "api_key", "twelvelabs_api_key", "password"})


def configure_logging(
    service: str,
    level: str = "info",
    log_format: Literal["json", "text"] = "json",
    further: Sequence[Processor] = (),
) -> None:
    """Sets up structlog, and routes the standard library's loggers (SQLAlchemy, boto3) into it.

    further: what else adds to each line.
    """

    def name_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        name_service,
        *further,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    exceptions: list[structlog.typing.Processor] = [_TRACEBACKS] if log_format == "json" else []
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *exceptions,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in (
        "boto3",
        "botocore",
        "s3transfer",
        "urllib3",
        "aiosqlite",
        "httpx",
        "alembic",
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key in _SECRETS & event.keys():
        event[key] = "[redacted]"
    return event
