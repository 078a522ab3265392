from __future__ import annotations

import numpy as np
import pytest

from services.compare.export.frame_rate import frame_rate_of

RATES = (24000 / 1001, 24, 25, 30000 / 1001, 30, 50, 60000 / 1001, 60, 10, 12.5, 120)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("digits", [9, 3])
def test_the_rate_is_the_broadcast_rate(rate: float, digits: int) -> None:
    times = np.round(np.arange(400) / rate, digits)
    assert frame_rate_of(times.tolist()) == pytest.approx(rate, rel=1e-9)


def test_dropped_frames_do_not_change_it() -> None:
    times = np.delete(np.arange(800) / 30, range(5, 800, 7))
    assert frame_rate_of(times.tolist()) == 30


def test_an_unusual_rate_is_as_it_was_measured() -> None:
    assert frame_rate_of((np.arange(100) / 17).tolist()) == 17.0


@pytest.mark.parametrize("times", [(), (0.0,)])
def test_too_few_frames_tell_nothing(times: tuple[float, ...]) -> None:
    assert frame_rate_of(times) is None
