"""One step of the set-up: quiet when it works, one clear line when it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy import step

ROOT = Path(__file__).resolve().parents[3]


def run_step(log: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "deploy/step.py", "Python packages", str(log), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_step_that_works_keeps_its_words_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step.log"

    answer = run_step(log, sys.executable, "-c", "print('a thousand lines')")

    assert answer.returncode == 0
    assert "a thousand lines" not in answer.stdout
    assert log.read_text() == "a thousand lines\n"


def test_a_step_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    script = "import sys; print('Collecting x'); print('ERROR: no route to host'); sys.exit(3)"

    answer = run_step(log, sys.executable, "-c", script)

    assert answer.returncode == 3
    assert answer.stderr == (
        f"sage: Python packages failed: ERROR: no route to host (all of it: {log})\n"
    )


def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    answer = run_step(tmp_path / "step.log", "no-such-program")

    assert answer.returncode == 127
    assert "no-such-program: No such file or directory" in answer.stderr


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "it said nothing"),
        ("Collecting a\nstopped\n", "stopped"),
        (
            "npm error code EUSAGE\nnpm error: the lock does not fit package.json\nnpm error\n"
            "npm error A complete log of this run can be found in: /home/ann/.npm/_logs/1.log\n",
            "npm error: the lock does not fit package.json",
        ),
        (
            "Collecting x\nnpm error code ECONNREFUSED\nnpm error }\n",
            "npm error code ECONNREFUSED - is the network there?",
        ),
        (
            "ERROR: Could not find a version that satisfies x (from versions: none)\n"
            "ERROR: No matching distribution found for x\n",
            "ERROR: Could not find a version that satisfies x (from versions: none)"
            " - is the network there?",
        ),
    ],
)
def test_the_line_that_says_best_what_went_wrong(output: str, reason: str) -> None:
    assert step.complaint(output) == reason
