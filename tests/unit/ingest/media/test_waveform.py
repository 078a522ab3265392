from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.media.waveform import add_peaks, make_waveform
from services.mediakit.errors import MediaError
from tests.fixtures import clips


@given(
    samples=st.lists(st.floats(0, 1, width=32), max_size=200),
    first=st.floats(-3, 6),
    per_step=st.floats(0.5, 50),
)
@settings(deadline=None)
def test_a_peak_is_the_loudest_sample_of_its_stretch(
    samples: list[float], first: float, per_step: float
) -> None:
    expected = np.zeros(5, np.float32)
    for number, sample in enumerate(samples):
        place = int(np.floor(first + number / per_step))
        if 0 <= place < 5:
            expected[place] = max(expected[place], sample)
    peaks = np.zeros(5, np.float32)
    add_peaks(peaks, np.array(samples, np.float32), first, per_step)
    assert peaks.tolist() == expected.tolist()


def test_silence_shows_where_it_is(tmp_path: Path) -> None:
    edit = clips.change_sound((clips.Piece("street", 0.0, 4.0),), 1.0, 3.0)
    path = clips.write(tmp_path / "a.mp4", edit.pieces)
    with path.open("rb") as file:
        waveform = make_waveform(file, start=0.0, end=4.0, count=8)
    assert waveform.step_seconds == 0.5
    loud = [waveform.peaks[number] for number in (0, 1, 6, 7)]
    # Coding smears sound a little over the edges, so only the inner stretches are silent.
    assert max(waveform.peaks[3:5]) < min(loud) / 10
    assert max(waveform.peaks) <= 1.0


def test_a_stretch_is_what_the_whole_has_there(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "a.mp4", (clips.Piece("street", 0.0, 6.0),))
    with path.open("rb") as file:
        whole = make_waveform(file, start=0.0, end=6.0, count=60)
    with path.open("rb") as file:
        stretch = make_waveform(file, start=3.0, end=4.0, count=10)
    assert stretch.step_seconds == pytest.approx(0.1)
    assert stretch.peaks == pytest.approx(whole.peaks[30:40], abs=0.02)


def test_a_file_without_sound_has_no_waveform(tmp_path: Path) -> None:
    path = clips.write(tmp_path / "a.mp4", clips.REEL[1:2], sound=False)
    with path.open("rb") as file, pytest.raises(MediaError):
        make_waveform(file, start=0.0, end=4.0, count=8)
