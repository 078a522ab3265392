"""Turns the spectra of a video's sound into its audio vectors, segment by segment."""

from __future__ import annotations

import numpy as np

from services.embed.artifacts.spectra import HOP_SECONDS, Spectra, silent_spectra
from services.embed.engines.local.audio_vectors import audio_vectors
from services.embed.engines.local.parts import GivePart, Part, TrackTimes, rows
from services.embed.engines.local.segments import SegmentGrid


class AudioEmbedder:
    """Takes all spectra in order and gives the vectors of the segments that they complete."""

    def __init__(self, grid: SegmentGrid, give: GivePart) -> None:
        self._grid = grid
        self._give = give
        self._waiting = silent_spectra(0)
        self._segments = 0

    def add(self, spectra: Spectra) -> None:
        """Takes the next hops, any number; a segment is given away once it is complete."""
        self._waiting = _joined(self._waiting, spectra)
        while len(self._waiting.bands) >= (hops := self._hops(self._segments)):
            self._describe(_part(self._waiting, 0, hops))
            self._waiting = _part(self._waiting, hops, None)

    def finish(self, end: float) -> TrackTimes:
        """Give the rest of a sound that ends at `end`, up to where its spectra have come."""
        starts, ends = self._grid.segments(end)
        if self._segments < len(starts):
            missing = self._hops(self._segments) - len(self._waiting.bands)
            self._describe(_joined(self._waiting, silent_spectra(missing)))
        fine_starts, fine_ends = self._grid.steps(end)
        return TrackTimes(starts=starts, ends=ends, fine_starts=fine_starts, fine_ends=fine_ends)

    def _hops(self, segment: int) -> int:
        """How many hops a segment has; rounding must not add up over the segments."""
        start, end = (round(i * self._grid.duration / HOP_SECONDS) for i in (segment, segment + 1))
        return end - start

    def _describe(self, spectra: Spectra) -> None:
        described = audio_vectors(spectra)
        self._give(Part.AUDIO, rows(Part.AUDIO, described.whole))
        self._give(Part.AUDIO_FINE, rows(Part.AUDIO_FINE, described.blocks))
        self._segments += 1


def _joined(first: Spectra, second: Spectra) -> Spectra:
    return Spectra(
        np.concatenate([first.bands, second.bands]), np.concatenate([first.pitch, second.pitch])
    )


def _part(spectra: Spectra, first: int, last: int | None) -> Spectra:
    return Spectra(spectra.bands[first:last], spectra.pitch[first:last])
