"""What became of a policy: rule by rule, with what violates it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sage_cli.report import timecode


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of one side, in seconds; empty where the other side has something more.

    start_frame, end_frame (exclusive): None where frames are not known.
    """

    start: float
    end: float
    start_frame: int | None = None
    end_frame: int | None = None

    @property
    def seconds(self) -> float:
        """How long it is; 0 where the other side has something more."""
        return self.end - self.start

    def __str__(self) -> str:
        if self.end > self.start:
            return f"{timecode(self.start)} - {timecode(self.end)}"
        return f"at {timecode(self.start)}"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """message: what differs, for people, without its time. a, b: where; None when it is no stretch
    of that side."""

    message: str
    a: Span | None = None
    b: Span | None = None

    def __str__(self) -> str:
        places = [f"{side} {span}" for side, span in (("A", self.a), ("B", self.b)) if span]
        return ", ".join([self.message, *places])


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """key: as the policy has it, `picture.allow`. statement: what the rule asks for."""

    key: str
    statement: str
    violations: Sequence[Violation]

    @property
    def passed(self) -> bool:
        """Whether nothing violates the rule."""
        return not self.violations


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What each rule of a policy came to, in the policy's order."""

    rules: Sequence[RuleResult]

    @property
    def passed(self) -> bool:
        """Whether every rule did; a policy without rules lets everything pass."""
        return all(rule.passed for rule in self.rules)

    @property
    def failed_rules(self) -> Sequence[RuleResult]:
        """Those with violations, in the policy's order."""
        return [rule for rule in self.rules if not rule.passed]
