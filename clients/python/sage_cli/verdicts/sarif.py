"""A verdict as SARIF 2.1.0, as code scanning reads it.

SARIF has no times. A result stands at the line of the policy that it violates; A and B, with the
times in the message, are its related locations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import quote

from sage_cli.policy.verdict import RuleResult, Violation
from sage_cli.verdicts.as_json import violation_values
from sage_cli.verdicts.checked import Checked, CheckedFile

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(checked: Checked) -> str:
    """One run in JSON, with a result for each violation at its frames or seconds."""
    rules = checked.verdict.rules
    run = {
        "tool": {
            "driver": {
                "name": "sage check",
                "version": checked.version,
                "rules": [
                    {"id": rule.key, "shortDescription": {"text": rule.statement}} for rule in rules
                ],
            }
        },
        "invocations": [
            {"executionSuccessful": True, "endTimeUtc": f"{checked.date:%Y-%m-%dT%H:%M:%SZ}"}
        ],
        "artifacts": [_artifact(checked.a), _artifact(checked.b), _policy_artifact(checked)],
        "results": [
            _result(index, rule, violation, checked)
            for index, rule in enumerate(rules)
            for violation in rule.violations
        ],
        "columnKind": "unicodeCodePoints",
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _artifact(file: CheckedFile) -> dict[str, object]:
    return {
        "location": {"uri": _uri(file.label)},
        "length": file.size_bytes,
        "hashes": {"sha-256": file.sha256},
    }


def _policy_artifact(checked: Checked) -> dict[str, object]:
    return {
        "location": {"uri": _uri(checked.policy.path)},
        "hashes": {"sha-256": checked.policy.sha256},
    }


def _result(
    index: int, rule: RuleResult, violation: Violation, checked: Checked
) -> Mapping[str, object]:
    line = checked.policy.line_of(rule.key) or 1
    places = [
        (number, file.label, span)
        for number, file, span in ((1, checked.a, violation.a), (2, checked.b, violation.b))
        if span is not None
    ]
    return {
        "ruleId": rule.key,
        "ruleIndex": index,
        "kind": "fail",
        "level": "error",
        "message": {"text": f"{rule.statement}: {violation}."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(checked.policy.path)},
                    "region": {"startLine": line},
                }
            }
        ],
        "relatedLocations": [
            {
                "id": number,
                "physicalLocation": {"artifactLocation": {"uri": _uri(label)}},
                "message": {"text": str(span)},
            }
            for number, label, span in places
        ],
        "properties": violation_values(violation),
    }


def _uri(path: str) -> str:
    return quote(PurePath(path).as_posix())
