"""INDEX and TIME pair segments by a fixed rule and invent no distance for the rest."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from services.compare.segments.distance import InvalidTrack, Metric
from services.compare.segments.index import align_index
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.shifted import align_shifted
from services.compare.timeline import Alignment, SegmentTrack

DEFAULTS = AlignmentOptions()
Aligner = Callable[[SegmentTrack, SegmentTrack, AlignmentOptions], Alignment]


def track(*directions: int, seconds: float = 2.0) -> SegmentTrack:
    """One-hot vectors, as many segments as directions."""
    edges = seconds * np.arange(len(directions) + 1.0)
    vectors = np.eye(8, dtype=np.float32)[list(directions)]
    return SegmentTrack(vectors=vectors, starts=edges[:-1], ends=edges[1:])


def spans(alignment: Alignment) -> list[tuple[str, float, float, float, float]]:
    return [(r.kind.name, r.a_start, r.a_end, r.b_start, r.b_end) for r in alignment.regions]


def test_index_compares_segment_by_segment() -> None:
    alignment = align_index(track(0, 1, 2, 3), track(0, 5, 6, 3), DEFAULTS)
    assert_allclose(alignment.distances, [0, 1, 1, 0])
    assert spans(alignment) == [
        ("UNCHANGED", 0, 2, 0, 2),
        ("REPLACED", 2, 6, 2, 6),
        ("UNCHANGED", 6, 8, 6, 8),
    ]


def test_index_leaves_the_tail_without_a_distance() -> None:
    longer, shorter = track(0, 1, 2), track(0, 1)
    assert spans(align_index(longer, shorter, DEFAULTS))[-1] == ("DELETED", 4, 6, 4, 4)
    assert spans(align_index(shorter, longer, DEFAULTS))[-1] == ("INSERTED", 4, 4, 4, 6)
    assert np.isnan(align_index(longer, shorter, DEFAULTS).distances[2])


@pytest.mark.parametrize(("threshold", "kind"), [(0.99, "REPLACED"), (1.0, "UNCHANGED")])
def test_different_is_strictly_above_the_threshold(threshold: float, kind: str) -> None:
    alignment = align_index(track(0), track(1), AlignmentOptions(threshold=threshold))
    assert [region.kind.name for region in alignment.regions] == [kind]


def test_index_can_compare_vectors_as_they_are() -> None:
    a, b = track(0), track(0)
    b.vectors[:] *= 3
    raw = AlignmentOptions(metric=Metric.EUCLIDEAN, normalize=False)
    assert_allclose(align_index(a, b, raw).distances, [2])


def test_time_pairs_what_is_shown_offset_seconds_later() -> None:
    alignment = align_shifted(track(0, 1, 2), track(7, 0, 1, 2), AlignmentOptions(offset=2.0))
    assert_allclose(alignment.distances, [0, 0, 0], atol=1e-6)
    assert_allclose(alignment.partner_starts, [2, 4, 6])
    assert spans(alignment) == [("INSERTED", 0, 0, 0, 2), ("UNCHANGED", 0, 6, 2, 8)]


def test_time_with_b_ahead() -> None:
    alignment = align_shifted(track(7, 0, 1), track(0, 1, 2), AlignmentOptions(offset=-2.0))
    assert spans(alignment) == [
        ("DELETED", 0, 2, 0, 0),
        ("UNCHANGED", 2, 6, 0, 4),
        ("INSERTED", 6, 6, 4, 6),
    ]
    assert alignment.time_map.to_b(3.0) == pytest.approx(1.0)


def test_time_off_the_grid_reads_between_segments() -> None:
    a, b = track(0, 0, 0, 1, 1, 1), track(0, 0, 0, 1, 1, 1)
    distances = align_shifted(a, b, AlignmentOptions(offset=0.5)).distances
    assert_allclose(distances[[0, 1, 3, 4]], 0, atol=1e-6)
    assert distances[2] < 0.1


@pytest.mark.parametrize("align", [align_index, align_shifted])
@pytest.mark.parametrize("metric", Metric)
def test_a_video_is_at_no_distance_from_itself(align: Aligner, metric: Metric) -> None:
    # Means of finer samples, of a length at which float32 rounds sums now one way, now the other.
    samples = np.random.default_rng(0).random((160, 1008))
    fine_edges, edges = 0.5 * np.arange(161.0), 2.0 * np.arange(41.0)
    a = SegmentTrack(
        vectors=samples.reshape(40, 4, -1).mean(axis=1).astype(np.float32),
        starts=edges[:-1],
        ends=edges[1:],
        fine=SegmentTrack(
            vectors=samples.astype(np.float32), starts=fine_edges[:-1], ends=fine_edges[1:]
        ),
    )
    alignment = align(a, a, AlignmentOptions(metric=metric, threshold=0.0))
    assert spans(alignment) == [("UNCHANGED", 0, 80, 0, 80)]
    assert not alignment.distances.any()


def test_time_without_overlap_compares_nothing() -> None:
    alignment = align_shifted(track(0, 1), track(0), AlignmentOptions(offset=60.0))
    assert spans(alignment) == [("DELETED", 0, 4, 0, 0), ("INSERTED", 4, 4, 0, 2)]
    assert np.isnan(alignment.distances).all()


@pytest.mark.parametrize("align", [align_index, align_shifted])
def test_bad_input_is_refused(align: Aligner) -> None:
    with pytest.raises(InvalidTrack):
        align(track(), track(0), DEFAULTS)
