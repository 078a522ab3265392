"""Holds a policy against what is known of two versions. Decides only; asks nobody."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sage.compare.v1.compare_pb2 import LookDifference, LookKind, SoundDifference
from sage.compare.v1.technical_pb2 import TechnicalDifferences, TechnicalRow, TechnicalSeverity
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.policy.evidence import Evidence, spans
from sage_cli.policy.policies import SEVERITIES, Policy, StretchRules, TechnicalRules
from sage_cli.policy.properties import group_of
from sage_cli.policy.stretches import Stretches
from sage_cli.policy.verdict import RuleResult, Span, Verdict, Violation

_VISUAL, _AUDIO = Modality.MODALITY_VISUAL, Modality.MODALITY_AUDIO
_SOUND_KINDS = {
    SoundDifference.KIND_TRACK_ONLY_IN_A: "track-removed",
    SoundDifference.KIND_TRACK_ONLY_IN_B: "track-added",
    SoundDifference.KIND_TRACK_CONTENT: "track-content",
    SoundDifference.KIND_LAYOUT: "layout",
    SoundDifference.KIND_CHANNEL: "channel",
    SoundDifference.KIND_CHANNEL_ORDER: "channel-order",
}
# These have rules of their own.
_MEASURED = (SoundDifference.KIND_LOUDNESS, SoundDifference.KIND_TRACK_OFFSET)
_MILLISECONDS = 1000.0


def evaluate(policy: Policy, evidence: Evidence) -> Verdict:
    """Every rule of the policy, and those that hold without being written.

    What could not be compared passes no rule. A stricter policy passes nothing that a looser one
    does not pass. Raises ValueError when the policy asks for technical differences and there are
    none in the evidence.
    """
    rules = [
        *_picture(policy.picture, evidence),
        *_sound(policy, evidence),
        *_technical(policy.technical, evidence.technical),
        *_overall(policy, evidence),
    ]
    return Verdict(rules=rules)


def _picture(rules: StretchRules, evidence: Evidence) -> Iterator[RuleResult]:
    compared = _VISUAL in evidence.comparison.header.modalities
    missing = [] if compared else [Violation(message="The picture was not compared")]
    yield RuleResult(
        key="picture.compared", statement="The picture was compared", violations=missing
    )
    looks = [
        Violation(
            message=_clause(look.sentence) or "The picture looks different",
            a=Span(start=look.a_start, end=look.a_end),
            b=Span(start=look.b_start, end=look.b_end),
        )
        for look in evidence.comparison.looks
        if not rules.allows(*_look_names(look))
    ]
    differences = evidence.differences(_VISUAL)
    yield from Stretches(subject="picture", rules=rules, differences=differences).results(looks)


def _clause(sentence: str) -> str:
    """To be gone on with."""
    return sentence.removesuffix(".")


def _look_names(look: LookDifference) -> tuple[str, ...]:
    """By what names a policy may allow it. Something over the picture is no look."""
    if look.kind == LookKind.LOOK_KIND_OVERLAY:
        return ("overlay",)
    if look.kind not in LookKind.values():
        return ("look",)
    return ("look", LookKind.Name(look.kind).removeprefix("LOOK_KIND_").lower())


def _sound(policy: Policy, evidence: Evidence) -> Iterator[RuleResult]:
    yield RuleResult(
        key="sound.compared",
        statement="Sound that both have was compared",
        violations=list(_sound_not_compared(evidence)),
    )
    differences = evidence.differences(_AUDIO)
    stretches = Stretches(subject="sound", rules=policy.sound, differences=differences)
    yield from stretches.results(list(_sound_besides(policy.sound, evidence)))
    yield from _loudness(policy.max_loudness_lu, evidence)
    yield from _offset(policy.max_offset_ms, evidence)


def _sound_not_compared(evidence: Evidence) -> Iterator[Violation]:
    both = evidence.a_has_sound and evidence.b_has_sound
    if both and _AUDIO not in evidence.comparison.header.modalities:
        yield Violation(message="Both have sound that was not compared")


def _sound_besides(rules: StretchRules, evidence: Evidence) -> Iterator[Violation]:
    header = evidence.comparison.header
    only_a = _AUDIO in header.only_in_a or (evidence.a_has_sound and not evidence.b_has_sound)
    only_b = _AUDIO in header.only_in_b or (evidence.b_has_sound and not evidence.a_has_sound)
    if only_a and not rules.allows("track-removed"):
        yield Violation(message="Only A has sound")
    if only_b and not rules.allows("track-added"):
        yield Violation(message="Only B has sound")
    for difference in evidence.comparison.summary.sound_differences:
        if difference.kind in _MEASURED:
            continue
        if not rules.allows(_SOUND_KINDS.get(difference.kind, "other")):
            yield Violation(message=_clause(difference.description) or "The sound differs")


def _loudness(most: float, evidence: Evidence) -> Iterator[RuleResult]:
    if math.isinf(most):
        return
    yield RuleResult(
        key="sound.max_loudness_lu",
        statement=f"B is at most {most:g} LU louder or quieter than A"
        if most
        else "B is as loud as A",
        violations=[
            Violation(message=_clause(difference.description) or f"{difference.amount:+.1f} LU")
            for difference in evidence.comparison.summary.sound_differences
            if difference.kind == SoundDifference.KIND_LOUDNESS and _beyond(difference, most)
        ],
    )


def _offset(most: float, evidence: Evidence) -> Iterator[RuleResult]:
    if math.isinf(most):
        return
    violations = []
    for region in evidence.comparison.regions:
        milliseconds = region.sound_offset * _MILLISECONDS
        if abs(milliseconds) > most:
            a, b = spans(region)
            way = "late" if milliseconds > 0 else "early"
            message = f"B's sound is {abs(milliseconds):.0f} ms {way}"
            violations.append(Violation(message=message, a=a, b=b))
    violations += [
        Violation(message=_clause(difference.description) or "A sound track is out of step")
        for difference in evidence.comparison.summary.sound_differences
        if difference.kind == SoundDifference.KIND_TRACK_OFFSET
        and _beyond(difference, most / _MILLISECONDS)
    ]
    yield RuleResult(
        key="sound.max_offset_ms",
        statement=f"B's sound is at most {most:g} ms early or late"
        if most
        else "B's sound is in step",
        violations=violations,
    )


def _beyond(difference: SoundDifference, most: float) -> bool:
    """One whose amount is not told is beyond every limit."""
    return not difference.HasField("amount") or abs(difference.amount) > most


def _technical(rules: TechnicalRules, found: TechnicalDifferences | None) -> Iterator[RuleResult]:
    if not rules.ask_for_anything:
        return
    if found is None:
        raise ValueError("the policy needs technical differences")
    differing = [row for row in found.rows if not row.same]
    for wanted in sorted(rules.must_match):
        yield RuleResult(
            key=f"technical.must_match.{wanted}",
            statement=f"Technical: {wanted} is the same",
            violations=[_row_violation(row) for row in differing if wanted.is_told_by(row)],
        )
    most = SEVERITIES.index(rules.max_severity)
    if rules.max_severity != SEVERITIES[-1]:
        yield RuleResult(
            key="technical.max_severity",
            statement=f"No technical difference is graver than {rules.max_severity}",
            violations=[_row_violation(row) for row in differing if _gravity(row) > most],
        )


def _gravity(row: TechnicalRow) -> int:
    """Its index in SEVERITIES; what is not known is the gravest."""
    named = {
        TechnicalSeverity.TECHNICAL_SEVERITY_INFO: "info",
        TechnicalSeverity.TECHNICAL_SEVERITY_NOTICE: "notice",
    }
    return SEVERITIES.index(named.get(row.severity, SEVERITIES[-1]))


def _row_violation(row: TechnicalRow) -> Violation:
    name = f"{row.name}, {row.track}" if row.track else row.name
    return Violation(message=f"{group_of(row)}: {name}: {row.a or 'none'} / {row.b or 'none'}")


def _overall(policy: Policy, evidence: Evidence) -> Iterator[RuleResult]:
    least = policy.min_similarity_percent
    if not least:
        return
    summary = evidence.comparison.summary
    violations = []
    if not summary.HasField("similarity_percent"):
        violations = [Violation(message="How similar they are could not be told")]
    elif summary.similarity_percent < least:
        # Rounded down, so that what is too little never reads like enough.
        told = math.floor(summary.similarity_percent * 10) / 10
        violations = [Violation(message=f"They are {told:.1f} % similar")]
    yield RuleResult(
        key="overall.min_similarity_percent",
        statement=f"They are at least {least:g} % similar",
        violations=violations,
    )
