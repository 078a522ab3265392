"""Turns the decoded sound of a video into its audio vectors, segment by segment."""

from __future__ import annotations

import numpy as np
from av.audio.frame import AudioFrame

from services.embed.engines.local.audio import audio_vectors
from services.embed.engines.local.parts import GivePart, Part, TrackTimes, rows
from services.embed.engines.local.segments import SegmentGrid
from services.embed.engines.local.soundtrack import SAMPLE_RATE, Soundtrack
from services.embed.tracks import Float32


class Hearing:
    """Hears every piece of sound in order and gives the vectors of the segments it completes."""

    def __init__(self, grid: SegmentGrid, give: GivePart) -> None:
        self._grid = grid
        self._give = give
        self._soundtrack = Soundtrack()
        self._waiting: list[Float32] = []
        self._waiting_samples = 0
        self._segments = 0

    def hear(self, time: float, frame: AudioFrame) -> None:
        for samples in self._soundtrack.add(time, frame):
            self._take(samples)

    def finish(self, end: float) -> TrackTimes:
        """Give the rest of a sound that ends at `end`: silence is added where it ends earlier."""
        for samples in self._soundtrack.finish():
            self._take(samples)
        for samples in self._soundtrack.silence_until(end):
            self._take(samples)
        starts, ends = self._grid.segments(end)
        if self._segments < len(starts):
            self._describe(np.concatenate([*self._waiting, np.zeros(0, np.float32)]))
        fine_starts, fine_ends = self._grid.steps(end)
        return TrackTimes(starts=starts, ends=ends, fine_starts=fine_starts, fine_ends=fine_ends)

    def _take(self, samples: Float32) -> None:
        self._waiting.append(samples)
        self._waiting_samples += len(samples)
        if self._waiting_samples < self._segment_samples(self._segments):
            return
        signal = np.concatenate(self._waiting)
        while len(signal) >= (wanted := self._segment_samples(self._segments)):
            self._describe(signal[:wanted])
            signal = signal[wanted:]
        self._waiting = [signal]
        self._waiting_samples = len(signal)

    def _segment_samples(self, segment: int) -> int:
        """How many samples a segment has; rounding must not add up over the segments."""
        start, end = (round(i * self._grid.duration * SAMPLE_RATE) for i in (segment, segment + 1))
        return end - start

    def _describe(self, signal: Float32) -> None:
        padded = np.zeros(self._segment_samples(self._segments), np.float32)
        padded[: len(signal)] = signal[: len(padded)]
        described = audio_vectors(padded)
        self._give(Part.AUDIO, rows(Part.AUDIO, described.whole))
        self._give(Part.AUDIO_FINE, rows(Part.AUDIO_FINE, described.blocks))
        self._segments += 1
