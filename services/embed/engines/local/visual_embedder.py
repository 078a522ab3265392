"""Samples the pictures of a video and turns them into its visual vectors."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import inf
from types import TracebackType
from typing import Self

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from services.embed.artifacts.detail_pictures import DetailSampler
from services.embed.artifacts.fingerprints import Fingerprinter
from services.embed.artifacts.tracks import UInt8
from services.embed.engines.local.network import PICTURE_SIDE, Described, loaded_network
from services.embed.engines.local.parts import GivePart, Part, TrackTimes, rows
from services.embed.engines.local.segments import STEPS_A_SEGMENT, SegmentGrid
from services.embed.engines.local.visual_vectors import VisualSample, segment_vectors

# Pictures that the network takes at once. More take hardly less time each, and more memory.
_BATCH = 3
# Batches that may wait for the network before decoding waits for it too: enough to keep the cores
# at work that decoding leaves at its end.
_WAITING_BATCHES = 16
# More than one only matters at the end, when decoding leaves its cores to the network.
_NETWORK_THREADS = 2
_LEAST_PRIORITY = 19


@dataclass(frozen=True)
class FrameSample:
    """What is kept of every picture.

    fingerprint: (16, 16, 3). pixels: (112, 112, 3) RGB of one that may have to stand for a step.
    detail: luma of one that may be sampled for the detail track.
    """

    fingerprint: UInt8
    pixels: UInt8 | None
    detail: UInt8 | None


class FrameSampler:
    """Looks at runs of pictures; one instance for each thread, since it keeps its scalers."""

    def __init__(self, grid: SegmentGrid) -> None:
        self._grid = grid
        self._fingerprinter = Fingerprinter()
        self._scaler = VideoReformatter()
        self._detail = DetailSampler()

    def reduce(
        self, pictures: Iterator[tuple[float, VideoFrame]]
    ) -> Iterator[tuple[float, FrameSample]]:
        """FrameSamples of a run of pictures.

        Pixels are kept of those that are on the screen at the middle of a step. How long the last
        one stays, and whether something is shown before the first, a run can't know: of these two
        they are always kept.
        """
        self._detail.begin()
        start, shown = -inf, next(pictures, None)
        while shown is not None:
            time, frame = shown
            shown = next(pictures, None)
            end = shown[0] if shown is not None else inf
            fingerprint = self._fingerprinter.of(frame)
            pixels = self._pixels(frame) if self._grid.samples_between(start, end) else None
            detail = self._detail.of(frame, fingerprint, time, end)
            yield time, FrameSample(fingerprint, pixels, detail)
            start = end

    def _pixels(self, frame: VideoFrame) -> UInt8:
        # Fields are scaled each on its own, and their rows alternate.
        fields = 2 if frame.interlaced_frame else 1
        small = self._scaler.reformat(
            frame, PICTURE_SIDE, PICTURE_SIDE * fields, "rgb24", interpolation="AREA", threads=1
        )
        pixels = small.to_ndarray().astype(np.uint8, copy=False)
        if fields == 2:
            pairs = pixels.reshape(PICTURE_SIDE, fields, PICTURE_SIDE, 3)
            pixels = pairs.mean(axis=1).round().astype(np.uint8)
        return np.rot90(pixels, frame.rotation // 90) if frame.rotation else pixels


class VisualEmbedder:
    """Shown a sample of every picture in order, gives a vector for each step and each segment.

    A step's sample is the picture on the screen at its middle, by time stamps: a picture that
    lasts stands for several steps and is described once. The network runs on threads of its own.
    Use it as a context manager.
    """

    def __init__(self, grid: SegmentGrid, give: GivePart) -> None:
        self._grid = grid
        self._give = give
        self._threads = ThreadPoolExecutor(_NETWORK_THREADS, "network", _yield_to_others)
        self._network = self._threads.submit(loaded_network)
        self._on_screen: FrameSample | None = None
        self._steps = 0
        self._last: _Sampled | None = None
        self._batch: list[_Sampled] = []
        self._running: deque[tuple[list[_Sampled], Future[Described]]] = deque()
        # What has been seen of a segment that isn't complete.
        self._segment: list[VisualSample] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def show(self, time: float, sample: FrameSample) -> None:
        """The picture that is on the screen from `time` on."""
        self._sample_until(time)
        self._on_screen = sample

    def finish(self, end: float) -> TrackTimes:
        """Give the rest, after the last picture; `end` is when it stops being shown."""
        fine_starts, fine_ends = self._grid.steps(end)
        self._sample(len(fine_starts) - self._steps)
        self._send()
        while self._running:
            self._collect()
        if self._segment:
            self._close_segment()
        starts, ends = self._grid.segments(end)
        return TrackTimes(starts=starts, ends=ends, fine_starts=fine_starts, fine_ends=fine_ends)

    def _sample_until(self, time: float) -> None:
        """Sample the picture on the screen for every step whose middle lies before `time`."""
        if self._on_screen is None:
            return  # the first picture also stands for what comes before it
        steps = 0
        while self._grid.sample_time(self._steps + steps) < time:
            steps += 1
        self._sample(steps)

    def _sample(self, steps: int) -> None:
        if steps < 1 or self._on_screen is None:
            return
        self._steps += steps
        sampled = _Sampled(self._on_screen, steps)
        # A still picture is described once. The last sample is the last to be collected.
        if self._last is not None and self._last.shows_the_same(sampled):
            self._last.steps += steps
            return
        self._last = sampled
        self._batch.append(sampled)
        if len(self._batch) == _BATCH:
            self._send()

    def _send(self) -> None:
        if self._batch:
            pictures = np.stack([sampled.pixels for sampled in self._batch])
            for sampled, pixels in zip(self._batch, pictures, strict=True):
                sampled.pixels = pixels  # kept once only
            future = self._threads.submit(self._describe, pictures)
            self._running.append((self._batch, future))
            self._batch = []
        while len(self._running) > _WAITING_BATCHES:
            self._collect()

    def _describe(self, pictures: UInt8) -> Described:
        return self._network.result().describe(pictures)

    def _collect(self) -> None:
        batch, future = self._running.popleft()
        described = future.result()
        for number, sampled in enumerate(batch):
            sample = VisualSample(
                described.semantic[number], described.grid[number], sampled.fingerprint
            )
            for _ in range(sampled.steps):
                self._segment.append(sample)
                if len(self._segment) == STEPS_A_SEGMENT:
                    self._close_segment()

    def _close_segment(self) -> None:
        vectors = segment_vectors(self._segment)
        self._give(Part.VISUAL, rows(Part.VISUAL, vectors.whole))
        self._give(Part.VISUAL_FINE, rows(Part.VISUAL_FINE, vectors.samples))
        self._segment = []


def _yield_to_others() -> None:
    """Let every other thread go before this one, which may compute for long without being missed.

    The others need the interpreter's lock for moments only, but all of them wait for one that holds
    it and has to wait for a core.
    """
    if sys.platform == "linux":  # elsewhere a priority is the whole process's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LEAST_PRIORITY)


class _Sampled:
    """A picture on its way to the network, and for how many steps it stands."""

    def __init__(self, sample: FrameSample, steps: int) -> None:
        if sample.pixels is None:
            raise ValueError("the picture of a step must have been kept")
        self.pixels = sample.pixels
        self.fingerprint = sample.fingerprint
        self.steps = steps

    def shows_the_same(self, other: _Sampled) -> bool:
        return np.array_equal(self.fingerprint, other.fingerprint) and np.array_equal(
            self.pixels, other.pixels
        )
