from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.segments.distance import InvalidTrack, unit_rows
from services.compare.segments.matrix import Heatmap, Pooling, similarity_heatmap
from services.compare.timeline import SegmentTrack


def track(seed: int, count: int, dimension: int = 16) -> SegmentTrack:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension))
    starts = np.arange(count, dtype=np.float64) * 2
    return SegmentTrack(vectors=vectors.astype(np.float32), starts=starts, ends=starts + 2)


def heatmap(
    a: SegmentTrack, b: SegmentTrack, rows: int, columns: int, pooling: Pooling = Pooling.MAX
) -> Heatmap:
    return similarity_heatmap(
        a, b, max_rows=rows, max_columns=columns, pooling=pooling, check=lambda: None
    )


def as_bytes(similarities: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> list[list[int]]:
    return np.rint(np.clip(similarities, 0, 1) * 255).astype(int).tolist()  # type: ignore[no-any-return]


def test_a_cell_for_each_pair_when_they_fit() -> None:
    a, b = track(1, 5), track(2, 7)
    similarities = unit_rows(a.vectors) @ unit_rows(b.vectors).T
    assert np.allclose(heatmap(a, b, 256, 256).values, as_bytes(similarities), atol=1)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 12), st.integers(1, 12))
def test_pooling_stands_for_all_pairs_of_a_cell(rows: int, columns: int) -> None:
    a, b = track(1, 12), track(2, 12)
    similarities = unit_rows(a.vectors) @ unit_rows(b.vectors).T

    def cell(row: int, column: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        first_a, last_a = int(row * 12 / rows + 1e-9), int(np.ceil((row + 1) * 12 / rows - 1e-9))
        first_b = int(column * 12 / columns + 1e-9)
        last_b = int(np.ceil((column + 1) * 12 / columns - 1e-9))
        return similarities[first_a:last_a, first_b:last_b]

    best = [[cell(row, column).max() for column in range(columns)] for row in range(rows)]
    mean = [[cell(row, column).mean() for column in range(columns)] for row in range(rows)]
    found = heatmap(a, b, rows, columns)
    assert np.allclose(found.values, as_bytes(np.array(best)), atol=1)
    found = heatmap(a, b, rows, columns, Pooling.MEAN)
    assert np.allclose(found.values, as_bytes(np.array(mean)), atol=1)


def test_cells_are_of_equal_time_where_segments_are_not() -> None:
    vectors = np.eye(3, dtype=np.float32)
    uneven = SegmentTrack(
        vectors=vectors, starts=np.array([0.0, 6.0, 8.0]), ends=np.array([6.0, 8.0, 12.0])
    )
    values = heatmap(uneven, uneven, 2, 2).values
    assert values.tolist() == [[255, 0], [0, 255]]


def test_a_call_that_is_given_up_stops_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.compare.segments.matrix._BLOCK_PAIRS", 9)
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        similarity_heatmap(
            track(1, 9), track(1, 9), max_rows=9, max_columns=9, pooling=Pooling.MAX, check=check
        )


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = track(1, 40), track(2, 33)
    whole = heatmap(a, b, 7, 11).values
    monkeypatch.setattr("services.compare.segments.matrix._BLOCK_PAIRS", 250)
    assert np.array_equal(heatmap(a, b, 7, 11).values, whole)


def test_tracks_of_two_dimensions_are_refused() -> None:
    with pytest.raises(InvalidTrack):
        heatmap(track(1, 4, 8), track(1, 4, 16), 4, 4)
