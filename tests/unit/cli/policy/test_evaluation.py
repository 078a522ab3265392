"""Policies held against comparisons, rule by rule."""

from __future__ import annotations

import pytest

from sage.compare.v1 import compare_pb2 as pb
from sage.compare.v1.compare_pb2 import Comparison, LookDifference, Region, SoundDifference
from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from sage_cli.policy.evaluation import evaluate
from sage_cli.policy.evidence import Evidence
from sage_cli.policy.policies import (
    PICTURE_DIFFERENCES,
    SOUND_DIFFERENCES,
    Policy,
    StretchRules,
)
from tests.unit.cli.policy.evidence import (
    DELETED,
    INSERTED,
    LOOK,
    OVERLAY,
    REPLACED,
    ROWS,
    check,
    comparison,
    failed,
    region,
)


def test_the_same_content_passes_without_any_rule() -> None:
    same = region(pb.REGION_KIND_UNCHANGED)
    assert check("", comparison(same)).passed


@pytest.mark.parametrize(
    ("difference", "word"),
    [
        (region(REPLACED), "content"),
        (region(REPLACED, reason=LOOK), "look"),
        (region(REPLACED, reason=OVERLAY), "overlay"),
        (region(INSERTED, a=(4, 4)), "inserted"),
        (region(DELETED, b=(4, 4)), "deleted"),
        (region(pb.REGION_KIND_MOVED), "moved"),
        (region(pb.REGION_KIND_RETIMED), "retimed"),
    ],
)
def test_what_is_allowed_may_differ_and_nothing_else(difference: Region, word: str) -> None:
    found = comparison(difference)
    assert failed(check("", found)) == ["picture.allow"]
    assert check(f'[picture]\nallow = ["{word}"]', found).passed
    assert check('[picture]\nallow = ["any"]', found).passed
    others = [each for each in PICTURE_DIFFERENCES if each not in (word, "any")]
    assert failed(check(f"[picture]\nallow = {others}", found)) == ["picture.allow"]
    assert failed(check('[sound]\nallow = ["any"]', found)) == ["picture.allow"]


def test_what_changes_in_a_part_of_the_picture_may_be_allowed_as_such_or_as_other_content() -> None:
    found = comparison(region(REPLACED))
    found.regions[0].box.CopyFrom(pb.Box(left=0.35, top=0.8, width=0.05, height=0.15))
    for word in PICTURE_DIFFERENCES:
        passes = word in ("part", "content", "any")
        assert check(f'[picture]\nallow = ["{word}"]', found).passed is passes
    (rule,) = check("", found).failed_rules
    assert rule.violations[0].message == (
        "other content in a part of the picture "
        "(5% x 15% of it, 35% from the left and 80% from the top)"
    )


def test_a_violation_says_what_and_where() -> None:
    (rule,) = check("", comparison(region(REPLACED, reason=OVERLAY))).failed_rules
    (violation,) = rule.violations
    assert str(violation) == (
        "something over a part of the picture, A 0:00:04.000 - 0:00:06.000, "
        "B 0:00:04.000 - 0:00:06.000"
    )


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (pb.LOOK_KIND_BARS, ["bars", "look"]),
        (pb.LOOK_KIND_REGRADED, ["regraded", "look"]),
        (pb.LOOK_KIND_BLENDED, ["blended", "look"]),
        (pb.LOOK_KIND_OVERLAY, ["overlay"]),
    ],
)
def test_looks_are_allowed_by_name_or_all_at_once(
    kind: pb.LookKind.ValueType, words: list[str]
) -> None:
    found = comparison()
    found.looks.append(LookDifference(kind=kind, sentence="It looks different."))
    for word in PICTURE_DIFFERENCES:
        passes = word in (*words, "any")
        assert check(f'[picture]\nallow = ["{word}"]', found).passed is passes


@pytest.mark.parametrize(
    ("ranges", "passes"),
    [
        (["4-6"], True),
        (["b 0-10"], True),
        (["a 0-5", "a 5-10"], False),
        (["0-5.9"], False),
        (["b 4.1-7"], False),
    ],
)
def test_anything_may_differ_wholly_inside_of_a_range(ranges: list[str], passes: bool) -> None:
    policy = f"[picture]\nallowed_ranges = {ranges}\nmax_changed_seconds = 0"
    assert check(policy, comparison(region(REPLACED))).passed is passes


@pytest.mark.parametrize(
    ("difference", "lost"),
    [
        (region(DELETED, a=(4, 4.04), b=(4, 4)), True),
        (region(REPLACED, a=(4, 6), b=(4, 5.96)), True),
        (region(REPLACED, a=(4, 6), b=(4, 5.99)), False),
        (region(REPLACED, a=(4, 6), b=(4, 8)), False),
        (region(INSERTED, a=(4, 4), b=(4, 8)), False),
        (region(pb.REGION_KIND_RETIMED, a=(4, 6), b=(4, 5)), False),
    ],
)
def test_no_frame_may_be_lost_not_even_where_anything_is_allowed(
    difference: Region, lost: bool
) -> None:
    policy = '[picture]\nallow = ["any"]\nallowed_ranges = ["0-100"]\nno_deleted = true'
    assert check(policy, comparison(difference)).passed is not lost


def test_the_time_that_differs_is_counted_over_all_kinds() -> None:
    found = comparison(region(REPLACED, reason=OVERLAY), region(INSERTED, a=(7, 7), b=(7, 7.5)))
    assert check('[picture]\nallow = ["any"]\nmax_changed_seconds = 2.5', found).passed
    verdict = check('[picture]\nallow = ["any"]\nmax_changed_seconds = 2.4', found)
    assert failed(verdict) == ["picture.max_changed_seconds"]
    assert "2.500 s differ, 0.100 s too many" in str(verdict.failed_rules[0].violations[0])


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (SoundDifference.KIND_TRACK_ONLY_IN_A, "track-removed"),
        (SoundDifference.KIND_TRACK_ONLY_IN_B, "track-added"),
        (SoundDifference.KIND_TRACK_CONTENT, "track-content"),
        (SoundDifference.KIND_LAYOUT, "layout"),
        (SoundDifference.KIND_CHANNEL, "channel"),
        (SoundDifference.KIND_CHANNEL_ORDER, "channel-order"),
    ],
)
def test_differences_of_the_sound_are_allowed_by_name(
    kind: SoundDifference.Kind.ValueType, word: str
) -> None:
    found = comparison()
    found.summary.sound_differences.append(SoundDifference(kind=kind, description="It differs"))
    for each in SOUND_DIFFERENCES:
        passes = each in (word, "any")
        assert check(f'[sound]\nallow = ["{each}"]', found).passed is passes


@pytest.mark.parametrize(
    ("most", "passes"), [("0", False), ("2", False), ("2.5", True), ("inf", True)]
)
def test_loudness_may_change_by_so_much(most: str, passes: bool) -> None:
    found = comparison()
    louder = SoundDifference(kind=SoundDifference.KIND_LOUDNESS, amount=-2.5)
    found.summary.sound_differences.append(louder)
    assert check(f"[sound]\nmax_loudness_lu = {most}", found).passed is passes
    assert not check('[sound]\nallow = ["any"]', found).passed


def test_loudness_of_an_unknown_amount_is_too_much() -> None:
    found = comparison()
    found.summary.sound_differences.append(SoundDifference(kind=SoundDifference.KIND_LOUDNESS))
    assert not check("[sound]\nmax_loudness_lu = 100", found).passed


@pytest.mark.parametrize(
    ("most", "passes"), [("0", False), ("39", False), ("41", True), ("inf", True)]
)
def test_sound_may_be_out_of_step_by_so_much(most: str, passes: bool) -> None:
    late = region(pb.REGION_KIND_UNCHANGED, sound=True)
    late.sound_offset = -0.04
    other = comparison()
    track = SoundDifference(kind=SoundDifference.KIND_TRACK_OFFSET, amount=0.04)
    other.summary.sound_differences.append(track)
    for found in (comparison(late), other):
        assert check(f"[sound]\nmax_offset_ms = {most}", found).passed is passes


def test_what_was_not_compared_passes_no_policy() -> None:
    lax = '[picture]\nallow = ["any"]\n[sound]\nallow = ["any"]'
    assert failed(check(lax, Comparison())) == ["picture.compared", "sound.compared"]
    silent = Evidence(comparison=Comparison())
    assert failed(evaluate(Policy(), silent)) == ["picture.compared"]


def test_sound_that_only_one_has_is_a_track_more_or_less() -> None:
    found = comparison()
    del found.header.modalities[1]
    only_a = Evidence(comparison=found, a_has_sound=True)
    assert failed(evaluate(Policy(), only_a)) == ["sound.allow"]
    allowed = Policy(sound=StretchRules(allow=frozenset({"track-removed"})))
    assert evaluate(allowed, only_a).passed
    only_b = Evidence(comparison=found, b_has_sound=True)
    assert failed(evaluate(allowed, only_b)) == ["sound.allow"]


def test_properties_that_must_match_are_a_rule_each() -> None:
    policy = '[technical]\nmust_match = ["frame_rate", "size", "colour"]'
    verdict = check(policy, comparison(), ROWS)
    assert failed(verdict) == ["technical.must_match.picture.frame_rate"]
    assert str(verdict.failed_rules[0].violations[0]) == "picture: Frame rate: 25 / 24"


@pytest.mark.parametrize(
    ("most", "count"), [("none", 2), ("info", 1), ("notice", 1), ("important", 0)]
)
def test_nothing_may_differ_more_gravely(most: str, count: int) -> None:
    verdict = check(f'[technical]\nmax_severity = "{most}"', comparison(), ROWS)
    assert sum(len(rule.violations) for rule in verdict.rules) == count


def test_technical_rules_need_technical_differences() -> None:
    with pytest.raises(ValueError, match="needs technical differences"):
        check('[technical]\nmust_match = ["size"]', comparison())


def test_two_versions_have_to_be_so_similar() -> None:
    policy = "[overall]\nmin_similarity_percent = 90"
    assert check(policy, comparison(similarity=90)).passed
    verdict = check(policy, comparison(similarity=89.99))
    assert str(verdict.failed_rules[0].violations[0]) == "They are 89.9 % similar"
    unknown = comparison()
    unknown.summary.ClearField("similarity_percent")
    assert failed(check(policy, unknown)) == ["overall.min_similarity_percent"]


def test_a_kind_that_is_not_known_yet_is_no_kind_that_is_allowed() -> None:
    found = comparison()
    found.regions.add(kind=99, modality=MODALITY_VISUAL)
    found.looks.add(kind=99)
    found.summary.sound_differences.add(kind=99)
    every = [word for word in PICTURE_DIFFERENCES if word not in ("any", "look")]
    sound = [word for word in SOUND_DIFFERENCES if word != "any"]
    verdict = check(f"[picture]\nallow = {every}\n[sound]\nallow = {sound}", found)
    assert failed(verdict) == ["picture.allow", "sound.allow"]
    assert len(verdict.failed_rules[0].violations) == 2
