"""SEQUENCE finds what was done to a video, and keeps the laws of a comparison."""

import dataclasses
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.segments.distance import InvalidTrack, Matrix, Metric
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import Alignment, RegionKind, SegmentTrack
from tests.bench.edited_pairs import CASES, EditedPair, make_pair
from tests.bench.region_scores import different_seconds, events

DEFAULTS = AlignmentOptions()


def track(vectors: Matrix, seconds: float = 2.0, last: float | None = None) -> SegmentTrack:
    vectors = np.asarray(vectors, np.float32)
    edges = seconds * np.arange(len(vectors) + 1.0)
    if last is not None:
        edges[-1] = edges[-2] + last
    return SegmentTrack(vectors=vectors, starts=edges[:-1], ends=edges[1:])


def footage(segments: int, seed: int = 0, dimensions: int = 64) -> Matrix:
    """Shots of a few segments."""
    random = np.random.default_rng(seed)
    shots = random.standard_normal((segments // 3 + 1, dimensions))
    return shots[np.arange(segments) // 3] + 0.3 * random.standard_normal((segments, dimensions))


def reencoded(vectors: Matrix, seed: int = 9) -> Matrix:
    random = np.random.default_rng(seed)
    return vectors + 0.1 * random.standard_normal(vectors.shape)


def kinds(alignment: Alignment) -> list[str]:
    return [region.kind.name for region in alignment.regions]


def spans(alignment: Alignment) -> list[tuple[str, float, float, float, float]]:
    """Kind and times of the regions, to the microsecond."""
    return [
        (
            r.kind.name,
            round(r.a_start, 6),
            round(r.a_end, 6),
            round(r.b_start, 6),
            round(r.b_end, 6),
        )
        for r in alignment.regions
    ]


def assert_tiles(alignment: Alignment, duration_a: float, duration_b: float) -> None:
    for side, duration in (("a", duration_a), ("b", duration_b)):
        pieces = sorted(
            (getattr(r, f"{side}_start"), getattr(r, f"{side}_end")) for r in alignment.regions
        )
        edges = [0.0, *[end for start, end in pieces if end > start]]
        starts = [start for start, end in pieces if end > start]
        assert starts == pytest.approx(edges[:-1])
        assert edges[-1] == pytest.approx(duration)


def test_an_inserted_shot_moves_what_follows() -> None:
    a = footage(40)
    b = reencoded(np.concatenate([a[:15], footage(6, seed=1), a[15:]]))
    assert spans(align_sequence(track(a), track(b), DEFAULTS)) == [
        ("UNCHANGED", 0.0, 30.0, 0.0, 30.0),
        ("INSERTED", 30.0, 30.0, 30.0, 42.0),
        ("UNCHANGED", 30.0, 80.0, 42.0, 92.0),
    ]


def test_a_deleted_shot_and_a_replaced_one() -> None:
    a = footage(60)
    b = reencoded(np.concatenate([a[:12], a[18:36], footage(6, seed=1), a[42:]]))
    alignment = align_sequence(track(a), track(b), DEFAULTS)
    assert kinds(alignment) == ["UNCHANGED", "DELETED", "UNCHANGED", "REPLACED", "UNCHANGED"]
    deleted, replaced = alignment.regions[1], alignment.regions[3]
    assert (deleted.a_start, deleted.a_end) == pytest.approx((24, 36), abs=0.4)
    assert (replaced.a_start, replaced.a_end) == pytest.approx((72, 84), abs=0.8)
    assert replaced.score > 0.5


@pytest.mark.parametrize("swap", [False, True])
def test_no_region_is_empty_however_short_regions_may_be(swap: bool) -> None:
    a = footage(40)
    b = reencoded(np.concatenate([a[:15], footage(6, seed=1), a[15:]]))
    first, second = (b, a) if swap else (a, b)
    alignment = align_sequence(track(first), track(second), AlignmentOptions(minimum_region=0.0))
    assert all(r.a_end > r.a_start or r.b_end > r.b_start for r in alignment.regions)
    assert kinds(alignment) == ["UNCHANGED", "DELETED" if swap else "INSERTED", "UNCHANGED"]


def test_a_moved_shot_links_both_places() -> None:
    a = footage(48)
    b = reencoded(np.concatenate([a[:9], a[15:36], a[9:15], a[36:]]))
    alignment = align_sequence(track(a), track(b), DEFAULTS)
    assert ("MOVED", 18.0, 30.0, 60.0, 72.0) in spans(alignment)
    assert kinds(align_sequence(track(a), track(b), AlignmentOptions(move_sensitivity=0))) == [
        "UNCHANGED",
        "DELETED",
        "UNCHANGED",
        "INSERTED",
        "UNCHANGED",
    ]


def test_the_time_map_follows_the_cuts() -> None:
    a = footage(40)
    b = np.concatenate([a[:15], footage(6, seed=1), a[15:]])
    time_map = align_sequence(track(a), track(b), DEFAULTS).time_map
    assert time_map.to_b(10.0) == pytest.approx(10.0)
    assert time_map.to_b(50.0) == pytest.approx(62.0)


def test_distances_compare_with_what_b_shows_at_the_aligned_time() -> None:
    a = footage(40)
    b = reencoded(np.concatenate([a[:15], footage(6, seed=1), a[15:]]))
    alignment = align_sequence(track(a), track(b), DEFAULTS)
    assert np.nanmax(alignment.distances) < 0.05
    assert alignment.partner_starts[20] == pytest.approx(52.0)
    assert 0 < alignment.noise_floor < alignment.suggested_threshold


def test_deleted_segments_have_no_distance() -> None:
    a = footage(40)
    alignment = align_sequence(track(a), track(np.delete(a, slice(12, 18), axis=0)), DEFAULTS)
    assert np.isnan(alignment.distances[12:18]).all()
    assert not np.isnan(np.delete(alignment.distances, slice(12, 18))).any()


def test_finer_samples_show_a_change_beside_a_cut() -> None:
    fine = np.repeat(footage(40), 4, axis=0)
    other = fine.copy()
    other = np.delete(other, slice(42, 58), axis=0)

    def pooled(samples: Matrix) -> SegmentTrack:
        whole = track(samples.reshape(-1, 4, samples.shape[1]).mean(axis=1))
        return dataclasses.replace(whole, fine=track(samples, seconds=0.5))

    alignment = align_sequence(pooled(fine), pooled(other), DEFAULTS)
    away_from_the_cut = np.delete(alignment.distances, slice(10, 15))
    assert np.nanmax(away_from_the_cut) < 1e-4


def test_replaced_regions_obey_the_threshold() -> None:
    a = footage(40)
    b = a.copy()
    b[12:20] += 0.35 * np.random.default_rng(5).standard_normal(a.shape[1])
    pair = track(a), track(b)
    distance = np.median(align_sequence(*pair, DEFAULTS).distances[13:19])
    below = align_sequence(*pair, AlignmentOptions(threshold=0.5 * float(distance)))
    above = align_sequence(*pair, AlignmentOptions(threshold=2.0 * float(distance)))
    assert kinds(below) == ["UNCHANGED", "REPLACED", "UNCHANGED"]
    assert kinds(above) == ["UNCHANGED"]


def test_healing_joins_replaced_stretches() -> None:
    a = footage(60)
    b = a.copy()
    b[12:18], b[21:27] = footage(6, seed=1), footage(6, seed=2)
    apart = align_sequence(track(a), track(b), DEFAULTS)
    joined = align_sequence(track(a), track(b), AlignmentOptions(merge_gap=8.0))
    assert kinds(apart).count("REPLACED") == 2
    assert kinds(joined) == ["UNCHANGED", "REPLACED", "UNCHANGED"]


def test_euclidean_distances_are_those_of_unit_vectors() -> None:
    a, b = track(footage(20)), track(reencoded(footage(20)))
    cosine = align_sequence(a, b, DEFAULTS)
    euclidean = align_sequence(a, b, AlignmentOptions(metric=Metric.EUCLIDEAN))
    np.testing.assert_allclose(euclidean.distances**2 / 2, cosine.distances, atol=1e-5)


def test_a_whole_film_at_another_speed_is_one_region() -> None:
    pair = make_pair("speed_whole", 3)
    alignment = align_sequence(pair.a, pair.b, DEFAULTS)
    assert kinds(alignment) == ["RETIMED"]
    assert alignment.regions[0].rate == pytest.approx(pair.truth[0].rate, abs=0.01)


@pytest.mark.parametrize("kind", ["benign", "benign_static", "identical"])
def test_reencoding_alone_is_no_difference(kind: str) -> None:
    for seed in range(4):
        pair = make_pair(kind, seed)
        assert kinds(align_sequence(pair.a, pair.b, DEFAULTS)) == ["UNCHANGED"]


@pytest.mark.parametrize("kind", ["replace_frac", "insert_frac", "delete_frac", "static_cut"])
def test_cuts_off_the_grid_are_found(kind: str) -> None:
    pair = make_pair(kind, 2)
    regions = align_sequence(pair.a, pair.b, DEFAULTS).regions
    assert different_seconds(pair.truth, regions).f1 > 0.95
    assert events(pair.truth, regions).f1 == 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (footage(1), footage(1, seed=1)),
        (footage(1), footage(12)),
        (footage(2), footage(3, seed=4)),
        (np.zeros((5, 8)), footage(7, dimensions=8)),
        (np.ones((30, 8)), np.ones((22, 8))),
        (footage(30), footage(45, seed=8)),
        (footage(900), footage(700, seed=8)),
    ],
)
def test_anything_sound_is_compared(a: Matrix, b: Matrix) -> None:
    one, other = track(a, last=0.7), track(b)
    alignment = align_sequence(one, other, DEFAULTS)
    assert_tiles(alignment, one.duration, other.duration)
    assert alignment.distances.shape == (len(a),)


def test_uneven_segments() -> None:
    samples = np.repeat(footage(80), 10, axis=0)
    random = np.random.default_rng(1)

    def segmented(samples: Matrix) -> SegmentTrack:
        """Segments of 1.2 to 2.8 s, of samples five times a second."""
        edges = np.concatenate([[0], np.cumsum(random.integers(6, 15, len(samples) // 15))])
        edges = np.append(edges[edges < len(samples) - 5], len(samples))
        vectors = [samples[x:y].mean(axis=0) for x, y in pairwise(edges.tolist())]
        times = edges / 5.0
        return SegmentTrack(
            vectors=np.array(vectors, np.float32), starts=times[:-1], ends=times[1:]
        )

    a, b = segmented(samples), segmented(np.delete(samples, slice(300, 390), axis=0))
    alignment = align_sequence(a, b, DEFAULTS)
    deleted = max(alignment.regions, key=lambda r: r.a_end - r.a_start - (r.b_end - r.b_start))
    assert deleted.kind is RegionKind.DELETED
    assert (deleted.a_start, deleted.a_end) == pytest.approx((60, 78), abs=2.0)
    assert_tiles(alignment, a.duration, b.duration)


any_pair = st.builds(make_pair, st.sampled_from(sorted(CASES)), st.integers(0, 10_000))


@settings(deadline=None, max_examples=8)
@given(any_pair)
def test_regions_tile_both_videos(pair: EditedPair) -> None:
    alignment = align_sequence(pair.a, pair.b, DEFAULTS)
    assert_tiles(alignment, pair.a.duration, pair.b.duration)
    knots = alignment.time_map
    assert (np.diff(knots.a) >= 0).all()
    assert (np.diff(knots.b) >= 0).all()


@settings(deadline=None, max_examples=5)
@given(any_pair)
def test_a_video_equals_itself(pair: EditedPair) -> None:
    assert kinds(align_sequence(pair.b, pair.b, DEFAULTS)) == ["UNCHANGED"]


@settings(deadline=None, max_examples=5)
@given(any_pair)
def test_swapping_the_videos_swaps_inserted_and_deleted(pair: EditedPair) -> None:
    forth = align_sequence(pair.a, pair.b, DEFAULTS)
    back = align_sequence(pair.b, pair.a, DEFAULTS)
    other = {RegionKind.INSERTED: RegionKind.DELETED, RegionKind.DELETED: RegionKind.INSERTED}
    turned = sorted(
        (r.b_start, r.a_start, other.get(r.kind, r.kind).name, r.b_end, r.a_end)
        for r in forth.regions
    )
    found = sorted((r.a_start, r.b_start, r.kind.name, r.a_end, r.b_end) for r in back.regions)
    assert found == turned


@settings(deadline=None, max_examples=5)
@given(any_pair, st.sampled_from([0.25, 4.0, 1024.0]))
def test_scaling_all_vectors_changes_nothing(pair: EditedPair, scale: float) -> None:
    a = dataclasses.replace(pair.a, vectors=pair.a.vectors * np.float32(scale))
    b = dataclasses.replace(pair.b, vectors=pair.b.vectors * np.float32(scale))
    expected = align_sequence(pair.a, pair.b, DEFAULTS)
    assert spans(align_sequence(a, b, DEFAULTS)) == spans(expected)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (track(np.empty((0, 64))), "EMPTY"),
        (track(np.full((4, 64), np.nan)), "NOT_FINITE"),
        (track(np.full((4, 64), np.inf)), "NOT_FINITE"),
        (track(footage(4, dimensions=32)), "DIMENSION_MISMATCH"),
        (dataclasses.replace(track(footage(4)), starts=np.zeros(4)), "INVALID_TIMES"),
        (dataclasses.replace(track(footage(4)), ends=np.ones(3)), "LENGTH_MISMATCH"),
    ],
)
def test_bad_input_is_refused_with_its_reason(broken: SegmentTrack, reason: str) -> None:
    for pair in ((track(footage(6)), broken), (broken, track(footage(6)))):
        with pytest.raises(InvalidTrack) as refusal:
            align_sequence(*pair, DEFAULTS)
        assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "make",
    [
        lambda: AlignmentOptions(threshold=-1.0),
        lambda: AlignmentOptions(merge_gap=float("nan")),
        lambda: AlignmentOptions(move_sensitivity=1.5),
    ],
)
def test_impossible_options_are_refused(make: Callable[[], AlignmentOptions]) -> None:
    with pytest.raises(InvalidTrack) as refusal:
        make()
    assert refusal.value.reason == "INVALID_OPTION"
