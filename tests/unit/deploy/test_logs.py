"""Log files, and what of them is shown at once."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from deploy.embedded import logs
from deploy.embedded.logs import ProcessLog, loud_message

FULL_DEVICE = Path("/dev/full")


def test_everything_goes_to_the_file_and_what_is_wrong_to_the_terminal(tmp_path: Path) -> None:
    terminal = io.StringIO()
    warning = json.dumps({"event": "disk_slow", "level": "warning", "seconds": 3})

    with ProcessLog("ingest", tmp_path, echo=terminal) as log:
        log.loud = True
        log.write("hello")
        log.write(warning)

    assert (tmp_path / "ingest.log").read_text() == f"hello\n{warning}\n"
    assert terminal.getvalue() == "ingest: warning: disk_slow seconds=3\n"


def test_a_quiet_log_shows_nothing(tmp_path: Path) -> None:
    terminal = io.StringIO()

    with ProcessLog("ingest", tmp_path, echo=terminal) as log:
        log.write(json.dumps({"event": "store_missing", "level": "error"}))

    assert terminal.getvalue() == ""


@pytest.mark.skipif(not FULL_DEVICE.exists(), reason="this system has no device that is full")
def test_a_full_disk_costs_lines_and_is_said_once(tmp_path: Path) -> None:
    terminal = io.StringIO()
    (tmp_path / "ingest.log").symlink_to(FULL_DEVICE)

    with ProcessLog("ingest", tmp_path, echo=terminal) as log:
        log.write("first")
        log.write("second")

    assert log.last_lines == ("first", "second")
    assert terminal.getvalue() == (
        f"ingest: cannot write {tmp_path}/ingest.log: No space left on device; lines are lost\n"
    )


def test_a_large_file_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "embed.log").write_bytes(b"x" * (logs._MAX_BYTES + 1))

    with ProcessLog("embed", tmp_path) as log:
        log.write("fresh")

    assert (tmp_path / "embed.log").read_text() == "fresh\n"
    assert (tmp_path / "embed.log.old").stat().st_size == logs._MAX_BYTES + 1


def test_the_last_lines_are_those_of_this_run(tmp_path: Path) -> None:
    (tmp_path / "embed.log").write_text("yesterday\n")

    with ProcessLog("embed", tmp_path) as log:
        for number in range(100):
            log.write(str(number))

        assert log.last_lines == tuple(str(number) for number in range(85, 100))


def test_envoys_own_warnings_are_loud_and_its_chatter_is_not() -> None:
    warning = "[2026-01-01 10:00:00.000][12][warning][config] [source/x.cc:1] cannot read"
    chatter = "[2026-01-01 10:00:00.000][12][info][main] [source/x.cc:1] starting"

    assert loud_message(warning) == warning
    assert loud_message(chatter) is None
    assert loud_message("{not json") is None
    assert loud_message("[1, 2]") is None
