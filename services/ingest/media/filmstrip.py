"""Small pictures of some times, side by side in one JPEG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import BinaryIO

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from services.ingest.media.pictures import Picture, Tiler, jpeg_of
from services.ingest.ports import Filmstrip
from services.mediakit.container import OpenMedia, open_media
from services.mediakit.decoding import Decoded, decode
from services.mediakit.errors import MediaError, MediaReason

# Pictures are exact as long as decoding them takes no more than this many pixels; else those of the
# key frames before them have to do. About forty seconds of Full HD.
_MOST_DECODED_PIXELS = 2 * 10**9
# How far a picture usually is from the key frame before it, and how much farther it may be before
# the estimate is given up.
_USUAL_SECONDS, _PATIENCE = 2.0, 3


def make_filmstrip(file: BinaryIO, *, times: Sequence[float], tile_height: int) -> Filmstrip:
    """The pictures of these times, which are in order.

    A picture's time is its own, which may be earlier than what was asked for: the picture that is
    shown then, or where that would take too long the key frame before it. Tiles are less high than
    asked when the strip would get too wide. Raises MediaError(UNDECODABLE) when there is no picture
    at all.
    """
    with open_media(file) as media:
        tiler = Tiler(len(times), tile_height)
        shown: list[float] = []
        tiles: list[Picture] = []
        for time, frame in _pictures(media, times):
            repeated = bool(shown) and shown[-1] == time
            tiles.append(tiles[-1] if repeated else tiler.tile(frame))
            shown.append(time)
    if not tiles:
        raise MediaError(MediaReason.UNDECODABLE, "None of the video's pictures could be decoded.")
    height, width = tiles[0].shape[:2]
    return Filmstrip(
        jpeg=jpeg_of(np.concatenate(tiles, axis=1)),
        tile_width=width,
        tile_height=height,
        times=[round(time, 3) for time in shown],
    )


def _pictures(media: OpenMedia, times: Sequence[float]) -> Iterator[tuple[float, VideoFrame]]:
    context = media.video.codec_context
    pixels = context.width * context.height
    most = _MOST_DECODED_PIXELS // max(pixels, 1)
    gaps = [later - sooner for sooner, later in pairwise((-_USUAL_SECONDS, *times))]
    seconds = sum(min(gap, _USUAL_SECONDS) for gap in gaps)
    if seconds * (media.nominal_rate or 25.0) > most:
        yield from _key_frames(media, times)
        return
    count = 0
    for picture in _exact(media, times, _PATIENCE * most):
        yield picture
        count += 1
    yield from _key_frames(media, times[count:])


def _exact(
    media: OpenMedia, times: Sequence[float], most: int
) -> Iterator[tuple[float, VideoFrame]]:
    """For each time the picture that is shown then, by decoding on from the key frame before it.

    Ends early once `most` pictures were decoded.
    """
    decoded = 0
    pictures: Iterator[tuple[float, VideoFrame]] = iter(())
    shown: tuple[float, VideoFrame] | None = None
    coming: tuple[float, VideoFrame] | None = None
    for due in times:
        if shown is None or (coming is not None and due - coming[0] > _USUAL_SECONDS):
            pictures = _decoded_from(media, due)
            shown, coming = None, next(pictures, None)
        while coming is not None and (shown is None or coming[0] <= due):
            if decoded > most:
                return
            shown, coming = coming, next(pictures, None)
            decoded += 1
        if shown is not None:
            yield shown


def _decoded_from(media: OpenMedia, due: float) -> Iterator[tuple[float, VideoFrame]]:
    """The pictures from the key frame before `due` on."""
    unit = media.video.time_base
    if unit is not None and due > 0:
        with suppress(FFmpegError):  # what cannot be jumped in is read from where it stands
            media.container.seek(
                int((due + media.origin) / unit), stream=media.video, backward=True
            )
    for time, frame in decode(media, Decoded(), sound=False):
        if isinstance(frame, VideoFrame):
            yield time, frame


def _key_frames(media: OpenMedia, grid: Sequence[float]) -> Iterator[tuple[float, VideoFrame]]:
    """For each time of the grid the key frame before it, by jumping there."""
    if not grid:
        return
    if not media.video.codec_context.is_open:
        # Threads that each take a frame would hold the one that is wanted back.
        media.video.thread_type = "SLICE"
    shown: tuple[float, VideoFrame] | None = None
    skipped = 0
    for due in grid:
        found = _key_frame_before(media, due, shown)
        if found is None and shown is None:
            skipped += 1
            continue
        shown = found or shown
        if shown is not None:
            for _ in range(skipped + 1):
                yield shown
            skipped = 0


def _key_frame_before(
    media: OpenMedia, due: float, shown: tuple[float, VideoFrame] | None
) -> tuple[float, VideoFrame] | None:
    stream = media.video
    unit = stream.time_base
    if unit is None:
        return None
    try:
        media.container.seek(int((due + media.origin) / unit), stream=stream, backward=True)
        for packet in media.container.demux(stream):
            if packet.pts is None or not packet.is_keyframe:
                continue
            time = max(float(packet.pts * unit) - media.origin, 0.0)
            if shown is not None and shown[0] == time:
                return shown
            frames = stream.codec_context.decode(packet) or stream.codec_context.decode(None)
            return (time, frames[0]) if frames else None
    except FFmpegError:
        return None  # damaged there; the neighbours do
    return None
