"""Threads that decode groups of pictures side by side.

Pictures never leave their thread: a frame reducer keeps of each what the caller wants, and that
comes out in the order of the video.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from services.mediakit.container import OpenMedia
from services.mediakit.decoding import Decoded, pictures_of
from services.mediakit.random_access import Access

T = TypeVar("T")

FrameReducer = Callable[[Iterator[tuple[float, VideoFrame]]], Iterator[tuple[float, T]]]
"""Makes of a run of pictures, each with its time, what is kept of each. It may lag behind by a
picture or two, but no more, since decoded pictures are large."""

# How much may wait for the threads, and how much of that is left when more is asked for: waking the
# caller costs as much as reading several packets.
_MOST_WAITING_BYTES = 16 << 20
_MOST_WAITING_PACKETS = 2000
_LEFT_WAITING_SHARE = 0.75
# How far a thread may get ahead of the group that the caller is being given.
_VALUES_AHEAD = 512
# A shorter group is decoded together with the next one: each costs a little to begin.
_LEAST_PACKETS = 48
# How much is handed over at once.
_BATCH = 8


@dataclass
class _Group(Generic[T]):
    """A run of pictures that is decoded on its own.

    waiting: packets for its thread, all of them when `ended`; packets: how many there have been.
    latest: their latest stamp. until: what is stamped with this or later is the next group's, sent
    along only for the sake of leading pictures. values: what its reducer has made and the caller
    hasn't had, all of them when `finished`.
    """

    waiting: deque[Packet[Stream]] = field(default_factory=deque)
    packets: int = 0
    latest: int | None = None
    ended: bool = False
    until: int | None = None
    values: deque[tuple[float, T]] = field(default_factory=deque)
    seen: Decoded = field(default_factory=Decoded)
    finished: bool = False
    error: BaseException | None = None


@dataclass
class _OpenEnd(Generic[T]):
    """A group whose last pictures are sent after `key`, which begins the next group."""

    group: _Group[T]
    key: Packet[Stream]
    has_key: bool = False


class _Stopped(Exception):
    """The pass was given up; the threads end."""


class DecodeThreads(Generic[T]):
    """Hands packets to the decoder threads and takes their results. Use it as a context manager."""

    def __init__(
        self,
        media: OpenMedia,
        seen: Decoded,
        decoders: list[VideoCodecContext],
        make_reducer: Callable[[], FrameReducer[T]],
    ) -> None:
        self._media = media
        self._seen = seen
        self._splits = len(decoders) > 1
        # Guards all below; what the threads wait for, and what the caller waits for.
        lock = threading.RLock()
        self._for_threads = threading.Condition(lock)
        self._for_caller = threading.Condition(lock)
        # Groups whose results the caller hasn't had, in order; the last ones have no thread yet.
        self._groups: deque[_Group[T]] = deque()
        self._unassigned: deque[_Group[T]] = deque()
        self._open_end: _OpenEnd[T] | None = None
        self._waiting_bytes = 0
        self._waiting_packets = 0
        self._is_full = False
        self._ended = False
        self._stopped = False
        self._threads = [
            threading.Thread(
                target=self._work, args=(decoder, make_reducer()), name=f"decoder-{number}"
            )
            for number, decoder in enumerate(decoders)
        ]
        self._begun: list[threading.Thread] = []
        self._group = self._begin()

    def __enter__(self) -> Self:
        try:
            for thread in self._threads:
                thread.start()
                self._begun.append(thread)
        except RuntimeError:  # the system has no more threads
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        with self._for_threads:
            self._stopped = True
            self._for_threads.notify_all()
        for thread in self._begun:
            thread.join()

    # The caller's side

    def give(self, packet: Packet[Stream], access: Access | None) -> None:
        """The next packet of the stream. A group begins with it where that is possible."""
        with self._for_threads:
            if self._open_end is not None:
                if access is Access.LEADING:
                    self._add_leading(self._open_end, packet)
                    return
                self._open_end.group.ended = True
                self._open_end = None
            if access in (Access.CLOSED, Access.OPEN) and self._may_split(packet):
                if access is Access.OPEN:
                    self._group.until = packet.pts
                    self._open_end = _OpenEnd(self._group, packet)
                else:
                    self._group.ended = True
                self._group = self._begin()
            self._add(self._group, packet)
            self._for_threads.notify_all()

    def end(self) -> None:
        """There are no more packets."""
        with self._for_threads:
            for group in self._groups:
                group.ended = True
            self._ended = True
            self._for_threads.notify_all()

    def results(self, *, to_the_end: bool = False) -> Iterator[tuple[float, T]]:
        """What is there, and what comes until there is room for packets again, or to the end."""
        while True:
            with self._for_caller:
                while not (values := self._take()):
                    if not (self._groups if to_the_end else self._is_full):
                        return
                    self._for_caller.wait()
            yield from values

    def _may_split(self, packet: Packet[Stream]) -> bool:
        """Whether a group may end here. Where stamps jump back, pictures will be left out, which
        only a group that has them all can tell."""
        latest = self._group.latest
        return (
            self._splits
            and self._group.packets >= _LEAST_PACKETS
            and packet.pts is not None
            and latest is not None
            and packet.pts > latest
        )

    def _begin(self) -> _Group[T]:
        group = _Group[T]()
        self._groups.append(group)
        self._unassigned.append(group)
        return group

    def _add(self, group: _Group[T], packet: Packet[Stream]) -> None:
        group.waiting.append(packet)
        group.packets += 1
        if packet.pts is not None:
            group.latest = packet.pts if group.latest is None else max(group.latest, packet.pts)
        self._count_waiting(1, packet.size)

    def _add_leading(self, end: _OpenEnd[T], packet: Packet[Stream]) -> None:
        if not end.has_key:
            end.has_key = True
            self._add(end.group, end.key)
        self._add(end.group, packet)
        self._for_threads.notify_all()

    def _count_waiting(self, packets: int, size: int) -> None:
        self._waiting_packets += packets
        self._waiting_bytes += size
        most = max(
            self._waiting_packets / _MOST_WAITING_PACKETS, self._waiting_bytes / _MOST_WAITING_BYTES
        )
        was_full = self._is_full
        self._is_full = most >= 1 or (was_full and most > _LEFT_WAITING_SHARE)
        if was_full and not self._is_full:
            self._for_caller.notify()

    def _take(self) -> list[tuple[float, T]]:
        """The next values in order, none when they have yet to be made."""
        values: list[tuple[float, T]] = []
        while self._groups and not values:
            group = self._groups[0]
            values = [value for value in group.values if value[0] > self._seen.last_picture]
            group.values.clear()
            if values:
                self._seen.last_picture = values[-1][0]
                self._seen.pictures += len(values)
            elif group.error is not None:
                raise group.error
            elif not group.finished:
                break
            else:
                self._seen.damaged += group.seen.damaged
                if group.seen.last_picture == self._seen.last_picture:
                    self._seen.picture_end = group.seen.picture_end
                self._groups.popleft()
            # There is room for values, and the next group's may come without end.
            self._for_threads.notify_all()
        return values

    # A decoder thread's side

    def _work(self, decoder: VideoCodecContext, reducer: FrameReducer[T]) -> None:
        try:
            while (group := self._next_group()) is not None:
                try:
                    self._reduce(group, decoder, reducer)
                except _Stopped:
                    raise
                except BaseException as error:  # for the caller, who knows what it means
                    group.error = error
                with self._for_caller:
                    group.finished = True
                    self._tell_of(group)
        except _Stopped:
            return

    def _reduce(
        self, group: _Group[T], decoder: VideoCodecContext, reducer: FrameReducer[T]
    ) -> None:
        pictures = self._pictures(group, decoder)
        values = reducer(pictures)
        while batch := list(itertools.islice(values, _BATCH)):
            with self._for_threads:
                self._wait_until(
                    lambda: group is self._groups[0] or len(group.values) < _VALUES_AHEAD
                )
                group.values.extend(batch)
                self._tell_of(group)
        for _ in pictures:
            pass  # of no interest to the reducer, but to the decoder

    def _tell_of(self, group: _Group[T]) -> None:
        """Wake the caller if this is what it waits for."""
        if group is self._groups[0]:
            self._for_caller.notify()

    def _pictures(
        self, group: _Group[T], decoder: VideoCodecContext
    ) -> Iterator[tuple[float, VideoFrame]]:
        while batch := self._next_packets(group):
            for packet in batch:
                yield from pictures_of(self._media, decoder, packet, group.seen, until=group.until)
        yield from pictures_of(self._media, decoder, None, group.seen, until=group.until)
        decoder.flush_buffers()

    def _next_group(self) -> _Group[T] | None:
        with self._for_threads:
            self._wait_until(lambda: bool(self._unassigned) or self._ended)
            return self._unassigned.popleft() if self._unassigned else None

    def _next_packets(self, group: _Group[T]) -> list[Packet[Stream]]:
        """Some more of a group's packets; none after the last."""
        with self._for_threads:
            self._wait_until(lambda: bool(group.waiting) or group.ended)
            batch = [group.waiting.popleft() for _ in range(min(_BATCH, len(group.waiting)))]
            self._count_waiting(-len(batch), -sum(packet.size for packet in batch))
            return batch

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        self._for_threads.wait_for(lambda: condition() or self._stopped)
        if self._stopped:
            raise _Stopped
