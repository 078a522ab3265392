"""All sound tracks of a video, heard for its frame track."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import partial

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from services.embed.artifacts.channel_levels import ChannelMeter, channel_names
from services.embed.artifacts.sound_analysis import SoundAnalysis
from services.embed.artifacts.spectra import Spectra, sound_levels
from services.embed.artifacts.stored_forms import FrameTrackEncoder
from services.embed.artifacts.tracks import MediaFacts, SoundTrack
from services.mediakit.container import OpenMedia
from services.mediakit.further_sound import FurtherSound

# The main track among those that are heard.
MAIN = 0
# Names are for people; files may hold anything.
_LONGEST_NAME = 80
_MOST_LISTED = 64
_UNKNOWN_LANGUAGE = "und"


class Listening:
    """Gives the encoder what a frame track keeps of every sound track.

    Its generators must be used up before the next call; what they yield is the number of the track,
    MAIN or from 1 on, and its spectra.
    """

    def __init__(self, media: OpenMedia, encoder: FrameTrackEncoder) -> None:
        self._encoder = encoder
        self._listed = list(media.container.streams.audio)
        self._streams = [] if media.audio is None else [media.audio, *media.further]
        self._analyses = [
            SoundAnalysis(
                ChannelMeter(
                    channel_names(stream.layout), partial(encoder.add_channels, track=track)
                )
            )
            for track, stream in enumerate(self._streams)
        ]
        self._heard = [False] * len(self._streams)

    def hear(self, time: float, sensed: AudioFrame | FurtherSound) -> Iterator[tuple[int, Spectra]]:
        """What becomes known with a piece of sound stamped `time`."""
        if isinstance(sensed, FurtherSound):
            track, frame = sensed.track + 1, sensed.frame
        else:
            track, frame = MAIN, sensed
        self._heard[track] = True
        yield from self._kept(track, self._analyses[track].hear(time, frame))

    def finish(self, end: float) -> Iterator[tuple[int, Spectra]]:
        """The rest of the main sound, which lasts until `end` at least, and of others."""
        for track, analysis in enumerate(self._analyses):
            if track == MAIN or self._heard[track]:
                yield from self._kept(track, analysis.finish(end))

    def facts(self, picture_end: float) -> MediaFacts:
        """picture_end: in seconds."""
        order = [stream.index for stream in self._streams]
        heard = {index for index, heard in zip(order, self._heard, strict=True) if heard}
        rest = [stream for stream in self._listed if stream.index not in order]
        numbers = {stream.index: number + 1 for number, stream in enumerate(self._listed)}
        return MediaFacts(
            picture_end=picture_end,
            sound_tracks=tuple(
                _described(stream, numbers[stream.index], stream.index in heard)
                for stream in [*self._streams, *rest][:_MOST_LISTED]
            ),
        )

    def _kept(self, track: int, all_spectra: Iterator[Spectra]) -> Iterator[tuple[int, Spectra]]:
        for spectra in all_spectra:
            self._encoder.add_sound(sound_levels(spectra), track)
            yield track, spectra


def _described(stream: AudioStream, number: int, heard: bool) -> SoundTrack:
    language = _name(stream.metadata.get("language", ""))
    decodable = stream.codec_context is not None
    return SoundTrack(
        number=number,
        language="" if language == _UNKNOWN_LANGUAGE else language,
        title=_name(stream.metadata.get("title", "")),
        layout=stream.layout.name if decodable else "",
        channels=channel_names(stream.layout) if decodable else (),
        heard=heard,
    )


def _name(text: str) -> str:
    printable = "".join(c for c in text if not unicodedata.category(c).startswith("C"))
    return printable.strip()[:_LONGEST_NAME]
