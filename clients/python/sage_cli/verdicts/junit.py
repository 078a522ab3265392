"""A verdict as JUnit XML, as CI systems read it: one test case a rule."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from sage_cli.policy.verdict import RuleResult
from sage_cli.verdicts.checked import Checked

# What XML 1.0 cannot hold, which names of files can.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(checked: Checked) -> str:
    """The file for a CI system's test report; a violated rule is a failure, never an error."""
    rules, failures = len(checked.verdict.rules), len(checked.verdict.failed_rules)
    counts = {
        "tests": str(rules),
        "failures": str(failures),
        "errors": "0",
        "time": f"{checked.took:.3f}",
    }
    name = _clean(f"{checked.a.label} / {checked.b.label}")
    root = ElementTree.Element("testsuites", {"name": "sage check", **counts})
    date = checked.date.replace(tzinfo=None).isoformat(timespec="seconds")
    attributes = {"name": name, "skipped": "0", "timestamp": date, **counts}
    suite = ElementTree.SubElement(root, "testsuite", attributes)
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in _properties(checked).items():
        ElementTree.SubElement(properties, "property", {"name": key, "value": _clean(value)})
    for rule in checked.verdict.rules:
        _add_case(suite, rule, checked)
    ElementTree.indent(root)
    xml = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}\n'


def _add_case(suite: ElementTree.Element, rule: RuleResult, checked: Checked) -> None:
    # All rules are judged of one comparison: equal parts have the right sum.
    part = checked.took / max(len(checked.verdict.rules), 1)
    attributes = {"name": rule.statement, "classname": rule.key, "time": f"{part:.3f}"}
    line = checked.policy.line_of(rule.key)
    if line is not None:
        attributes |= {"file": checked.policy.path, "line": str(line)}
    attributes = {key: _clean(value) for key, value in attributes.items()}
    case = ElementTree.SubElement(suite, "testcase", attributes)
    if rule.passed:
        return
    several = len(rule.violations) > 1
    message = f"{len(rule.violations)} violations" if several else str(rule.violations[0])
    failure = {"type": rule.key, "message": _clean(message)}
    texts = "\n".join(str(violation) for violation in rule.violations)
    ElementTree.SubElement(case, "failure", failure).text = _clean(texts)


def _properties(checked: Checked) -> dict[str, str]:
    return {
        "a.file": checked.a.label,
        "a.sha256": checked.a.sha256,
        "b.file": checked.b.label,
        "b.sha256": checked.b.sha256,
        "policy": checked.policy.path,
        "policy.sha256": checked.policy.sha256,
        "engine": checked.engine,
        "model": checked.model,
        "sage": checked.version,
    }


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
