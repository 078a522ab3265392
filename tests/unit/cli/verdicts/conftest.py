"""A verdict with everything in it that formats have to keep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sage_cli.policy.verdict import RuleResult, Span, Verdict, Violation
from sage_cli.verdicts.checked import Checked, CheckedFile, CheckedPolicy

NAME = 'cut <1> & "2"\x07.mp4'
POLICY = '[picture]\nallow = ["<script>"]\n'


@pytest.fixture
def checked() -> Checked:
    """One rule passed, one with two violations, one without a place."""
    violations = [
        Violation(
            message="other content",
            a=Span(start=4, end=6, start_frame=100, end_frame=150),
            b=Span(start=4.5, end=4.5),
        ),
        Violation(message="B's sound is <late>"),
    ]
    rules = [
        RuleResult(key="picture.compared", statement="The picture was compared", violations=[]),
        RuleResult(key="picture.allow", statement="Nothing may differ", violations=violations),
        RuleResult(key="sound.allow", statement="No & nothing", violations=violations[1:]),
    ]
    return Checked(
        a=CheckedFile(label=NAME, video="videos/a", sha256="a" * 64, size_bytes=1234, seconds=10),
        b=CheckedFile(label="b.mp4", video="videos/b", sha256="b" * 64, size_bytes=1, seconds=9.5),
        policy=CheckedPolicy(
            path="gates/p.toml",
            text=POLICY,
            sha256="c" * 64,
            lines={"picture": 1, "picture.allow": 2},
        ),
        verdict=Verdict(rules=rules),
        engine="local",
        model="model/1",
        settings={"Threshold": "0.1"},
        notes=["A note <of> it."],
        similarity_percent=80.04,
        date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        version="1.2.3",
        took=4.5,
    )
