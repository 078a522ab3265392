"""The steps of SEQUENCE, each by itself."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from services.compare.segments.anchors import anchor_times, find_anchors
from services.compare.segments.content import Content
from services.compare.segments.corridor import corridor_along
from services.compare.segments.distance import Matrix, unit_rows
from services.compare.segments.fitting import fit_line
from services.compare.segments.grid_path import Positions, best_path
from services.compare.segments.lines import SegmentLine
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.score_grid import PARTS, fit_rows
from services.compare.segments.sequence import align_sequence
from services.compare.segments.tiling import gap_kind, merged
from services.compare.timeline import Float32, Region, RegionKind, SegmentTrack
from tests.bench.edited_pairs import make_pair


def track(vectors: Matrix, seconds: float = 2.0) -> SegmentTrack:
    edges = seconds * np.arange(len(vectors) + 1.0)
    return SegmentTrack(vectors=np.asarray(vectors, np.float32), starts=edges[:-1], ends=edges[1:])


def random_rows(rows: int, seed: int = 0) -> Float32:
    return np.random.default_rng(seed).standard_normal((rows, 48)).astype(np.float32)


def path_between(a: Float32, b: Float32) -> Positions:
    a, b = unit_rows(a), unit_rows(b)
    chain, scale = find_anchors(a, b)
    corridor = corridor_along(chain, len(a), len(b))
    return best_path(fit_rows(a, b, corridor, scale.limit), corridor, len(a))


def region(kind: RegionKind, a_start: float, a_end: float, b_start: float, b_end: float) -> Region:
    return Region(kind=kind, a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)


def test_anchors_lie_on_what_both_show() -> None:
    a = random_rows(50)
    b = np.concatenate([a[:20], random_rows(7, seed=1), a[20:]])
    times = anchor_times(track(a), track(b))
    later = times[:, 0] > 40
    assert_allclose(times[:, 1] - times[:, 0], np.where(later, 14.0, 0.0))
    assert (np.diff(times, axis=0) > 0).all()
    assert len(times) == 50


def test_there_are_no_anchors_between_strangers() -> None:
    assert anchor_times(track(random_rows(40)), track(random_rows(30, seed=3))).shape == (0, 2)


def test_the_corridor_of_unrelated_videos_is_bounded() -> None:
    nothing = find_anchors(unit_rows(random_rows(5)), unit_rows(random_rows(5, seed=1)))[0]
    corridor = corridor_along(nothing, 7200, 7200)
    assert corridor.cells < 500 * 7200
    assert (np.diff(corridor.low) >= 0).all()
    assert (np.diff(corridor.high) >= 0).all()
    assert (corridor.high > corridor.low).all()


def test_the_path_jumps_over_a_deletion_and_rests_on_an_insertion() -> None:
    a = random_rows(40)
    b = np.concatenate([a[:10], a[16:28], random_rows(4, seed=1), a[28:]])
    positions = path_between(a, b)
    assert (positions[:10] == PARTS * np.arange(10)).all()
    assert (positions[10:22] == PARTS * np.arange(16, 28)).all()
    assert (positions[22:26] == -1).all()
    assert (positions[26:] == PARTS * np.arange(28, 40)).all()


def test_the_path_is_the_same_over_a_wide_gap() -> None:
    a = random_rows(1500)
    b = np.concatenate([a[:20], random_rows(900, seed=1), a[-20:]])
    positions = path_between(a, b)
    assert (positions[:20] == PARTS * np.arange(20)).all()
    assert (positions[-20:] == PARTS * np.arange(1480, 1500)).all()


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0, 1.4])
def test_a_line_finds_its_offset_between_segments(shift: float) -> None:
    fine = np.cumsum(random_rows(120), axis=0)
    fine = fine[np.arange(1200) // 10] + 0.1 * random_rows(1200, seed=4)
    first = round(shift * 10)
    a = track(fine.reshape(-1, 20, 48).mean(axis=1))
    b = track(fine[first : first + 1160].reshape(-1, 20, 48).mean(axis=1))
    rough = SegmentLine(first=2, last=50, rate=1.0, offset=1.0)
    fitted = fit_line(rough, Content(a), Content(b), limit=0.3)
    assert fitted.offset == pytest.approx(shift, abs=0.15)


def test_content_between_two_times_is_its_integral() -> None:
    content = Content(track(np.eye(3)))
    assert_allclose(content.between(np.array(1.0), np.array(5.0)), [1, 2, 1])
    assert_allclose(content.between(np.array([-4.0]), np.array([0.5])), [[0.5, 0, 0]])
    assert_allclose(content.between(np.array(7.0), np.array(9.0)), [0, 0, 0])


def test_gaps_are_named_by_what_they_lack() -> None:
    assert gap_kind(1.0, 0.0) is RegionKind.DELETED
    assert gap_kind(0.0, 1.0) is RegionKind.INSERTED
    assert gap_kind(1.0, 2.0) is RegionKind.REPLACED


def test_touching_gaps_become_one() -> None:
    deleted = region(RegionKind.DELETED, 0, 4, 0, 0)
    inserted = region(RegionKind.INSERTED, 4, 4, 0, 3)
    assert merged([deleted, inserted]) == [region(RegionKind.REPLACED, 0, 4, 0, 3)]


def test_a_retimed_stretch_keeps_its_rate() -> None:
    pair = make_pair("speed_whole", 5)
    forth = align_sequence(pair.a, pair.b, AlignmentOptions()).regions[0].rate
    back = align_sequence(pair.b, pair.a, AlignmentOptions()).regions[0].rate
    assert forth * back == pytest.approx(1.0)
