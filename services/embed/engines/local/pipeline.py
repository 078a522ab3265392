"""One decode of a video for everything: visual and audio vectors, and the frame track.

The calling thread decodes and takes fingerprints; the network runs on a second thread over small
batches of sampled pictures. Only reduced features are kept, so memory doesn't grow with pictures.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from av.video.frame import VideoFrame

from services.embed.artifacts import FrameTrackEncoder
from services.embed.engines.local.hearing import Hearing
from services.embed.engines.local.segments import SegmentGrid
from services.embed.engines.local.sight import Sight
from services.embed.fingerprints import Fingerprinter
from services.embed.frame_track import Cancellation, Cancelled, OnProgress, Progress
from services.embed.tracks import VectorTrack
from services.mediakit.container import OpenMedia, Source, open_media
from services.mediakit.decoding import Decoded, decode, ensure_complete

VISUAL = "visual"
AUDIO = "audio"


@dataclass(frozen=True, kw_only=True)
class LocalEmbedding:
    """The answer of the local engine.

    tracks: by modality; one that was asked for is absent when the video has no such stream.
    frame_track: in its stored form (see services/embed/artifacts.py).
    duration: when the last picture stops being shown, or a sound that clearly outlasts it, in
        seconds.
    damaged: how many pictures and packets of the file were damaged and skipped or repaired.
    """

    tracks: dict[str, VectorTrack]
    frame_track: bytes
    frame_count: int
    duration: float
    damaged: int


def embed_video(
    source: Source,
    *,
    segment_duration: float = 2.0,
    modalities: Collection[str] = (VISUAL, AUDIO),
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> LocalEmbedding:
    """Embed a video in segments of `segment_duration` seconds; the last one may be short.

    Raises MediaError, also for a video of which only a part can be read, and Cancellation soon
    after `cancelled()` has become true. Errors of the source's reads pass through.
    """
    with open_media(source) as media:
        return _embed(media, segment_duration, modalities, on_progress, cancelled)


def _embed(
    media: OpenMedia,
    segment_duration: float,
    modalities: Collection[str],
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> LocalEmbedding:
    grid = SegmentGrid(segment_duration)
    seen = Decoded()
    progress = Progress(media, on_progress)
    fingerprinter, encoder = Fingerprinter(), FrameTrackEncoder()
    hearing = Hearing(grid) if AUDIO in modalities and media.audio is not None else None
    with Sight(grid) as sight:
        for time, frame in decode(media, seen, sound=hearing is not None):
            if cancelled():
                raise Cancellation
            if isinstance(frame, VideoFrame):
                fingerprint = fingerprinter.of(frame)
                encoder.add(time, fingerprint)
                if VISUAL in modalities:
                    sight.show(time, frame, fingerprint)
                progress.at(time)
            elif hearing is not None:
                hearing.hear(time, frame)
        ensure_complete(media, seen)
        duration = media.presentation_end(seen.picture_end)
        tracks: dict[str, VectorTrack] = {}
        if VISUAL in modalities:
            tracks[VISUAL] = sight.track(duration)
    if hearing is not None:
        tracks[AUDIO] = hearing.track(duration)
    on_progress(1.0, duration)
    return LocalEmbedding(
        tracks=tracks,
        frame_track=encoder.finish(duration),
        frame_count=seen.pictures,
        duration=duration,
        damaged=seen.damaged,
    )
