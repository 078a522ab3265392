"""Decoded sound as one continuous signal: 16 kHz, mono, from time zero, without gaps.

Samples are placed by their time stamps. Counting them would shift everything behind a gap in the
recording, and with it every comparison.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from services.embed.tracks import Float32

SAMPLE_RATE = 16_000
# Encoders round their stamps; less than this is no gap.
_TOLERANCE_SECONDS = 0.02
# The length of the pieces that the resampler gives out; few large ones cost less than many.
_PIECE_SAMPLES = SAMPLE_RATE // 4


class Soundtrack:
    """Feed it the decoded sound in order; it answers with the signal's next samples.

    Its generators must be used up before the next call.
    """

    def __init__(self) -> None:
        self._resampler: AudioResampler | None = None
        # Where the next piece of sound belongs, in seconds.
        self._expected = 0.0
        # How many samples were given out, and how many to leave out before the next one.
        self._given = 0
        self._overlap = 0

    @property
    def seconds(self) -> float:
        """How much of the signal has been given out."""
        return self._given / SAMPLE_RATE

    def add(self, time: float, frame: AudioFrame) -> Iterator[Float32]:
        """The samples that become known with a piece of sound stamped `time`."""
        if self._resampler is None or abs(time - self._expected) > _TOLERANCE_SECONDS:
            yield from self.finish()
            yield from self.silence_until(time)
            self._overlap = max(self._given - round(time * SAMPLE_RATE), 0)
            self._expected = time
            self._resampler = AudioResampler("fltp", "mono", SAMPLE_RATE, _PIECE_SAMPLES)
        self._expected += frame.samples / frame.sample_rate
        for piece in self._resampler.resample(frame):
            yield from self._give(piece.to_ndarray()[0])

    def silence_until(self, time: float) -> Iterator[Float32]:
        """Silence from where the signal is to `time`, in pieces of at most a second."""
        while (missing := round(time * SAMPLE_RATE) - self._given) > 0:
            yield from self._give(np.zeros(min(missing, SAMPLE_RATE), np.float32))

    def finish(self) -> Iterator[Float32]:
        """The samples still held back."""
        if self._resampler is not None:
            held = self._resampler.resample(None)
            self._resampler = None
            for piece in held:
                yield from self._give(piece.to_ndarray()[0])

    def _give(self, samples: Float32) -> Iterator[Float32]:
        left_out = min(self._overlap, len(samples))
        self._overlap -= left_out
        if left_out < len(samples):
            self._given += len(samples) - left_out
            yield samples[left_out:]
