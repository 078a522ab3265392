"""Long gaps between pictures, found before anybody reads the whole of a large file.

MP4 and MOV list every picture, Matroska, WebM and AVI at least some of the key frames. Transport
streams, Ogg and others list nothing, and a fragmented MP4 only what was read of it. Where two
pictures that are known lie far apart, packets are looked at: all of a small file's, and of a large
one's between those two, around times so close that every long gap holds one of them.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator
from heapq import heappush, heappushpop
from itertools import chain, islice, pairwise, repeat

import av.error

from services.mediakit.container import OpenMedia
from services.mediakit.limits import MAX_GAP_SECONDS, ensure_no_gap

# Files of up to so many bytes are read as a whole when that is needed, of larger ones a share.
# Whoever reads all of the video finds what is not found for that.
_MOST_BYTES = 64 << 20
_MOST_SHARE = 0.25
_MOST_PLACES = 64
# Pictures that may be shown before one that is stored before them; codecs know at most 16.
_REORDERED = 16
# How close, in seconds, the place from which packets are read is brought to a gap's beginning.
_CLOSE_SECONDS = 1.0
# These say in their header how many pictures there are, and their times only beside each of them.
_TOLD_WITHOUT_TIMES = ("ivf",)


def ensure_no_long_gap(media: OpenMedia) -> None:
    """Raises MediaError(GAP_TOO_LONG) when pictures lie too far apart.

    A small file is read as a whole unless what is listed lies close and in order; that tells what
    a pass over it would refuse. In large ones, stamps that jump forward are found, unless they jump
    back again: only all of the file could tell that nothing before has filled the gap.
    """
    if not media.picture_unit:
        return
    try:
        # Some demuxers read their index when something is looked for, and not before.
        media.container.seek(0)
        small = media.size <= _MOST_BYTES
        if media.format_name in _TOLD_WITHOUT_TIMES or (
            small and (any(_far_apart(media)) or not _lie_in_order(media))
        ):
            ensure_no_gap(as_shown(picture_times(media)))
        else:
            _ensure_none_where_far_apart(media)
    except av.error.FFmpegError:
        return  # an index that leads nowhere shows nothing


def picture_times(media: OpenMedia) -> array[float]:
    """When pictures are shown, in seconds from the timeline's zero, of all packets to the end.

    In the order of the file, without those that don't tell. Raises FFmpegError.
    """
    # Eight bytes each, of packets that may be as small.
    times = array("d")
    for packet in media.container.demux(media.video):
        if packet.size and packet.pts is not None:
            times.append(packet.pts * media.picture_unit - media.origin)
    return times


def as_shown(times: Iterable[float]) -> Iterator[float]:
    """The times at which a pass has new pictures to show, of those of packets in the file's order.

    Decoders put pictures in order, but a few at a time; one that comes later than that, or before
    zero, is not shown.
    """
    waiting: list[float] = []
    reached = -1.0
    for time in chain(times, repeat(math.inf, _REORDERED)):
        first = heappushpop(waiting, time) if len(waiting) == _REORDERED else None
        if first is None:
            heappush(waiting, time)
        elif first >= 0.0 and first > reached:
            reached = first
            yield first


def _lie_in_order(media: OpenMedia) -> bool:
    """Whether listed pictures lie in the file in the order of their times."""
    places = (entry.pos for entry in media.video.index_entries)
    return all(sooner <= later for sooner, later in pairwise(places))


def _listed_ends(media: OpenMedia) -> tuple[float, float]:
    """When the first and the last listed picture are shown; both zero when none is."""
    index = media.video.index_entries
    if not len(index):
        return 0.0, 0.0
    first, last = (index[at].timestamp for at in (0, len(index) - 1))
    return first * media.picture_unit - media.origin, last * media.picture_unit - media.origin


def _ensure_none_where_far_apart(media: OpenMedia) -> None:
    left = max(_MOST_BYTES, round(media.size * _MOST_SHARE))
    for start, end in islice(_far_apart(media), _MOST_PLACES):
        for time in _inside(start, end):
            since = _just_before(media, time)
            times, read = _times_between(media, since, time, left)
            left -= read
            if left <= 0:
                return
            ensure_no_gap(times, since=min(times, default=0.0) if since > 0 else 0.0)


def _far_apart(media: OpenMedia) -> Iterator[tuple[float, float]]:
    """Known neighbours that lie further apart than a gap may be long."""
    index = media.video.index_entries
    first, last = _listed_ends(media)
    if first > MAX_GAP_SECONDS:
        yield 0.0, first

    def listed(number: int) -> float:
        return index[number].timestamp * media.picture_unit - media.origin

    yield from steps_over(MAX_GAP_SECONDS, listed, len(index))
    end = media.announced or 0.0
    if end - last > MAX_GAP_SECONDS:
        yield last, end


def steps_over(
    length: float, value: Callable[[int], float], count: int
) -> Iterator[tuple[float, float]]:
    """Neighbours of a rising sequence that differ by more than `length`.

    Looks at few of the others: what differs less as a whole holds no such step.
    """
    spans = [(0, count - 1)] if count else []
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


def _inside(start: float, end: float) -> Iterator[float]:
    """Times of which every gap that is too long and lies between the two holds one."""
    time = start + MAX_GAP_SECONDS
    while time < end:
        yield time
        time += MAX_GAP_SECONDS


def _just_before(media: OpenMedia, time: float) -> float:
    """From where to read in order to see the last picture before `time`.

    Looking for a time in a stream without an index finds the packet behind it, which is the one
    after the gap when the time lies in one; so an earlier time is looked for that leads before it.
    """
    early, late = time, time
    back = _CLOSE_SECONDS
    while (found := _found_at(media, early)) is None or found > time:
        if early <= 0 or time - early >= MAX_GAP_SECONDS:
            return max(early, 0.0)
        early, late = max(time - back, 0.0), early
        back *= 2
    while late - early > _CLOSE_SECONDS:
        middle = (early + late) / 2
        found = _found_at(media, middle)
        if found is None or found > time:
            late = middle
        else:
            early = middle
    return early


def _found_at(media: OpenMedia, time: float) -> float | None:
    """When the first picture is shown that reading from `time` finds; None without any."""
    _look_for(media, time)
    for packet in media.container.demux(media.video):
        if packet.size and packet.pts is not None:
            return packet.pts * media.picture_unit - media.origin
    return None


def _look_for(media: OpenMedia, time: float) -> None:
    position = round((time + media.origin) / media.picture_unit)
    media.container.seek(position, stream=media.video, backward=True)


def _times_between(
    media: OpenMedia, start: float, end: float, most: int
) -> tuple[list[float], int]:
    """When the pictures from `start` to `end` are shown, and how many bytes were read for that.

    most: bytes after which it stops. No times when some pictures don't tell theirs.
    """
    times: list[float] = []
    read, behind = 0, 0
    _look_for(media, start)
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
