"""Decoded sound in, the spectra of one continuous signal out."""

from __future__ import annotations

from collections.abc import Iterator

from av.audio.frame import AudioFrame

from services.embed.artifacts.channel_levels import ChannelMeter
from services.embed.artifacts.sound_track import Soundtrack
from services.embed.artifacts.spectra import Spectra, Spectrograph


class SoundAnalysis:
    """Hears every piece of one sound track in order.

    meter: gets the same sound with all its channels. The generators must be used up before the next
    call.
    """

    def __init__(self, meter: ChannelMeter) -> None:
        self._meter = meter
        self._soundtrack = Soundtrack(meter)
        self._spectrograph = Spectrograph()

    def hear(self, time: float, frame: AudioFrame) -> Iterator[Spectra]:
        """The spectra that become known with a piece of sound stamped `time`."""
        for samples in self._soundtrack.add(time, frame):
            yield from self._spectrograph.add(samples)

    def finish(self, end: float) -> Iterator[Spectra]:
        """The rest of a sound that ends at `end`: silence is added where it ends earlier."""
        for samples in self._soundtrack.finish():
            yield from self._spectrograph.add(samples)
        for samples in self._soundtrack.silence_until(end):
            yield from self._spectrograph.add(samples)
        yield from self._spectrograph.finish()
        self._meter.finish(max(end, self._soundtrack.seconds))
