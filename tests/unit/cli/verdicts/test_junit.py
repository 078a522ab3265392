"""Verdicts as JUnit XML, read back by a reader of CI systems' files."""

from __future__ import annotations

from junitparser import Failure, JUnitXml

from sage_cli.verdicts.checked import Checked
from sage_cli.verdicts.junit import to_junit


def test_each_rule_is_a_test_case_and_each_violation_a_line_of_its_failure(
    checked: Checked,
) -> None:
    report = JUnitXml.fromstring(to_junit(checked).encode())
    assert (report.tests, report.failures, report.errors) == (3, 2, 0)
    (suite,) = report
    assert suite.name == 'cut <1> & "2"\N{REPLACEMENT CHARACTER}.mp4 / b.mp4'
    assert suite.timestamp == "2026-01-02T03:04:05"
    first, second, third = suite
    assert first.is_passed
    assert (second.classname, second.name) == ("picture.allow", "Nothing may differ")
    (failure,) = second.result
    assert isinstance(failure, Failure)
    assert failure.message == "2 violations"
    assert failure.text.splitlines() == [
        "other content, A 0:00:04.000 - 0:00:06.000, B at 0:00:04.500",
        "B's sound is <late>",
    ]
    assert third.result[0].message == "B's sound is <late>"


def test_a_rule_stands_at_its_line_of_the_policy_or_at_its_table(checked: Checked) -> None:
    (suite,) = JUnitXml.fromstring(to_junit(checked).encode())
    lines = [case._elem.get("line") for case in suite]
    assert lines == ["1", "2", None]


def test_what_was_checked_is_kept_as_properties(checked: Checked) -> None:
    (suite,) = JUnitXml.fromstring(to_junit(checked).encode())
    values = {it.get("name"): it.get("value") for it in suite._elem.iter("property")}
    assert values["a.sha256"] == "a" * 64
    assert values["policy"] == "gates/p.toml"
    assert values["model"] == "model/1"


def test_the_time_is_what_it_took(checked: Checked) -> None:
    report = JUnitXml.fromstring(to_junit(checked).encode())
    (suite,) = report
    assert (report.time, suite.time) == (4.5, 4.5)
    assert sum(case.time for case in suite) == 4.5
