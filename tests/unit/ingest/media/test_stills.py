"""Pictures at given times, to the frame."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.ingest.media.stills import make_stills
from services.ingest.ports import Still
from services.mediakit.errors import MediaError
from tests.fixtures.media import ClipLibrary


def stills_of(path: Path, *times: float, height: int = 90) -> list[Still]:
    with path.open("rb") as file:
        return make_stills(file, times=times, height=height)


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    with av.open(io.BytesIO(jpeg), "r") as picture:
        (frame,) = picture.decode(video=0)
        return frame.to_ndarray(format="rgb24").astype(np.uint8)


def shown(path: Path, number: int) -> NDArray[np.uint8]:
    with av.open(str(path)) as video:
        for at, frame in enumerate(video.decode(video=0)):
            if at == number and isinstance(frame, VideoFrame):
                small = frame.reformat(160, 90, format="rgb24", interpolation="AREA")
                return small.to_ndarray().astype(np.uint8)
    raise LookupError(number)


def test_a_still_is_the_frame_that_is_shown_then(reel: Path) -> None:
    for number in (0, 1, 49, 50, 213, 349):
        (still,) = stills_of(reel, (number + 0.5) / 25)
        assert still.time == pytest.approx(number / 25, abs=1e-3)
        assert (still.width, still.height) == (160, 90)
        off = np.abs(decoded(still.jpeg).astype(int) - shown(reel, number).astype(int)).mean()
        assert off < 6


def test_a_time_that_files_round_down_is_its_own_frame(reel: Path) -> None:
    (still,) = stills_of(reel, 0.9999 * 3)
    assert still.time == pytest.approx(3.0, abs=1e-3)


@settings(deadline=None, max_examples=10)
@given(times=st.lists(st.floats(0, 16), min_size=1, max_size=12))
def test_stills_come_in_the_order_in_which_they_were_asked_for(
    reel_of_all: Path, times: list[float]
) -> None:
    stills = stills_of(reel_of_all, *times)
    assert len(stills) == len(times)
    for still, time in zip(stills, times, strict=True):
        last = 349 / 25
        assert -0.003 < min(time, last) - still.time < 0.041 or time > last


@pytest.fixture(scope="module")
def reel_of_all(clip_library: ClipLibrary) -> Path:
    return clip_library.get("reel.mp4")


@pytest.mark.parametrize("name", ["reel.mkv", "reel.webm", "reel.ts"])
def test_every_container_can_be_jumped_in(clip_library: ClipLibrary, name: str) -> None:
    path = clip_library.get(name)
    times = (0.02, 5.02, 13.9, 7.02, 7.06)
    found = [still.time for still in stills_of(path, *times)]
    assert found == pytest.approx([time - 0.02 for time in times], abs=0.03)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    with pytest.raises(MediaError):
        stills_of(broken, 1.0)
