"""The rules that hold for stretches of the picture and of the sound alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Region
from sage_cli.policy.evidence import kinds_of, spans
from sage_cli.policy.policies import ANYTHING, StretchRules
from sage_cli.policy.verdict import RuleResult, Span, Violation

# What is replaced by something shorter than by this much has lost nothing: a frame of 25 a second
# is 0.04 s, and the two ends of a stretch are rounded to frames on either side.
_NOTHING_LOST_SECONDS = 0.03

_TEXTS = {
    "content": "other content",
    "part": "other content in a part of the picture",
    "look": "the same content in another look",
    "overlay": "something over a part of the picture",
    "inserted": "only in B",
    "deleted": "only in A",
    "moved": "moved to another place",
    "retimed": "at another speed",
    "other": "a difference of a kind that this version of sage does not know",
}


@dataclass(frozen=True, kw_only=True)
class Stretches:
    """subject: `picture` or `sound`. differences: its regions that differ."""

    subject: str
    rules: StretchRules
    differences: Sequence[Region]

    def results(self, besides: Sequence[Violation]) -> list[RuleResult]:
        """besides: what `allow` forbids and is no stretch."""
        results = [self._allow(besides)]
        if self.rules.no_deleted:
            results.append(self._no_deleted())
        if not math.isinf(self.rules.max_changed_seconds):
            results.append(self._max_changed())
        return results

    def _allow(self, besides: Sequence[Violation]) -> RuleResult:
        violations = [
            _violation(region, _text(region))
            for region in self._outside()
            if not self.rules.allows(*kinds_of(region))
        ]
        return RuleResult(
            key=f"{self.subject}.allow",
            statement=self._allow_statement(),
            violations=[*violations, *besides],
        )

    def _allow_statement(self) -> str:
        kinds = ", ".join(sorted(self.rules.allow))
        if ANYTHING in self.rules.allow:
            text = f"Anything in the {self.subject} may differ"
        elif kinds:
            text = f"In the {self.subject}, only {kinds} may differ"
        else:
            text = f"Nothing in the {self.subject} differs"
        ranges = len(self.rules.allowed_ranges)
        if ranges:
            text += f", outside of {ranges} range{'s' if ranges > 1 else ''}"
        return text

    def _no_deleted(self) -> RuleResult:
        violations = []
        for region in self.differences:
            a, b = spans(region)
            lost = a.seconds - b.seconds
            if kinds_of(region) == ("deleted",):
                violations.append(_violation(region, f"{a.seconds:.3f} s are only in A"))
            elif _shortens(region) and lost > _NOTHING_LOST_SECONDS:
                violations.append(_violation(region, f"B has {lost:.3f} s less here"))
        return RuleResult(
            key=f"{self.subject}.no_deleted",
            statement=f"Nothing of A's {self.subject} is missing in B",
            violations=violations,
        )

    def _max_changed(self) -> RuleResult:
        most = self.rules.max_changed_seconds
        changed = math.fsum(max(span.seconds for span in spans(it)) for it in self._outside())
        violations = []
        if changed > most:
            violations = [
                Violation(message=f"{changed:.3f} s differ, {changed - most:.3f} s too many"),
                *(_violation(region, _text(region)) for region in self._outside()),
            ]
        return RuleResult(
            key=f"{self.subject}.max_changed_seconds",
            statement=f"At most {most:g} s of the {self.subject} differ",
            violations=violations,
        )

    def _outside(self) -> list[Region]:
        """The differences that lie in no allowed range."""
        return [region for region in self.differences if not self._in_a_range(*spans(region))]

    def _in_a_range(self, a: Span, b: Span) -> bool:
        sides = {"a": a, "b": b}
        return any(
            allowed.holds(sides[allowed.side].start, sides[allowed.side].end)
            for allowed in self.rules.allowed_ranges
        )


def _shortens(region: Region) -> bool:
    """Whether what is shorter in B has lost something: at another speed it has not."""
    return not {"inserted", "moved", "retimed"} & {*kinds_of(region)}


def _text(region: Region) -> str:
    """What it is, and in which part of the picture."""
    text = _TEXTS[kinds_of(region)[0]]
    if not region.HasField("box"):
        return text
    box = region.box
    size = f"{box.width:.0%} x {box.height:.0%} of it"
    return f"{text} ({size}, {box.left:.0%} from the left and {box.top:.0%} from the top)"


def _violation(region: Region, message: str) -> Violation:
    a, b = spans(region)
    return Violation(message=message, a=a, b=b)
