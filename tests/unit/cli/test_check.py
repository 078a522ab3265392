"""`sage check`"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from junitparser import JUnitXml

from sage.compare.v1 import technical_pb2
from sage.compare.v1.technical_pb2 import TechnicalRow
from sage.ingest.v1.technical_pb2 import TECHNICAL_FACTS_VIEW_BASIC, TECHNICAL_FACTS_VIEW_FULL
from tests.emulators.gateway import EmulatedGateway
from tests.unit.cli.conftest import Terminal


def policy(terminal: Terminal, text: str) -> Path:
    path = terminal.folder / "policy.toml"
    path.write_text(text)
    return path


def files(terminal: Terminal) -> tuple[Path, Path]:
    return terminal.file("a.mp4"), terminal.file("b.mp4")


def test_what_is_not_allowed_fails_and_says_where(terminal: Terminal) -> None:
    result = terminal.sage("check", *files(terminal), "--policy", policy(terminal, "[picture]"))
    assert result.exit_code == 1, result.stderr
    assert "FAILED  Nothing in the picture differs  picture.allow" in result.stdout
    assert "A 0:00:04.000 - 0:00:06.000  B 0:00:04.000 - 0:00:06.000" in result.stdout


def test_what_is_allowed_passes(terminal: Terminal) -> None:
    allowed = policy(terminal, '[picture]\nallow = ["content"]\nno_deleted = true')
    result = terminal.sage("check", *files(terminal), "--policy", allowed)
    assert result.exit_code == 0, result.stderr
    assert "Passed: B keeps to" in result.stdout


@pytest.mark.parametrize("file_format", ["json", "junit", "sarif"])
def test_formats_go_to_standard_output_or_beside_the_text(
    terminal: Terminal, file_format: str
) -> None:
    empty, output = policy(terminal, ""), terminal.folder / "answer"
    words = ("check", *files(terminal), "--policy", empty, "--format", file_format)
    alone = terminal.sage(*words).stdout
    beside = terminal.sage(*words, "-o", output)
    assert "Failed: 1 of" in beside.stdout
    for text in (alone, output.read_text()):
        if file_format == "junit":
            assert JUnitXml.fromstring(text.encode()).failures == 1
        else:
            assert json.loads(text)


def test_a_certificate_names_files_and_policy(terminal: Terminal) -> None:
    page = terminal.folder / "certificate.html"
    empty = policy(terminal, "# Nothing may differ.\n")
    terminal.sage("check", *files(terminal), "--policy", empty, "--certificate", page)
    html = page.read_text()
    for video in terminal.server.videos.values():
        assert video.sha256 in html
    assert "# Nothing may differ." in html


@pytest.mark.parametrize(
    ("wanted", "view"),
    [("frame_rate", TECHNICAL_FACTS_VIEW_BASIC), ("true_peak", TECHNICAL_FACTS_VIEW_FULL)],
)
def test_no_more_of_the_files_is_read_than_the_policy_needs(
    terminal: Terminal, wanted: str, view: int
) -> None:
    terminal.server.differ = False
    group = technical_pb2.TECHNICAL_GROUP_PICTURE
    row = TechnicalRow(group=group, name="Frame rate", a="25", b="24")
    terminal.server.technical.rows.append(row)
    asks = policy(terminal, f'[technical]\nmust_match = ["{wanted}"]')
    result = terminal.sage("check", *files(terminal), "--policy", asks)
    assert result.exit_code == (1 if wanted == "frame_rate" else 0)
    (request,) = terminal.server.technical_requests
    assert request.view == view
    terminal.sage("check", *files(terminal), "--policy", policy(terminal, ""))
    assert terminal.server.calls["GetTechnicalDifferences"] == 1


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("[picture]\nalow = []", (), "line 2: [picture] has no key `alow`"),
        ("", ("--certificate", "/no/such/folder/x"), "no such folder"),
        ("", ("--policy", "/no/such/policy"), "/no/such/policy cannot be read: No such file"),
        ("", ("--modality", "audio"), "No such option"),
    ],
)
def test_trouble_is_told_before_anything_is_sent(
    terminal: Terminal, text: str, arguments: tuple[str, ...], words: str
) -> None:
    written = policy(terminal, text)
    result = terminal.sage("check", *files(terminal), "--policy", written, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not terminal.server.calls


def test_a_server_that_does_not_run_has_an_exit_status_of_its_own(tmp_path: Path) -> None:
    terminal = Terminal(server=EmulatedGateway(), url="http://127.0.0.1:9", folder=tmp_path)
    result = terminal.sage("check", *files(terminal), "--policy", policy(terminal, ""))
    assert result.exit_code == 3


def test_many_pairs_are_held_against_the_policy_and_have_a_certificate_each(
    terminal: Terminal,
) -> None:
    files(terminal)
    terminal.file("copy.mp4", (terminal.folder / "a.mp4").read_bytes())
    pairs = terminal.folder / "pairs.csv"
    pairs.write_text("a,b,name\na.mp4,b.mp4,cut\na.mp4,copy.mp4,copy\na.mp4,gone.mp4,gone\n")
    results = terminal.folder / "results"
    words = ("check", "--batch", pairs, "--results", results, "--format", "html", "--policy")
    result = terminal.sage(*words, policy(terminal, "[picture]"))
    assert result.exit_code == 2
    assert "3 pairs: 1 passed, 1 violated, 1 failed" in result.stdout
    assert "Violated: Nothing in the picture differs." in result.stdout
    assert "Certificate of comparison" in (results / "copy.html").read_text()
    again = terminal.sage(*words, policy(terminal, '[picture]\nallow = ["any"]'))
    assert "3 pairs: 2 passed, 1 failed" in again.stdout
    assert terminal.sage(*words, policy(terminal, ""), "--certificate", "x").exit_code == 2
