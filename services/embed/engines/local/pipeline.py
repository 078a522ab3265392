"""One decode of a video for everything: visual and audio vectors, frame track and detail track.

Pictures are decoded and reduced on several threads (services/mediakit/parallel_decode.py); the
network runs on another over small batches of sampled ones; the calling thread analyses the sound
and puts it all in order. What is finished is given away at once, so memory doesn't grow with the
video.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from functools import partial

from services.embed.artifacts.detail_track import DetailTrackEncoder
from services.embed.artifacts.frame_track import Cancelled, OnProgress, Progress, until_cancelled
from services.embed.artifacts.listening import MAIN, Listening
from services.embed.artifacts.spectra import Spectra
from services.embed.artifacts.stored_forms import FrameTrackEncoder
from services.embed.engines.local.audio_embedder import AudioEmbedder
from services.embed.engines.local.parts import AUDIO, VISUAL, GivePart, Outline, Part, TrackTimes
from services.embed.engines.local.segments import SegmentGrid
from services.embed.engines.local.visual_embedder import FrameSample, FrameSampler, VisualEmbedder
from services.mediakit.container import OpenMedia, Source, open_media
from services.mediakit.decoding import Decoded, ensure_complete
from services.mediakit.parallel_decode import decode_in_parallel


def embed_video(
    source: Source,
    *,
    segment_duration: float = 2.0,
    modalities: Collection[str] = (VISUAL, AUDIO),
    on_progress: OnProgress,
    cancelled: Cancelled,
    give: GivePart,
) -> Outline:
    """Embed a video in segments of `segment_duration` seconds; the last one may be short.

    give: takes what the embedding is made of, as it is made (see parts.py). Raises MediaError, also
    for a video of which only a part can be read, and Cancellation soon after `cancelled()` has
    become true. Errors of the source's reads pass through.
    """
    with open_media(source) as media:
        return _embed(media, segment_duration, modalities, on_progress, cancelled, give)


def _embed(
    media: OpenMedia,
    segment_duration: float,
    modalities: Collection[str],
    on_progress: OnProgress,
    cancelled: Cancelled,
    give: GivePart,
) -> Outline:
    grid = SegmentGrid(segment_duration)
    seen = Decoded()
    progress = Progress(media, on_progress)
    encoder = FrameTrackEncoder(partial(give, Part.FRAMES))
    detail = DetailTrackEncoder(partial(give, Part.DETAIL))
    listening = Listening(media, encoder)
    audio = AudioEmbedder(grid, give) if AUDIO in modalities and media.audio is not None else None

    def heard(all_spectra: Iterator[tuple[int, Spectra]]) -> None:
        for track, spectra in until_cancelled(all_spectra, cancelled):
            if track == MAIN and audio is not None:
                audio.add(spectra)

    passing = decode_in_parallel(media, seen, lambda: FrameSampler(grid).reduce)
    with closing(passing), VisualEmbedder(grid, give) as visual:
        for time, sensed in until_cancelled(passing, cancelled):
            if isinstance(sensed, FrameSample):
                encoder.add(time, sensed.fingerprint)
                detail.show(time, sensed.detail)
                if VISUAL in modalities:
                    visual.show(time, sensed)
                progress.at(time)
            else:
                heard(listening.hear(time, sensed))
        ensure_complete(media, seen)
        duration = media.presentation_end(seen.picture_end, seen.sound_end, seen.further_end)
        tracks: dict[str, TrackTimes] = {}
        if VISUAL in modalities:
            tracks[VISUAL] = visual.finish(duration)
    heard(listening.finish(duration))
    if audio is not None:
        tracks[AUDIO] = audio.finish(duration)
    on_progress(1.0, duration)
    return Outline(
        tracks=tracks,
        frame_track_head=encoder.finish(duration, listening.facts(seen.picture_end)),
        detail_track_head=detail.finish(duration),
        frame_count=seen.pictures,
        duration=duration,
        damaged=seen.damaged,
    )
