"""Verdicts as JSON."""

from __future__ import annotations

import json

from sage_cli.verdicts.as_json import to_json
from sage_cli.verdicts.checked import Checked
from tests.unit.cli.verdicts.conftest import NAME


def test_all_that_is_known_is_there(checked: Checked) -> None:
    values = json.loads(to_json(checked))
    assert values["passed"] is False
    assert values["a"]["label"] == NAME
    assert values["policy"]["sha256"] == "c" * 64
    assert values["date"] == "2026-01-02T03:04:05+00:00"
    assert [(rule["key"], rule["passed"], rule["line"]) for rule in values["rules"]] == [
        ("picture.compared", True, 1),
        ("picture.allow", False, 2),
        ("sound.allow", False, None),
    ]
    assert values["rules"][1]["violations"] == [
        {
            "message": "other content",
            "a": {"start": 4, "end": 6, "start_frame": 100, "end_frame": 150},
            "b": {"start": 4.5, "end": 4.5},
        },
        {"message": "B's sound is <late>"},
    ]
