"""The sound as one stereo track without gaps, by its stamps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # (2, n)

RATE = 48_000
# Containers round; only what can be heard is put right.
_HEARD_SECONDS = 0.04
_PIECE_SECONDS = 1
_LOUDEST = 1.0


class StereoSound:
    """Mixes sound to two channels, with silence where none is stamped.

    Its first sample is the timeline's zero. What is stamped before that, or before the end of what
    was given out already, is left out.
    """

    def __init__(self) -> None:
        self._given = 0
        # Samples still to leave out, since they overlap with what was given.
        self._overlap = 0
        self._form: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None

    def add(self, time: float, frame: AudioFrame) -> Iterator[Samples]:
        """time: when the piece begins, in seconds."""
        form = frame.format.name, frame.layout.name, frame.sample_rate
        if form != self._form:
            begins = self._form is None
            yield from self.finish()
            self._form, self._resampler = form, AudioResampler("fltp", "stereo", RATE)
            yield from self._place(time, tolerance=0 if begins else _tolerance())
        else:
            yield from self._place(time, tolerance=_tolerance())
        # Its place is known; stamps that are off by a little would be refused.
        frame.pts = None
        yield from self._resampled(frame)

    def finish(self) -> Iterator[Samples]:
        """The samples still held back."""
        if self._resampler is not None:
            yield from self._resampled(None)
            self._resampler = None

    def _place(self, time: float, *, tolerance: int) -> Iterator[Samples]:
        missing = round(time * RATE) - self._given
        if missing > tolerance:
            while missing > 0:
                silence = min(missing, _PIECE_SECONDS * RATE)
                missing -= silence
                self._given += silence
                yield np.zeros((2, silence), np.float32)
        self._overlap = -missing if missing < -tolerance else 0

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Samples]:
        if self._resampler is None:
            return
        for piece in self._resampler.resample(frame):
            # Files of floating-point samples may hold anything.
            samples = np.nan_to_num(piece.to_ndarray(), posinf=_LOUDEST, neginf=-_LOUDEST)
            left_out = min(self._overlap, samples.shape[1])
            self._overlap -= left_out
            if left_out < samples.shape[1]:
                self._given += samples.shape[1] - left_out
                yield np.clip(samples[:, left_out:], -_LOUDEST, _LOUDEST)


def _tolerance() -> int:
    return round(_HEARD_SECONDS * RATE)
