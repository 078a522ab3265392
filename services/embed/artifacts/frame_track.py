"""The frame track and the detail track of a video: one decode, in the forms that are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from services.embed.artifacts.detail_pictures import DetailSampler
from services.embed.artifacts.detail_track import DetailTrackEncoder
from services.embed.artifacts.fingerprints import Fingerprinter
from services.embed.artifacts.listening import Listening
from services.embed.artifacts.stored_forms import FrameTrackEncoder
from services.embed.artifacts.tracks import TrackHeads, UInt8
from services.mediakit.container import OpenMedia, Source, open_media
from services.mediakit.decode_threads import FrameReducer
from services.mediakit.decoding import Decoded, ensure_complete
from services.mediakit.further_sound import FurtherSound
from services.mediakit.parallel_decode import decode_in_parallel
from services.mediakit.sandbox.cancellation import Cancellation

T = TypeVar("T")

OnProgress = Callable[[float, float], None]
"""Called with how much is done, 0..1, and how many seconds of the video that is."""
Cancelled = Callable[[], bool]

_PROGRESS_SECONDS = 0.5


class Progress:
    """Tells the caller every half second of video how far the work has come."""

    def __init__(self, media: OpenMedia, on_progress: OnProgress) -> None:
        self._media = media
        self._on_progress = on_progress
        self._next = 0.0

    def at(self, time: float) -> None:
        """The work has come to `time`, in seconds of the timeline; calls back only now and then."""
        if time >= self._next:
            self._next = time + _PROGRESS_SECONDS
            self._on_progress(self._fraction(time), time)

    def _fraction(self, time: float) -> float:
        if self._media.announced:
            return min(time / self._media.announced, 1.0)
        # No duration is announced: how far the file has been read is the next best.
        return self._media.share_read


@dataclass(frozen=True)
class SensedFrame:
    """What is kept of a picture: its fingerprint, and its detail when it may be sampled."""

    fingerprint: UInt8
    detail: UInt8 | None


def track_frames(
    source: Source,
    on_progress: OnProgress,
    cancelled: Cancelled,
    give: Callable[[bytes], None],
    give_detail: Callable[[bytes], None],
) -> TrackHeads:
    """Decode a video for its fingerprints, the levels of its sound and its detail alone.

    give, give_detail: take each chunk of the stored forms of the two tracks. Raises MediaError,
    also for a video of which only a part can be read, and Cancellation.
    """
    with open_media(source) as media:
        seen = Decoded()
        progress = Progress(media, on_progress)
        encoder, detail = FrameTrackEncoder(give), DetailTrackEncoder(give_detail)
        listening = Listening(media, encoder)
        with closing(decode_in_parallel(media, seen, frame_reducer)) as passing:
            for time, sensed in until_cancelled(passing, cancelled):
                if isinstance(sensed, AudioFrame | FurtherSound):
                    for _ in until_cancelled(listening.hear(time, sensed), cancelled):
                        pass
                else:
                    encoder.add(time, sensed.fingerprint)
                    detail.show(time, sensed.detail)
                    progress.at(time)
        ensure_complete(media, seen)
        duration = media.presentation_end(seen.picture_end, seen.sound_end, seen.further_end)
        for _ in until_cancelled(listening.finish(duration), cancelled):
            pass
        return TrackHeads(
            encoder.finish(duration, listening.facts(seen.picture_end)), detail.finish(duration)
        )


def until_cancelled(values: Iterable[T], cancelled: Cancelled) -> Iterator[T]:
    """The values as they come; raises Cancellation instead of the first one after a cancellation.

    Sound needs this as much as pictures do: a stray stamp may make hours of silence.
    """
    for value in values:
        if cancelled():
            raise Cancellation
        yield value


def frame_reducer() -> FrameReducer[SensedFrame]:
    """A reducer that keeps the fingerprint of every picture, and the detail of some."""
    fingerprinter, sampler = Fingerprinter(), DetailSampler()

    def reduce(
        pictures: Iterator[tuple[float, VideoFrame]],
    ) -> Iterator[tuple[float, SensedFrame]]:
        sampler.begin()
        shown = next(pictures, None)
        while shown is not None:
            time, frame = shown
            shown = next(pictures, None)
            end = shown[0] if shown is not None else inf
            fingerprint = fingerprinter.of(frame)
            yield time, SensedFrame(fingerprint, sampler.of(frame, fingerprint, time, end))

    return reduce
