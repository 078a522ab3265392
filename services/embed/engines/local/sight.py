"""Samples the pictures of a video and turns them into its visual vectors."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from services.embed.engines.local.network import PICTURE_SIDE, Described, Network
from services.embed.engines.local.segments import STEPS_A_SEGMENT, SegmentGrid
from services.embed.engines.local.visual import VisualSamples, visual_vectors
from services.embed.tracks import Float32, UInt8, VectorTrack

_BATCH = 8
# Batches that may wait for the network before decoding waits for it too.
_WAITING_BATCHES = 2


class Sight:
    """Shown every picture in order, keeps one sample for each step of the grid.

    A step's sample is the picture on the screen at its middle, by time stamps: a long-lasting
    picture stands for several steps and is described once.
    """

    def __init__(self, grid: SegmentGrid) -> None:
        self._grid = grid
        self._network = Network()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="network")
        self._scaler = VideoReformatter()
        self._on_screen: tuple[VideoFrame, UInt8] | None = None
        # For each step, which of the described pictures stands for it.
        self._sample_of_step: list[int] = []
        self._on_screen_sample: int | None = None
        self._pictures: list[UInt8] = []
        self._colours: list[UInt8] = []
        self._running: deque[Future[Described]] = deque()
        self._semantic: list[Float32] = []
        self._cells: list[Float32] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def show(self, time: float, frame: VideoFrame, fingerprint: UInt8) -> None:
        """The picture that is on the screen from `time` on."""
        self._sample_until(time)
        self._on_screen = (frame, fingerprint)
        self._on_screen_sample = None

    def track(self, end: float) -> VectorTrack:
        """All vectors, after the last picture; `end` is when it stops being shown."""
        self._sample_until(end)
        starts, ends = self._grid.steps(end)
        while len(self._sample_of_step) < len(starts):
            self._sample()  # a last step that is too short to reach its middle
        self._send()
        while self._running:
            self._collect()
        chosen = np.array(self._sample_of_step[: len(starts)])
        samples = VisualSamples(
            semantic=np.concatenate(self._semantic)[chosen].astype(np.float32),
            grid=np.concatenate(self._cells)[chosen].astype(np.float32),
            colours=np.stack(self._colours)[chosen],
        )
        segment_starts, segment_ends = self._grid.segments(end)
        first = np.arange(len(segment_starts)) * STEPS_A_SEGMENT
        counts = np.diff(np.append(first, len(starts)))
        return VectorTrack(
            vectors=visual_vectors(samples, counts),
            starts=segment_starts,
            ends=segment_ends,
            fine=VectorTrack(
                vectors=visual_vectors(samples, np.ones(len(starts), np.int64)),
                starts=starts,
                ends=ends,
            ),
        )

    def _sample_until(self, time: float) -> None:
        """Sample the picture on the screen for every step whose middle lies before `time`."""
        if self._on_screen is None:
            return  # the first picture also stands for what comes before it
        while self._grid.sample_time(len(self._sample_of_step)) < time:
            self._sample()

    def _sample(self) -> None:
        if self._on_screen_sample is None:
            assert self._on_screen is not None
            frame, fingerprint = self._on_screen
            self._on_screen_sample = len(self._colours)
            self._colours.append(fingerprint)
            self._pictures.append(self._picture(frame))
            if len(self._pictures) == _BATCH:
                self._send()
        self._sample_of_step.append(self._on_screen_sample)

    def _picture(self, frame: VideoFrame) -> UInt8:
        small = self._scaler.reformat(
            frame, PICTURE_SIDE, PICTURE_SIDE, "rgb24", interpolation="AREA", threads=1
        )
        pixels: UInt8 = small.to_ndarray()
        return np.rot90(pixels, frame.rotation // 90) if frame.rotation else pixels

    def _send(self) -> None:
        if self._pictures:
            batch = np.stack(self._pictures)
            self._pictures.clear()
            self._running.append(self._thread.submit(self._network.describe, batch))
        while len(self._running) > _WAITING_BATCHES:
            self._collect()

    def _collect(self) -> None:
        described = self._running.popleft().result()
        # Half floats are far finer than coding noise and keep hours of samples small.
        self._semantic.append(described.semantic.astype(np.float16))
        self._cells.append(described.grid.astype(np.float16))
