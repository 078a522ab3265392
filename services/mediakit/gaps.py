"""Long gaps between pictures that a container's index gives away, before anybody reads the whole.

MP4 and MOV list every picture, Matroska, WebM and AVI at least some of the key frames. Where two
that are listed one after the other lie far apart, the packets between them are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import av.error

from services.mediakit.container import OpenMedia
from services.mediakit.limits import MAX_GAP_SECONDS, ensure_no_gap

# What looking costs at most; whoever reads all of the video finds what is not found for that.
_MOST_BYTES = 64 << 20
_MOST_PLACES = 64
# Pictures that may be shown before one that is stored before them; codecs know at most 16.
_REORDERED = 32


def ensure_no_listed_gap(media: OpenMedia) -> None:
    """Raises MediaError(GAP_TOO_LONG) when the index shows a gap, and the packets confirm it."""
    if not media.picture_unit:
        return
    try:
        # Some demuxers read their index when something is looked for, and not before.
        media.container.seek(0)
        left = _MOST_BYTES
        for start, end in islice(_far_apart(media), _MOST_PLACES):
            times, read = _times_between(media, start, end, left)
            left -= read
            if left <= 0:
                return
            ensure_no_gap(times, since=min(times, default=0.0))
    except av.error.FFmpegError:
        return  # an index that leads nowhere shows nothing


def _far_apart(media: OpenMedia) -> Iterator[tuple[float, float]]:
    """Listed neighbours that lie further apart than a gap may be long."""
    index = media.video.index_entries
    unit = media.picture_unit

    def listed(number: int) -> float:
        return index[number].timestamp * unit - media.origin

    return steps_over(MAX_GAP_SECONDS, listed, len(index))


def steps_over(
    length: float, value: Callable[[int], float], count: int
) -> Iterator[tuple[float, float]]:
    """Neighbours of a rising sequence that differ by more than `length`.

    Looks at few of the others: what differs less as a whole holds no such step.
    """
    spans = [(0, count - 1)]
    while spans:
        first, last = spans.pop()
        low, high = value(first), value(last)
        if last <= first or high - low <= length:
            continue
        if last - first == 1:
            yield low, high
            continue
        middle = (first + last) // 2
        spans += [(middle, last), (first, middle)]


def _times_between(
    media: OpenMedia, start: float, end: float, most: int
) -> tuple[list[float], int]:
    """When the pictures from `start` to `end` are shown, and how many bytes were read for that.

    most: bytes after which it stops. No times when some pictures don't tell theirs.
    """
    times: list[float] = []
    read, behind = 0, 0
    position = round((start + media.origin) / media.picture_unit)
    media.container.seek(position, stream=media.video, backward=True)
    for packet in media.container.demux():
        read += packet.size
        if read >= most:
            break
        if packet.stream is not media.video or not packet.size:
            continue
        if packet.pts is None:
            return [], read  # pictures without stamps may lie anywhere
        time = packet.pts * media.picture_unit - media.origin
        times.append(time)
        behind += time >= end
        if behind > _REORDERED:
            break
    return times, read
