from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from services.ingest.media.proxy.sound import RATE, StereoSound


def piece(seconds: float, *, rate: int = RATE, layout: str = "stereo") -> AudioFrame:
    """Full, steady sound."""
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    samples = np.full((channels, round(seconds * rate)), 0.5, np.float32)
    frame = AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    return frame


def heard(*stamped: tuple[float, AudioFrame]) -> NDArray[np.float32]:
    """The whole track, (2, n)."""
    sound = StereoSound()
    pieces = [samples for time, frame in stamped for samples in sound.add(time, frame)]
    return np.concatenate([*pieces, *sound.finish()], axis=1)


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_any_number_of_channels_becomes_two(layout: str) -> None:
    track = heard((0.0, piece(0.1, layout=layout)))
    assert track.shape == (2, 4800)
    assert track.min() > 0.2


def test_a_gap_is_silence_of_its_length() -> None:
    track = heard((0.0, piece(0.1)), (2.1, piece(0.1)))
    assert track.shape[1] == round(2.2 * RATE)
    assert not track[:, 4800 : round(2.1 * RATE)].any()
    assert track[:, round(2.1 * RATE) :].all()


def test_sound_that_begins_late_or_early_stays_in_its_place() -> None:
    assert not heard((0.5, piece(0.1)))[:, : RATE // 2].any()
    assert heard((-0.03, piece(0.1))).shape[1] == round(0.07 * RATE)


def test_what_overlaps_is_heard_once() -> None:
    assert heard((0.0, piece(1.0)), (0.5, piece(1.0))).shape[1] == round(1.5 * RATE)


def test_stamps_that_are_off_by_little_make_no_clicks() -> None:
    track = heard((0.0, piece(0.1)), (0.101, piece(0.1)), (0.199, piece(0.1)))
    assert track.shape[1] == round(0.3 * RATE)
    assert track.all()


def test_the_form_may_change_on_the_way() -> None:
    """Broadcasts change between stereo and surround sound."""
    track = heard((0.0, piece(0.2)), (0.2, piece(0.2, rate=44_100, layout="5.1")))
    assert track.shape[1] == pytest.approx(0.4 * RATE, abs=40)
