"""Samples the pictures of a video and turns them into its visual vectors."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from services.embed.engines.local.network import PICTURE_SIDE, Described, Network
from services.embed.engines.local.segments import STEPS_A_SEGMENT, SegmentGrid
from services.embed.engines.local.visual import DIMENSION, VisualSample, visual_vector
from services.embed.tracks import Float32, UInt8, VectorTrack

# Pictures that the network takes at once. More take as long, and much more memory.
_BATCH = 2
# Batches that may wait for the network before decoding waits for it too.
_WAITING_BATCHES = 8


class Sight:
    """Shown every picture in order, makes a vector for each step and each segment of the grid.

    A step's sample is the picture on the screen at its middle, by time stamps: a picture that
    lasts stands for several steps and is described once. The network runs on a thread of its own.
    Use it as a context manager.
    """

    def __init__(self, grid: SegmentGrid) -> None:
        self._grid = grid
        self._network = Network()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="network")
        self._scaler = VideoReformatter()
        self._on_screen: tuple[VideoFrame, UInt8] | None = None
        self._steps = 0
        self._batch: list[_Sampled] = []
        self._running: deque[tuple[list[_Sampled], Future[Described]]] = deque()
        self._vectors = _Vectors()

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

    def track(self, end: float) -> VectorTrack:
        """All vectors, after the last picture; `end` is when it stops being shown."""
        starts, ends = self._grid.steps(end)
        self._sample(len(starts) - self._steps)
        self._send()
        while self._running:
            self._collect()
        segment_starts, segment_ends = self._grid.segments(end)
        return VectorTrack(
            vectors=self._vectors.segments(),
            starts=segment_starts,
            ends=segment_ends,
            fine=VectorTrack(vectors=self._vectors.steps(), starts=starts, ends=ends),
        )

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
        frame, fingerprint = self._on_screen
        self._steps += steps
        self._batch.append(_Sampled(self._picture(frame), fingerprint, steps))
        if len(self._batch) == _BATCH:
            self._send()

    def _picture(self, frame: VideoFrame) -> UInt8:
        small = self._scaler.reformat(
            frame, PICTURE_SIDE, PICTURE_SIDE, "rgb24", interpolation="AREA", threads=1
        )
        pixels = small.to_ndarray().astype(np.uint8, copy=False)
        return np.rot90(pixels, frame.rotation // 90) if frame.rotation else pixels

    def _send(self) -> None:
        if self._batch:
            pictures = np.stack([sampled.picture for sampled in self._batch])
            future = self._thread.submit(self._network.describe, pictures)
            self._running.append((self._batch, future))
            self._batch = []
        while len(self._running) > _WAITING_BATCHES:
            self._collect()

    def _collect(self) -> None:
        batch, future = self._running.popleft()
        described = future.result()
        for number, sampled in enumerate(batch):
            sample = VisualSample(
                described.semantic[number], described.grid[number], sampled.fingerprint
            )
            self._vectors.add(sample, sampled.steps)


class _Sampled:
    """A picture on its way to the network, and for how many steps it stands."""

    def __init__(self, picture: UInt8, fingerprint: UInt8, steps: int) -> None:
        self.picture = picture
        self.fingerprint = fingerprint
        self.steps = steps


class _Vectors:
    """Pools samples into vectors as they come, so that only finished vectors are kept.

    They are kept as bytes, which grow in place and become arrays without a copy.
    """

    def __init__(self) -> None:
        self._segment: list[VisualSample] = []
        self._segments = bytearray()
        self._steps = bytearray()

    def add(self, sample: VisualSample, steps: int) -> None:
        # Half floats are far finer than coding noise; hours of steps stay small.
        vector = visual_vector([sample]).astype(np.float16).tobytes()
        for _ in range(steps):
            self._steps += vector
            self._segment.append(sample)
            if len(self._segment) == STEPS_A_SEGMENT:
                self._close()

    def segments(self) -> Float32:
        if self._segment:
            self._close()
        return np.frombuffer(self._segments, np.float32).reshape(-1, DIMENSION)

    def steps(self) -> NDArray[np.float16]:
        return np.frombuffer(self._steps, np.float16).reshape(-1, DIMENSION)

    def _close(self) -> None:
        self._segments += visual_vector(self._segment).astype(np.float32).tobytes()
        self._segment = []
