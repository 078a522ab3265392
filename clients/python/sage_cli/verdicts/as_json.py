"""A verdict as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from sage_cli.policy.verdict import RuleResult, Span, Violation
from sage_cli.verdicts.checked import Checked


def to_json(checked: Checked) -> str:
    """Everything that is known of the check, the text of the policy too; times are in seconds."""
    values = {
        "passed": checked.verdict.passed,
        "a": asdict(checked.a),
        "b": asdict(checked.b),
        "rules": [_rule(rule, checked) for rule in checked.verdict.rules],
        "notes": list(checked.notes),
        "similarity_percent": checked.similarity_percent,
        "policy": {
            "path": checked.policy.path,
            "sha256": checked.policy.sha256,
            "text": checked.policy.text,
        },
        "engine": checked.engine,
        "model": checked.model,
        "settings": dict(checked.settings),
        "date": checked.date.isoformat(),
        "version": checked.version,
    }
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: RuleResult, checked: Checked) -> dict[str, object]:
    return {
        "key": rule.key,
        "statement": rule.statement,
        "line": checked.policy.line_of(rule.key),
        "passed": rule.passed,
        "violations": [violation_values(violation) for violation in rule.violations],
    }


def violation_values(violation: Violation) -> dict[str, object]:
    """Sides without a place are left out, and frames that are not known."""
    values: dict[str, object] = {"message": violation.message}
    for side, span in (("a", violation.a), ("b", violation.b)):
        if span is not None:
            values[side] = _span(span)
    return values


def _span(span: Span) -> dict[str, object]:
    return {key: value for key, value in asdict(span).items() if value is not None}
