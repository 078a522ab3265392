"""A line through the frames is found to a fraction of a frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.fingerprints import Frames
from services.compare.frames.lines import (
    FrameLine,
    fit_line,
    line_distances,
    mean_cost,
    through,
)
from services.compare.frames.tuning import TUNED
from tests.unit.compare.frames.films import FPS, cut, film, frame_track, reencoded, resampled

_FILM = film(12.0)
_A = Frames(frame_track(_FILM))
_FRAME = 1 / FPS


def _cost(b: Frames, line: FrameLine) -> float:
    return mean_cost(_A, b, line, tuning=TUNED)


_lines = st.builds(
    FrameLine,
    offset=st.floats(-50, 50),
    rate=st.floats(0.5, 2),
    b_start=st.floats(0, 50),
    b_end=st.floats(60, 90),
)


@given(_lines)
def test_both_ends_lie_on_the_line(line: FrameLine) -> None:
    assert line.in_a == (line.to_a(line.b_start), line.to_a(line.b_end))
    assert line.to_b(line.a_start) == pytest.approx(line.b_start)
    assert line.a_end - line.a_start == pytest.approx(line.rate * line.duration)


@given(_lines, st.floats(0, 50), st.floats(60, 90))
def test_a_line_through_two_times_of_a_starts_and_ends_there(
    line: FrameLine, a_start: float, a_end: float
) -> None:
    found = through(line, a_start, a_end)
    assert found.in_a == pytest.approx((a_start, a_end))
    assert (found.b_start, found.b_end) == (line.b_start, line.b_end)


def test_a_part_of_a_line_says_the_same() -> None:
    line = FrameLine(offset=3.0, b_start=0.0, b_end=10.0)
    part = line.at(2.0, 4.0)
    assert part.in_a == (5.0, 7.0)
    assert part.to_a(9.0) == line.to_a(9.0)


def test_the_right_line_costs_no_more_than_a_re_encode_and_every_other_one_more() -> None:
    b = Frames(frame_track(reencoded(cut(_FILM, 3, 9))))
    right = FrameLine(offset=3.0, b_start=0.0, b_end=6.0)
    assert _cost(b, right) < 2.0
    for frames in (-5, -1, 1, 5):
        beside = replace(right, offset=3.0 + frames * _FRAME)
        assert _cost(b, beside) > _cost(b, right)


def test_outside_of_a_nothing_is_the_same() -> None:
    b = Frames(frame_track(cut(_FILM, 0, 6)))
    line = FrameLine(offset=8.0, b_start=0.0, b_end=6.0)
    apart = line_distances(_A, b, line, np.arange(len(b)))
    beyond = line.to_a(b.times) > 12.0
    assert (apart[beyond] == 255).all()
    assert (apart[~beyond][:-5] < 255).all()


def test_a_line_over_no_frame_costs_nothing() -> None:
    b = Frames(frame_track(cut(_FILM, 0, 6)))
    assert _cost(b, FrameLine(offset=0.0, b_start=2.001, b_end=2.003)) == 0.0


@pytest.mark.parametrize("off", [-1.7, -0.8, 0.3, 1.6])
def test_an_offset_is_found_again_to_half_a_frame(off: float) -> None:
    b = Frames(frame_track(reencoded(cut(_FILM, 3, 9))))
    rough = FrameLine(offset=3.0 + off * _FRAME, b_start=0.0, b_end=6.0)
    assert fit_line(_A, b, rough, tuning=TUNED).offset == pytest.approx(3.0, abs=_FRAME / 2)


def test_where_nothing_moves_the_offset_stays_as_it_was() -> None:
    still = Frames(frame_track(np.repeat(_FILM[:1], 200, axis=0)))
    rough = FrameLine(offset=1.234, b_start=0.0, b_end=4.0)
    assert fit_line(still, still, rough, tuning=TUNED).offset == pytest.approx(1.234)


@pytest.mark.parametrize("rate", [0.9, 1.1, 1.25])
def test_a_speed_is_found_again(rate: float) -> None:
    b = Frames(frame_track(resampled(_FILM, rate)))
    rough = FrameLine(offset=0.06, rate=rate + 0.01, b_start=0.0, b_end=b.duration)
    found = fit_line(_A, b, rough, tuning=TUNED)
    assert found.rate == pytest.approx(rate, abs=0.003)
    assert _cost(b, found) < _cost(b, rough)


def test_fitting_never_makes_a_line_worse() -> None:
    b = Frames(frame_track(reencoded(cut(_FILM, 3, 9), 4.0)))
    for rough in (
        FrameLine(offset=3.02, b_start=1.0, b_end=5.0),
        FrameLine(offset=2.5, rate=1.1, b_start=0.0, b_end=6.0),
    ):
        assert _cost(b, fit_line(_A, b, rough, tuning=TUNED)) <= _cost(b, rough) * 1.01 + 1e-6
