"""A region's confidence follows the evidence, and tells right regions from wrong ones."""

import dataclasses
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.segments.confidence import by_threshold, surer
from services.compare.segments.distance import Matrix
from services.compare.segments.index import align_index
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Region, RegionKind, SegmentTrack
from tests.bench.edited_pairs import CASES, EditedPair, make_pair
from tests.bench.region_scores import is_right, rank_agreement

DEFAULTS = AlignmentOptions()
amounts = st.floats(0, 100)


def track(vectors: Matrix) -> SegmentTrack:
    starts = 2.0 * np.arange(len(vectors), dtype=np.float64)
    return SegmentTrack(vectors=vectors.astype(np.float32), starts=starts, ends=starts + 2.0)


def footage(segments: int, seed: int = 0) -> Matrix:
    """Shots of a few segments."""
    random = np.random.default_rng(seed)
    shots = random.standard_normal((segments // 3 + 1, 64))
    return shots[np.arange(segments) // 3] + 0.3 * random.standard_normal((segments, 64))


def noisy(vectors: Matrix, noise: float = 0.1) -> Matrix:
    return vectors + noise * np.random.default_rng(9).standard_normal(vectors.shape)


def sure_of(kind: RegionKind, a: Matrix, b: Matrix) -> float:
    """The confidence of the only region of a kind."""
    found = [r for r in align_sequence(track(a), track(b), DEFAULTS).regions if r.kind is kind]
    assert len(found) == 1
    return found[0].confidence


def replaced(vectors: Matrix, segments: int) -> Matrix:
    other = vectors.copy()
    other[12 : 12 + segments] = footage(segments, seed=1)
    return other


def inserted(vectors: Matrix, segments: int) -> Matrix:
    return np.concatenate([vectors[:15], footage(segments, seed=1), vectors[15:]])


@pytest.mark.parametrize("segments", [1, 2, 40])
def test_a_video_is_surely_itself(segments: int) -> None:
    video = footage(segments)
    assert sure_of(RegionKind.UNCHANGED, video, video) == 1.0


def test_a_clean_copy_is_surer_than_a_noisy_one() -> None:
    video = footage(40)
    clean, rough = (
        sure_of(RegionKind.UNCHANGED, video, noisy(video, level)) for level in (0.01, 0.2)
    )
    assert 0.9 < rough < clean < 1.0


def test_plain_edits_are_sure() -> None:
    video = footage(48)
    moved = np.concatenate([video[:9], video[15:36], video[9:15], video[36:]])
    assert sure_of(RegionKind.REPLACED, video, noisy(replaced(video, 6))) > 0.9
    assert sure_of(RegionKind.INSERTED, video, noisy(inserted(video, 6))) > 0.9
    assert sure_of(RegionKind.DELETED, noisy(inserted(video, 6)), video) > 0.9
    assert sure_of(RegionKind.MOVED, video, noisy(moved)) > 0.9


def test_another_speed_is_sure_when_it_sets_much_off() -> None:
    pair = make_pair("speed_whole", 3)
    (region,) = align_sequence(pair.a, pair.b, DEFAULTS).regions
    assert region.kind is RegionKind.RETIMED
    assert region.confidence > 0.8


def test_longer_edits_are_surer() -> None:
    video = footage(48)
    for kind, edit in ((RegionKind.REPLACED, replaced), (RegionKind.INSERTED, inserted)):
        short, longer = (sure_of(kind, video, noisy(edit(video, size))) for size in (1, 6))
        assert short < longer


def test_a_grave_change_is_surer_than_a_slight_one() -> None:
    video = footage(40)
    change = np.random.default_rng(5).standard_normal(64)
    sure = []
    for strength in (0.3, 0.6):
        other = video.copy()
        other[12:20] += strength * change
        sure.append(sure_of(RegionKind.REPLACED, video, noisy(other, 0.02)))
    assert sure[0] < sure[1]


def test_what_borders_on_a_doubtful_edit_is_no_surer_than_that() -> None:
    pair = make_pair("mixed", 5002)
    regions = align_sequence(pair.a, pair.b, DEFAULTS).regions
    last, before = regions[-1], regions[-2]
    assert last.kind is RegionKind.INSERTED
    assert before.confidence <= last.confidence < 0.5


def test_what_a_threshold_decides_is_surer_away_from_it() -> None:
    a = np.eye(8)[[0, 1, 2]]
    b = a + np.array([[0.0] * 8, [0.0] * 7 + [0.45], [0.0] * 7 + [2.0]])
    same, far = align_index(track(a), track(b), DEFAULTS).regions
    assert (same.kind, far.kind) == (RegionKind.UNCHANGED, RegionKind.REPLACED)
    assert 0.5 < same.confidence < 1
    assert far.confidence > 0.9


@pytest.mark.parametrize("kind", [RegionKind.UNCHANGED, RegionKind.REPLACED])
def test_at_the_threshold_either_is_as_likely(kind: RegionKind) -> None:
    assert by_threshold(kind, 0.1, 0.1) == pytest.approx(0.5)


@given(amounts, amounts, st.floats(1e-6, 100), st.sampled_from([2, 4]))
def test_more_evidence_is_never_less_sure(x: float, y: float, even: float, power: int) -> None:
    less, more = sorted((x, y))
    assert 0 <= surer(less, even, power) <= surer(more, even, power) <= 1
    assert surer(0, even, power) == 0
    assert surer(even, even, power) == pytest.approx(0.5)


any_pair = st.builds(make_pair, st.sampled_from(sorted(CASES)), st.integers(0, 10_000))


@settings(deadline=None, max_examples=5)
@given(any_pair)
def test_it_lies_between_0_and_1_whichever_video_is_called_a(pair: EditedPair) -> None:
    forth = align_sequence(pair.a, pair.b, DEFAULTS).regions
    back = align_sequence(pair.b, pair.a, DEFAULTS).regions
    assert all(0 <= region.confidence <= 1 for region in forth)
    turned = sorted((r.a_start, r.b_start, r.b_end, r.confidence) for r in forth)
    found = sorted((r.b_start, r.a_start, r.a_end, r.confidence) for r in back)
    np.testing.assert_allclose(turned, found, atol=1e-6)


@settings(deadline=None, max_examples=3)
@given(any_pair, st.sampled_from([0.25, 1024.0]))
def test_the_length_of_vectors_does_not_matter(pair: EditedPair, scale: float) -> None:
    scaled = dataclasses.replace(pair.b, vectors=pair.b.vectors * np.float32(scale))
    assert confidences(align_sequence(pair.a, scaled, DEFAULTS).regions) == pytest.approx(
        confidences(align_sequence(pair.a, pair.b, DEFAULTS).regions), abs=1e-6
    )


@pytest.mark.slow("aligns two dozen pairs, so that there are enough wrong regions to count")
def test_right_regions_are_surer_than_wrong_ones() -> None:
    """Over a sample of all kinds of edits; about one region in eleven is wrong or misplaced."""
    sure, right = [], []
    for kind in ("many_small", "mixed", "speed_part", "short", "replace_len", "delete_frac"):
        for seed in range(4):
            pair = make_pair(kind, seed)
            for region in align_sequence(pair.a, pair.b, DEFAULTS).regions:
                sure.append(region.confidence)
                right.append(is_right(region, pair.truth))
    assert rank_agreement(sure, right) > 0.85
    sure_of_right = np.array(sure)[right]
    sure_of_wrong = np.array(sure)[~np.array(right)]
    assert np.median(sure_of_right) > np.median(sure_of_wrong) + 0.4


def confidences(regions: Iterable[Region]) -> list[float]:
    return [region.confidence for region in regions]
