"""Verdicts as SARIF 2.1.0, read back through a model of the standard."""

from __future__ import annotations

import json

from sarif_pydantic import Level, Sarif

from sage_cli.verdicts.checked import Checked
from sage_cli.verdicts.sarif import to_sarif


def test_each_violation_is_a_result_at_the_policy_s_line(checked: Checked) -> None:
    log = Sarif.model_validate_json(to_sarif(checked))
    assert log.version == "2.1.0"
    (run,) = log.runs
    rules = run.tool.driver.rules or []
    assert [rule.id for rule in rules] == ["picture.compared", "picture.allow", "sound.allow"]
    results = run.results or []
    assert [result.rule_id for result in results] == [
        "picture.allow",
        "picture.allow",
        "sound.allow",
    ]
    for result in results:
        assert result.level == Level.ERROR
        assert rules[result.rule_index or 0].id == result.rule_id
        (location,) = result.locations or []
        assert location.physical_location is not None
        assert location.physical_location.artifact_location is not None
        assert location.physical_location.artifact_location.uri == "gates/p.toml"
    assert results[0].message.text == (
        "Nothing may differ: other content, A 0:00:04.000 - 0:00:06.000, B at 0:00:04.500."
    )


def test_names_of_files_are_uris_and_their_hashes_are_told(checked: Checked) -> None:
    run = json.loads(to_sarif(checked))["runs"][0]
    a = run["artifacts"][0]
    assert a["location"]["uri"] == "cut%20%3C1%3E%20%26%20%222%22%07.mp4"
    assert a["hashes"] == {"sha-256": "a" * 64}
    related = run["results"][0]["relatedLocations"]
    assert [it["message"]["text"] for it in related] == [
        "0:00:04.000 - 0:00:06.000",
        "at 0:00:04.500",
    ]
    assert run["results"][1]["relatedLocations"] == []
