"""One pass over a video on all cores, with groups of pictures decoded side by side.

A decoder's frame threads wait for one another wherever a picture leans on the one before it, which
is everywhere; two are hardly 1.3 times as fast as one. Groups of pictures that begin at random
access points don't lean on each other at all.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from av.audio.frame import AudioFrame
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext

from services.mediakit.container import OpenMedia, another_decoder
from services.mediakit.cores import available_cores
from services.mediakit.decode_threads import DecodeThreads, FrameReducer
from services.mediakit.decoding import Decoded, packets, sounds_of
from services.mediakit.further_sound import FurtherDecoding, FurtherSound
from services.mediakit.limits import StampGuard
from services.mediakit.random_access import Access, random_access

T = TypeVar("T")

# Decoded pictures that a decoder usually holds, and how much memory those of all threads may take.
_HELD_PICTURES = 8
_MOST_HELD_BYTES = 112 << 20
# Whose decoders can leave it out where nothing depends on it.
_UNFILTERED_CODECS = ("h264", "hevc")
# How much sound may wait for the pictures: about two minutes of what is usual.
_MOST_SOUND_BYTES = 9 << 19
# What a packet takes besides its data; those of sound are small.
_PACKET_BYTES = 500
# How far to look for a second group.
_MOST_PEEKED_BYTES = 12 << 20
_MOST_PEEKED_PACKETS = 1500


def decode_in_parallel(
    media: OpenMedia,
    seen: Decoded,
    make_reducer: Callable[[], FrameReducer[T]],
    *,
    most_threads: int | None = None,
) -> Generator[tuple[float, T | AudioFrame | FurtherSound]]:
    """What reducers keep of every picture, and the sound, with their times; see decoding.decode.

    The main track's sound comes as it is, that of the others as FurtherSound.

    Pictures come in order, and so does sound, but not with each other: sound is decoded when the
    decoder threads have ended, or when much of it waits. make_reducer is called once for each
    decoder thread, which then calls its reducer for every group. most_threads: None for as many as
    cores and memory bear. Raises what reducers raise. Close the iterator to stop early.
    """
    coming = _with_access(media, seen)
    peeked, several = _peek(coming)
    threads = _worthwhile(media.video.codec_context, most_threads or available_cores())
    decoders = _decoders(media, threads if several else 1)
    guard = StampGuard()
    sound = _LateSound(media, seen, guard)
    with DecodeThreads(media, seen, decoders, make_reducer) as working:
        for stream, packet, access in itertools.chain(_popped(peeked), coming):
            if stream is not media.video:
                yield from sound.add(stream, packet)
            elif packet is not None:
                working.give(packet, access)
                yield from _guarded(working.results(), guard)
        working.end()
        yield from _guarded(working.results(to_the_end=True), guard)
    guard.end(seen.picture_end)
    yield from sound.rest()


def _guarded(values: Iterator[tuple[float, T]], guard: StampGuard) -> Iterator[tuple[float, T]]:
    for time, value in values:
        guard.picture(time)
        yield time, value


class _LateSound:
    """Puts off decoding the sound, which takes twice as long beside decoder threads.

    A second of it needs the interpreter's lock some two hundred times, and they wait as often.
    """

    def __init__(self, media: OpenMedia, seen: Decoded, guard: StampGuard) -> None:
        self._media = media
        self._seen = seen
        self._guard = guard
        self._further = FurtherDecoding(media, seen, guard)
        self._waiting: deque[tuple[Stream, Packet[Stream] | None]] = deque()
        self._waiting_bytes = 0

    def add(
        self, stream: Stream, packet: Packet[Stream] | None
    ) -> Iterator[tuple[float, AudioFrame | FurtherSound]]:
        """The next packet of a track, None after its last."""
        self._waiting.append((stream, packet))
        self._waiting_bytes += _PACKET_BYTES + (packet.size if packet is not None else 0)
        if self._waiting_bytes > _MOST_SOUND_BYTES:
            yield from self.rest()

    def rest(self) -> Iterator[tuple[float, AudioFrame | FurtherSound]]:
        """All that waits."""
        while self._waiting:
            stream, packet = self._waiting.popleft()
            if stream is self._media.audio:
                yield from sounds_of(self._media, packet, self._seen, self._guard)
            else:
                yield from self._further.sounds_of(stream, packet)
        self._waiting_bytes = 0


_Coming = tuple[Stream, "Packet[Stream] | None", Access | None]


def _with_access(media: OpenMedia, seen: Decoded) -> Iterator[_Coming]:
    """Packets with their streams, and whether decoding may begin at them."""
    ask = random_access(media.video.codec_context)
    for stream, packet in packets(media, seen, sound=True, further=True):
        if ask is None or packet is None or stream is not media.video:
            yield stream, packet, None
        else:
            yield stream, packet, ask(packet)


def _peek(coming: Iterator[_Coming]) -> tuple[deque[_Coming], bool]:
    """The first packets, and whether a second group begins among them."""
    peeked: deque[_Coming] = deque()
    size, groups = 0, 0
    for stream, packet, access in coming:
        peeked.append((stream, packet, access))
        size += packet.size if packet is not None else 0
        groups += access in (Access.CLOSED, Access.OPEN)
        if groups > 1:
            return peeked, True
        if size > _MOST_PEEKED_BYTES or len(peeked) > _MOST_PEEKED_PACKETS:
            break
    return peeked, False


def _popped(peeked: deque[_Coming]) -> Iterator[_Coming]:
    while peeked:
        yield peeked.popleft()


def _worthwhile(decoder: VideoCodecContext, cores: int) -> int:
    """How many decoders to use: as many as there are cores, if memory bears nearly that; otherwise
    a single one with frame threads makes more of them."""
    bits = decoder.format.padded_bits_per_pixel if decoder.format else 12
    held = _HELD_PICTURES * decoder.width * decoder.height * bits // 8
    affordable = max(_MOST_HELD_BYTES // max(held, 1), 1)
    return min(cores, affordable) if 2 * affordable >= cores else 1


def _decoders(media: OpenMedia, threads: int) -> list[VideoCodecContext]:
    own = media.video.codec_context
    decoders = [own, *(another_decoder(media) for _ in range(threads - 1))]
    for decoder in decoders:
        leave_out_last_filter(decoder)
    if threads > 1:
        for decoder in decoders:
            # Frame threads also lose pictures when they meet damage at the end of a group.
            decoder.thread_count = 1
    return decoders


def leave_out_last_filter(decoder: VideoCodecContext) -> None:
    """Don't smooth the block edges of pictures that no other picture is made from.

    Reducers average over many pixels, and see no difference that coding at a slightly different
    rate would not make as well. Call it before the decoder is used.
    """
    if decoder.name in _UNFILTERED_CODECS:
        decoder.options = {**decoder.options, "skip_loop_filter": "noref"}
