"""Decoded sound as one continuous signal: 16 kHz, mono, from time zero, without gaps.

Samples are placed by their time stamps. Counting them would shift everything behind a gap in the
recording, and with it every comparison.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from services.embed.artifacts.channel_levels import ChannelMeter
from services.embed.artifacts.spectra import SAMPLE_RATE
from services.embed.artifacts.tracks import Float32

# Encoders round their stamps; less than this is no gap.
_TOLERANCE_SECONDS = 0.02
# Full scale is 1; beyond this is no sound.
_LOUDEST = 8.0
# How much sound is resampled at once: each time costs as much as a tenth of a second of sound.
_AT_ONCE_SECONDS = 0.5


class Soundtrack:
    """Feed it the decoded sound in order; it answers with the signal's next samples.

    meter: gets the same sound with all its channels. The generators must be used up before the next
    call.
    """

    def __init__(self, meter: ChannelMeter | None = None) -> None:
        self._meter = meter
        self._run: _Run | None = None
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
        run = self._run
        if run is None or abs(time - self._expected) > _TOLERANCE_SECONDS or not run.takes(frame):
            yield from self.finish()
            yield from self.silence_until(time)
            self._overlap = max(self._given - round(time * SAMPLE_RATE), 0)
            self._expected = time
            run = self._run = _Run(frame, self._meter)
            if self._meter is not None:
                self._meter.begin(time, frame.sample_rate)
        self._expected += frame.samples / frame.sample_rate
        for samples in run.add(frame):
            yield from self._give(samples)

    def silence_until(self, time: float) -> Iterator[Float32]:
        """Silence from where the signal is to `time`, in pieces of at most a second."""
        while (missing := round(time * SAMPLE_RATE) - self._given) > 0:
            yield from self._give(np.zeros(min(missing, SAMPLE_RATE), np.float32))

    def finish(self) -> Iterator[Float32]:
        """The samples still held back."""
        if self._run is not None:
            run, self._run = self._run, None
            for samples in run.finish():
                yield from self._give(samples)

    def _give(self, samples: Float32) -> Iterator[Float32]:
        left_out = min(self._overlap, len(samples))
        self._overlap -= left_out
        if left_out < len(samples):
            self._given += len(samples) - left_out
            yield samples[left_out:]


class _Run:
    """Sound without a gap, all of it in the form of its first piece."""

    def __init__(self, first: AudioFrame, meter: ChannelMeter | None) -> None:
        self._meter = meter
        self._form = _form(first)
        self._worthwhile = round(_AT_ONCE_SECONDS * first.sample_rate)
        self._waiting = AudioFifo()
        self._resampler = AudioResampler("fltp", "mono", SAMPLE_RATE)

    def takes(self, frame: AudioFrame) -> bool:
        """Streams may change their form, as broadcasts do between stereo and surround sound."""
        return _form(frame) == self._form

    def add(self, frame: AudioFrame) -> Iterator[Float32]:
        # Its place is known; stamps that are off by a little would be refused.
        frame.pts = None
        self._waiting.write(frame)
        if self._waiting.samples >= self._worthwhile:
            yield from self._resampled(self._waiting.read())

    def finish(self) -> Iterator[Float32]:
        if self._waiting.samples:
            yield from self._resampled(self._waiting.read())
        yield from self._resampled(None)

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Float32]:
        if frame is not None:
            if self._meter is not None:
                self._meter.add(frame)
            frame.pts = None
        for piece in self._resampler.resample(frame):
            # Files of floating-point samples may hold anything.
            samples = np.nan_to_num(piece.to_ndarray()[0], posinf=_LOUDEST, neginf=-_LOUDEST)
            yield np.clip(samples, -_LOUDEST, _LOUDEST)


def _form(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
