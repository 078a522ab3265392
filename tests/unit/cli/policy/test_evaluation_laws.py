"""What holds for every policy and everything that may be found."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from sage.compare.v1 import compare_pb2 as pb
from sage.compare.v1.compare_pb2 import Region, SoundDifference
from sage.compare.v1.technical_pb2 import TechnicalDifferences
from sage_cli.policy.evaluation import evaluate
from sage_cli.policy.evidence import Evidence
from sage_cli.policy.policies import (
    PICTURE_DIFFERENCES,
    SEVERITIES,
    SOUND_DIFFERENCES,
    Policy,
    StretchRules,
    TechnicalRules,
)
from sage_cli.policy.properties import PROPERTIES, Property
from sage_cli.policy.ranges import AllowedRange
from tests.unit.cli.policy.evidence import ROWS, comparison, failed, region

seconds = st.integers(0, 20).map(float)
limits = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0, 40.0, math.inf])


@st.composite
def stretches(draw: st.DrawFn) -> tuple[float, float]:
    start = draw(seconds)
    return start, start + draw(seconds)


@st.composite
def regions(draw: st.DrawFn) -> Region:
    found = region(
        draw(st.sampled_from(pb.RegionKind.values())),
        draw(stretches()),
        draw(stretches()),
        draw(st.sampled_from(pb.RegionReason.values())),
        draw(st.booleans()),
    )
    found.sound_offset = draw(st.sampled_from([0.0, -0.03, 0.1]))
    return found


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    found = comparison(*draw(st.lists(regions(), max_size=4)), similarity=draw(st.floats(0, 100)))
    for kind in draw(st.lists(st.sampled_from(pb.LookKind.values()), max_size=2)):
        found.looks.add(kind=kind)
    for change in draw(st.lists(st.sampled_from(SoundDifference.Kind.values()), max_size=2)):
        found.summary.sound_differences.add(kind=change, amount=draw(st.floats(-5, 5)))
    return Evidence(
        comparison=found, technical=ROWS, a_has_sound=True, b_has_sound=draw(st.booleans())
    )


def stretch_rules(words: tuple[str, ...]) -> st.SearchStrategy[StretchRules]:
    ranges = st.builds(
        lambda side, span: AllowedRange(side=side, start=span[0], end=span[1] + 1),
        st.sampled_from(["a", "b"]),
        stretches(),
    )
    return st.builds(
        StretchRules,
        allow=st.frozensets(st.sampled_from(words)),
        allowed_ranges=st.lists(ranges, max_size=2).map(tuple),
        no_deleted=st.booleans(),
        max_changed_seconds=limits,
    )


properties = st.sampled_from(
    [Property(group=group, name=name) for group, names in PROPERTIES.items() for name in names]
)
policies = st.builds(
    Policy,
    picture=stretch_rules(PICTURE_DIFFERENCES),
    sound=stretch_rules(SOUND_DIFFERENCES),
    max_loudness_lu=limits,
    max_offset_ms=limits,
    technical=st.builds(
        TechnicalRules,
        must_match=st.frozensets(properties, max_size=3),
        max_severity=st.sampled_from(SEVERITIES),
    ),
    min_similarity_percent=st.floats(0, 100),
)


def stricter_stretch(first: StretchRules, second: StretchRules) -> StretchRules:
    """At least as strict as either."""
    return StretchRules(
        allow=first.allow & second.allow,
        allowed_ranges=tuple(it for it in first.allowed_ranges if it in second.allowed_ranges),
        no_deleted=first.no_deleted or second.no_deleted,
        max_changed_seconds=min(first.max_changed_seconds, second.max_changed_seconds),
    )


def stricter(first: Policy, second: Policy) -> Policy:
    return Policy(
        picture=stricter_stretch(first.picture, second.picture),
        sound=stricter_stretch(first.sound, second.sound),
        max_loudness_lu=min(first.max_loudness_lu, second.max_loudness_lu),
        max_offset_ms=min(first.max_offset_ms, second.max_offset_ms),
        technical=TechnicalRules(
            must_match=first.technical.must_match | second.technical.must_match,
            max_severity=min(
                first.technical.max_severity, second.technical.max_severity, key=SEVERITIES.index
            ),
        ),
        min_similarity_percent=max(first.min_similarity_percent, second.min_similarity_percent),
    )


@given(evidence=evidences(), first=policies, second=policies)
def test_a_stricter_policy_passes_nothing_that_a_looser_one_does_not(
    evidence: Evidence, first: Policy, second: Policy
) -> None:
    """Rule by rule: what a looser one fails, the stricter one fails as well."""
    failures = set(failed(evaluate(stricter(first, second), evidence)))
    assert set(failed(evaluate(first, evidence))) <= failures
    assert set(failed(evaluate(second, evidence))) <= failures


@given(evidence=evidences())
def test_where_anything_may_differ_everything_that_was_compared_passes(evidence: Evidence) -> None:
    anything = StretchRules(allow=frozenset({"any"}))
    lax = Policy(picture=anything, sound=anything, max_loudness_lu=math.inf, max_offset_ms=math.inf)
    assert evaluate(lax, evidence).passed


@given(policy=policies)
def test_versions_that_do_not_differ_pass_every_policy(policy: Policy) -> None:
    same = Evidence(
        comparison=comparison(region(pb.REGION_KIND_UNCHANGED), similarity=100),
        technical=TechnicalDifferences(),
        a_has_sound=True,
        b_has_sound=True,
    )
    assert evaluate(policy, same).passed
