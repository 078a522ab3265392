"""Every step of the grid finds the pixels of its picture, however a video is cut into runs."""

from __future__ import annotations

import os
import sys
import threading
from bisect import bisect_right
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embed.artifacts.tracks import UInt8
from services.embed.engines.local.network import Described, Network
from services.embed.engines.local.parts import VISUAL
from services.embed.engines.local.segments import SegmentGrid
from services.embed.engines.local.visual_embedder import FrameSample, FrameSampler
from tests.fixtures.encoding import Encoding, encode
from tests.unit.embed.engines.local.embedding import embed

GRID = SegmentGrid(2.0)


def samples(times: list[float], starts: list[int]) -> list[tuple[float, FrameSample]]:
    """What is kept of pictures at these times, in runs that start with these pictures."""
    sampler = FrameSampler(GRID)
    seen: list[tuple[float, FrameSample]] = []
    for first, end in pairwise([0, *starts, len(times)]):
        pictures = ((time, av.VideoFrame(32, 32, "yuv420p")) for time in times[first:end])
        seen += sampler.reduce(pictures)
    return seen


@settings(max_examples=40, deadline=None)
@given(
    times=st.lists(st.integers(0, 400), min_size=1, max_size=60, unique=True).map(
        lambda hundredths: [n / 25 for n in sorted(hundredths)]
    ),
    data=st.data(),
)
def test_the_picture_of_each_step_keeps_its_pixels(times: list[float], data: st.DataObject) -> None:
    starts = data.draw(st.sets(st.integers(1, max(len(times) - 1, 1)), max_size=4))
    runs = sorted(start for start in starts if start < len(times))
    seen = samples(times, runs)
    assert [time for time, _ in seen] == times
    needed = set()
    for step in range(40):
        on_screen = max(bisect_right(times, GRID.sample_time(step)) - 1, 0)
        needed.add(on_screen)
        assert seen[on_screen][1].pixels is not None
    kept = sum(sample.pixels is not None for _, sample in seen)
    assert kept <= len(needed) + 2 * (len(runs) + 1)


@pytest.mark.skipif(sys.platform != "linux", reason="Threads have priorities of their own on Linux")
def test_every_other_thread_goes_before_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    niceness: set[int] = set()
    describe = Network.describe

    def watched(network: Network, pictures: UInt8) -> Described:
        niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return describe(network, pictures)

    monkeypatch.setattr(Network, "describe", watched)
    path = tmp_path / "card.mkv"
    card = np.full((90, 160, 3), 90, np.uint8)
    encode(path, [card] * 25, 25, None, Encoding(video_codec="ffv1", crf=None))
    embed(path)
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert niceness == {19} != {own}


def test_a_still_picture_is_described_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = 0
    describe = Network.describe

    def counted(network: Network, pictures: UInt8) -> Described:
        nonlocal described
        described += len(pictures)
        return describe(network, pictures)

    monkeypatch.setattr(Network, "describe", counted)
    card = np.full((90, 160, 3), 90, np.uint8)
    other = np.full((90, 160, 3), (200, 40, 60), np.uint8)
    pictures = [card] * 120 + [other] * 80  # 4.8 s and 3.2 s
    path = tmp_path / "cards.mkv"
    encode(path, pictures, 25, None, Encoding(video_codec="ffv1", crf=None))
    track = embed(path).tracks[VISUAL]
    assert described == 2
    assert track.fine is not None
    steps = track.fine.vectors.astype(np.float32)
    np.testing.assert_array_equal(steps[:10], np.repeat(steps[:1], 10, axis=0))
    np.testing.assert_array_equal(steps[10:], np.repeat(steps[-1:], 6, axis=0))
    assert float(steps[0] @ steps[-1]) < 0.9
