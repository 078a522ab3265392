from __future__ import annotations

import json
import logging

import pytest
import structlog

from services.servicekit.logs import configure_logging


@pytest.fixture(autouse=True)
def restore_logging() -> object:
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configuration)


def test_one_json_object_a_line_with_the_request_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("ingest")
    structlog.contextvars.bind_contextvars(request_id="r-1")
    try:
        structlog.get_logger("fresh").info("part_stored", part=3)
    finally:
        structlog.contextvars.clear_contextvars()
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["part"], line["request_id"]) == (
        "part_stored",
        3,
        "r-1",
    )
    assert (line["service"], line["level"]) == ("ingest", "info")


def test_libraries_log_in_the_same_shape(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ingest")
    logging.getLogger("some.library").warning("odd: %s", 7)
    assert json.loads(capsys.readouterr().err)["event"] == "odd: 7"


def test_secrets_never_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("embed")
    structlog.get_logger("fresh").info(
        "session", twelvelabs_api_key="tlk_123", authorization="Bearer x"
    )
    assert "tlk_123" not in (line := capsys.readouterr().err)
    assert "Bearer" not in line
