"""A verdict as text for people: each rule, and what violates it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sage_cli.policy.verdict import Span, Violation
from sage_cli.report import timecode
from sage_cli.verdicts.checked import Checked

_PASSED, _FAILED = ("passed", "green"), ("FAILED", "red")


def write_text(console: Console, checked: Checked) -> None:
    """Both files, each rule with what violates it, and in bold what the check came to."""
    for side, file in (("A", checked.a), ("B", checked.b)):
        _print(console, Text(f"{side}  {file.label}  {timecode(file.seconds)}"))
    console.print()
    for rule in checked.verdict.rules:
        word, style = _PASSED if rule.passed else _FAILED
        _print(
            console, Text.assemble((word, style), f"  {rule.statement}", (f"  {rule.key}", "dim"))
        )
        for violation in rule.violations:
            _print(console, Text(f"        {_violation(violation)}"))
    console.print()
    _print(console, Text(headline(checked), style="bold"))
    for note in checked.notes:
        _print(console, Text(f"Note: {note}"))


def headline(checked: Checked) -> str:
    """What it comes to, in a line."""
    rules, failed = len(checked.verdict.rules), len(checked.verdict.failed_rules)
    if not failed:
        return f"Passed: B keeps to {checked.policy.path} in all of {rules} rules."
    return f"Failed: {failed} of {rules} rules of {checked.policy.path} are violated."


def _violation(violation: Violation) -> str:
    places = [
        f"{side} {span}{_frames(span)}"
        for side, span in (("A", violation.a), ("B", violation.b))
        if span is not None
    ]
    return "  ".join([*places, violation.message])


def _frames(span: Span) -> str:
    if span.start_frame is None or span.end_frame is None or span.end_frame <= span.start_frame:
        return ""
    return f" (frames {span.start_frame} to {span.end_frame - 1})"


def _print(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=True)
