"""Regions that turn out not to be different enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.compare.segments.settling import settled
from services.compare.timeline import Region, RegionKind


def replaced(a: tuple[float, float], b: tuple[float, float], score: float) -> Region:
    return Region(
        kind=RegionKind.REPLACED,
        a_start=a[0],
        a_end=a[1],
        b_start=b[0],
        b_end=b[1],
        score=score,
    )


def alike(score: float) -> Callable[[Region], float]:
    return lambda region: score


def spans(regions: list[Region]) -> list[tuple[str, float, float, float, float]]:
    return [(r.kind.name, r.a_start, r.a_end, r.b_start, r.b_end) for r in regions]


def test_what_is_above_the_threshold_stays() -> None:
    region = replaced((1, 3), (2, 4), 0.11)
    assert settled([region], 0.1, alike(0.0), 0.3) == [region]


@pytest.mark.parametrize("score", [0.0, 0.1])
def test_equally_long_contents_are_unchanged(score: float) -> None:
    (region,) = settled([replaced((1, 3), (2, 4.2), score)], 0.1, alike(0.0), 0.3)
    assert spans([region]) == [("UNCHANGED", 1, 3, 2, 4.2)]
    assert region.score == score


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((1, 3), (2, 7), [("UNCHANGED", 1, 3, 2, 4), ("INSERTED", 3, 3, 4, 7)]),
        ((1, 6), (2, 4), [("UNCHANGED", 1, 3, 2, 4), ("DELETED", 3, 6, 4, 4)]),
    ],
)
def test_the_rest_of_the_longer_one_is_in_one_video_only(
    a: tuple[float, float],
    b: tuple[float, float],
    expected: list[tuple[str, float, float, float, float]],
) -> None:
    regions = settled([replaced(a, b, 0.0)], 0.1, alike(0.05), 0.3)
    assert spans(regions) == expected
    assert [region.score for region in regions] == [0.05, 0.0]


def test_what_is_alike_at_another_speed_only_is_retimed() -> None:
    (region,) = settled([replaced((0, 6), (0, 4), 0.05)], 0.1, alike(0.4), 0.3)
    assert spans([region]) == [("RETIMED", 0, 6, 0, 4)]
    assert region.rate == pytest.approx(1.5)
