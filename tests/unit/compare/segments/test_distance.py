"""Distances mean what the contract says, and refuse what has none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from services.compare.segments.distance import (
    InvalidTrack,
    Matrix,
    Metric,
    pairwise_distances,
    unit_rows,
)

RIGHT = np.array([[1.0, 0.0]], np.float32)
UP = np.array([[0.0, 3.0]], np.float32)
LEFT = np.array([[-2.0, 0.0]], np.float32)
NOTHING = np.zeros((1, 2), np.float32)


@pytest.mark.parametrize(
    ("a", "b", "metric", "distance"),
    [
        (RIGHT, RIGHT, Metric.COSINE, 0.0),
        (RIGHT, UP, Metric.COSINE, 1.0),
        (RIGHT, LEFT, Metric.COSINE, 2.0),
        (RIGHT, NOTHING, Metric.COSINE, 1.0),
        (NOTHING, NOTHING, Metric.COSINE, 0.0),
        (RIGHT, RIGHT, Metric.EUCLIDEAN, 0.0),
        (RIGHT, UP, Metric.EUCLIDEAN, np.sqrt(2)),
        (RIGHT, LEFT, Metric.EUCLIDEAN, 2.0),
        (RIGHT, NOTHING, Metric.EUCLIDEAN, 1.0),
        (NOTHING, NOTHING, Metric.EUCLIDEAN, 0.0),
    ],
)
def test_known_pairs(a: Matrix, b: Matrix, metric: Metric, distance: float) -> None:
    assert_allclose(pairwise_distances(a, b, metric), [distance], atol=1e-6)


def test_raw_euclidean_keeps_the_lengths() -> None:
    assert_allclose(pairwise_distances(RIGHT, UP, Metric.EUCLIDEAN, normalize=False), [10**0.5])


@pytest.mark.parametrize("scale", [1e-25, 1e-3, 1e3, 1e25])
@pytest.mark.parametrize("metric", Metric)
def test_the_size_of_vectors_changes_nothing(scale: float, metric: Metric) -> None:
    random = np.random.default_rng(1)
    a, b = random.standard_normal((2, 300, 16)).astype(np.float32)
    expected = pairwise_distances(a, b, metric)
    assert_allclose(pairwise_distances(a * np.float32(scale), b, metric), expected, atol=1e-5)


@pytest.mark.parametrize("metric", Metric)
def test_a_vector_is_at_no_distance_from_itself(metric: Metric) -> None:
    a = np.random.default_rng(2).standard_normal((500, 64)).astype(np.float32)
    assert pairwise_distances(a, a, metric).max() == 0


def test_small_euclidean_distances_keep_their_digits() -> None:
    a = np.array([[1.0, 0.0]], np.float32)
    b = np.array([[1.0, 1e-4]], np.float32)
    assert_allclose(pairwise_distances(a, b, Metric.EUCLIDEAN), [1e-4], rtol=1e-3)


@settings(deadline=None, max_examples=40)
@given(
    arrays(
        np.float32, st.tuples(st.integers(1, 9), st.just(5)), elements=st.floats(-3, 3, width=32)
    ),
    st.sampled_from(Metric),
)
def test_which_side_is_called_a_changes_nothing(a: Matrix, metric: Metric) -> None:
    b = a[::-1].copy()
    distances = pairwise_distances(a, b, metric)
    assert_allclose(distances, pairwise_distances(b, a, metric), atol=1e-6)
    assert distances.min() >= 0
    assert distances.max() <= 2 + 1e-6


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (np.empty((0, 2)), RIGHT, "EMPTY"),
        (np.empty((3, 0)), np.empty((3, 0)), "EMPTY"),
        (RIGHT, np.ones((1, 3)), "DIMENSION_MISMATCH"),
        (RIGHT, np.ones((2, 2)), "LENGTH_MISMATCH"),
        (RIGHT, np.array([[np.nan, 0.0]]), "NOT_FINITE"),
        (np.array([[np.inf, 0.0]]), RIGHT, "NOT_FINITE"),
    ],
)
@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("normalize", [True, False])
def test_refusals_say_why(
    a: Matrix, b: Matrix, reason: str, metric: Metric, normalize: bool
) -> None:
    with pytest.raises(InvalidTrack) as refusal:
        pairwise_distances(a, b, metric, normalize)
    assert refusal.value.reason == reason


def test_unit_rows_leave_zero_rows() -> None:
    assert_allclose(unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0.0, 0.0]])
