"""What was checked against what: all that an answer tells besides the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sage_cli.policy.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """label: what the person called it. video: its name on the server. seconds: its length."""

    label: str
    video: str
    sha256: str
    size_bytes: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class CheckedPolicy:
    """path: as the person wrote it. lines: where each rule stands in the text."""

    path: str
    text: str
    sha256: str
    lines: Mapping[str, int]

    def line_of(self, rule: str) -> int | None:
        """Where a rule, or else its table, is written; None when nothing is written about it."""
        while rule:
            if rule in self.lines:
                return self.lines[rule]
            rule = rule.rpartition(".")[0]
        return None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """settings: how it was compared, as names and values for people. notes: of the comparison.
    version: of this command. took: how long comparing and judging took, in seconds."""

    a: CheckedFile
    b: CheckedFile
    policy: CheckedPolicy
    verdict: Verdict
    engine: str
    model: str
    settings: Mapping[str, str]
    notes: Sequence[str]
    similarity_percent: float | None
    date: datetime
    version: str
    took: float
