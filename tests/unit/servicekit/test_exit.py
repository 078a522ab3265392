"""A service in a process of its own that is told to stop, and what it says about its end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.embedded.ports import free_ports
from services.servicekit.signing_keys import create_signing_key
from services.servicekit.state import StateError

pytestmark = pytest.mark.slow("starts a service in a process of its own, and stops it")

ROOT = Path(__file__).resolve().parents[3]
# The time that "gone within a second" has on a loaded machine.
GONE_SECONDS = 4.0
SCRIPT = """
import asyncio, sys, threading, time
from pathlib import Path
from services.servicekit import server
from services.servicekit.settings import ServiceSettings
from services.servicekit.state import StateError

async def refuse():
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass

async def build(stack, draining):
    {body}
    return server.Service(register=[], services=["a.B"])

settings = ServiceSettings(jwks_file=Path(sys.argv[1]), drain_seconds=0)
server.run("example", int(sys.argv[2]), settings, build)
"""


def run(folder: Path, body: str) -> tuple[int, list[dict[str, object]], float]:
    """Starts a service and stops it once it listens.

    Answers with the exit code, what it logged, and the seconds from "stopped" to its end.
    """
    create_signing_key(folder / "key.pem", folder / "jwks.json")
    (port,) = free_ports(1)
    script = SCRIPT.format(body=body)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder / "jwks.json"), str(port)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: list[dict[str, object]] = []
    stopped = time.monotonic()
    with process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("{"):
                    lines.append(json.loads(line))
                    if lines[-1]["event"] == "listening":
                        process.send_signal(signal.SIGTERM)
                    if lines[-1]["event"] == "stopped":
                        stopped = time.monotonic()
            code = process.wait(30)
        finally:
            process.kill()
    return code, lines, time.monotonic() - stopped


def events(lines: list[dict[str, object]]) -> list[object]:
    return [line["event"] for line in lines]


def test_a_service_with_nothing_left_ends_by_itself(tmp_path: Path) -> None:
    code, lines, _ = run(tmp_path, "pass")

    assert code == 0
    assert events(lines)[-1] == "stopped"


def test_what_the_interpreter_would_do_at_its_end_is_not_waited_for(tmp_path: Path) -> None:
    code, lines, seconds = run(tmp_path, "import atexit; atexit.register(time.sleep, 3600)")

    assert code == 0
    assert events(lines)[-1] == "stopped"
    assert seconds < GONE_SECONDS


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        ("asyncio.create_task(refuse(), name='stubborn')", "tasks", "stubborn"),
        (
            "threading.Thread(target=time.sleep, args=(3600,), name='blocked').start()",
            "threads",
            "blocked",
        ),
        (
            "asyncio.get_running_loop().run_in_executor(None, time.sleep, 3600)",
            "threads",
            "asyncio",
        ),
    ],
    ids=["a task that refuses its end", "a blocked thread", "a blocked executor"],
)
def test_what_does_not_end_is_named_and_holds_nobody_up(
    tmp_path: Path, body: str, kind: str, name: str
) -> None:
    code, lines, seconds = run(tmp_path, body)

    assert code == 0
    assert lines[-1]["event"] == "exit_forced"
    assert name in str(lines[-1][kind])
    assert seconds < GONE_SECONDS


def test_state_that_a_person_must_put_right_is_one_sentence_and_a_code_of_its_own(
    tmp_path: Path,
) -> None:
    code, lines, _ = run(tmp_path, "raise StateError('The file x is damaged. Restore it.')")

    assert code == StateError.EXIT_CODE
    assert [(line["event"], line["reason"]) for line in lines] == [
        ("cannot_start", "The file x is damaged. Restore it.")
    ]
