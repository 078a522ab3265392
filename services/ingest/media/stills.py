"""The pictures of a video that are shown at given times, each as a JPEG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from av.error import FFmpegError
from av.video.frame import VideoFrame

from services.ingest.media.pictures import Tiler, jpeg_of
from services.ingest.ports import Still
from services.mediakit.container import OpenMedia, open_media
from services.mediakit.errors import MediaError, MediaReason

# Stamps are rounded: a picture that comes on so little later, in seconds, is the one that is meant.
_ROUNDING = 0.002
# A key frame that is further on than this is jumped to.
_DECODED_ON = 2.0
# Some containers jump to a place after the one that was asked for: then so much further back.
_FURTHER_BACK = (10.0, 1e6)


def make_stills(file: BinaryIO, *, times: Sequence[float], height: int) -> list[Still]:
    """For each time, in the order given, the picture that is shown then, to the frame.

    times: in seconds; before the first picture it is the first, after the end the last. height: in
    pixels. Raises MediaError(UNDECODABLE) when there is no picture for a time.
    """
    with open_media(file) as media:
        media.video.thread_type = "SLICE"
        tiler = Tiler(1, height)
        found = {time: _still(time, frame, tiler) for time, frame in _shown(media, sorted(times))}
    missing = [time for time in times if time not in found]
    if missing:
        raise MediaError(
            MediaReason.UNDECODABLE, f"No picture could be decoded at {missing[0]:.3f} s."
        )
    return [found[time] for time in times]


def _still(time: float, frame: tuple[float, VideoFrame], tiler: Tiler) -> Still:
    tile = tiler.tile(frame[1])
    height, width = tile.shape[:2]
    return Still(time=round(frame[0], 3), jpeg=jpeg_of(tile), width=width, height=height)


def _shown(
    media: OpenMedia, times: Sequence[float]
) -> Iterator[tuple[float, tuple[float, VideoFrame]]]:
    """times: increasing."""
    coming: Iterator[tuple[float, VideoFrame]] = iter(())
    shown: tuple[float, VideoFrame] | None = None
    following: tuple[float, VideoFrame] | None = None
    for time in times:
        until = time + _ROUNDING
        if shown is None or not shown[0] <= until < shown[0] + _DECODED_ON:
            coming, shown, following = _from(media, until)
        while following is not None and (shown is None or following[0] <= until):
            shown, following = following, next(coming, None)
        if shown is not None:
            yield time, shown


_Position = tuple[
    Iterator[tuple[float, VideoFrame]],
    tuple[float, VideoFrame] | None,
    tuple[float, VideoFrame] | None,
]


def _from(media: OpenMedia, time: float) -> _Position:
    """Pictures from one on that is not after the time: what comes, none yet shown, the first."""
    for back in (0.0, *_FURTHER_BACK):
        coming = _decoded(media, time - back)
        first = next(coming, None)
        if first is not None and first[0] <= time:
            break
    return coming, None, first


def _decoded(media: OpenMedia, time: float) -> Iterator[tuple[float, VideoFrame]]:
    """Pictures in order from the key frame before a time on; damaged ones are left out."""
    stream = media.video
    unit = stream.time_base
    if unit is None:
        return
    try:
        media.container.seek(int((time + media.origin) / unit), stream=stream, backward=True)
    except FFmpegError:
        return
    packets = media.container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            frames = [] if packet is None else stream.codec_context.decode(packet)
        except FFmpegError:
            continue
        if packet is None:
            return
        for frame in frames:
            if frame.pts is not None:
                yield max(float(frame.pts * unit) - media.origin, 0.0), frame
