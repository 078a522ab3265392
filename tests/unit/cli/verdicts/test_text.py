"""Verdicts as text."""

from __future__ import annotations

import dataclasses
import io

from rich.console import Console

from sage_cli.policy.verdict import Verdict
from sage_cli.verdicts.checked import Checked
from sage_cli.verdicts.text import write_text


def text(checked: Checked) -> str:
    written = io.StringIO()
    write_text(Console(file=written), checked)
    return written.getvalue()


def test_rules_are_told_with_times_and_frames_of_what_violates_them(checked: Checked) -> None:
    lines = text(checked).splitlines()
    assert "passed  The picture was compared  picture.compared" in lines
    where = "A 0:00:04.000 - 0:00:06.000 (frames 100 to 149)  B at 0:00:04.500"
    failed = lines.index("FAILED  Nothing may differ  picture.allow")
    assert lines[failed + 1].strip() == f"{where}  other content"
    assert lines[-2] == "Failed: 2 of 3 rules of gates/p.toml are violated."
    assert lines[-1] == "Note: A note <of> it."


def test_a_verdict_without_violations_says_so(checked: Checked) -> None:
    good = dataclasses.replace(checked, verdict=Verdict(rules=checked.verdict.rules[:1]))
    assert "Passed: B keeps to gates/p.toml in all of 1 rules." in text(good)
