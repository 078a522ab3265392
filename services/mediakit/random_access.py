"""Where in a picture stream decoding may begin afresh.

A container's key frame flag is not enough: it is also set where pictures behind it still lean on
ones before it, and a decoder that begins there may lack parameter sets sent earlier. Here the coded
pictures themselves are read: the first bytes of each packet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from av.packet import Packet
from av.video.codeccontext import VideoCodecContext


class Access(Enum):
    """What a packet is to one who wants to begin decoding.

    CLOSED: nothing from here on needs what came before. OPEN: the same, but for the packets that
    follow it as LEADING; their pictures are shown before its own and need both sides.
    """

    CLOSED = auto()
    OPEN = auto()
    LEADING = auto()


Ask = Callable[["Packet[Any]"], Access | None]


def random_access(decoder: VideoCodecContext) -> Ask | None:
    """What to ask of each packet of a stream, in order and without a gap; None when the codec's
    pictures can't be told apart."""
    codec = decoder.codec.canonical_name
    if codec in _NAL_CODINGS:
        return _NalStream(_NAL_CODINGS[codec], decoder.extradata or b"").access
    return _vp9_access if codec == "vp9" else None


@dataclass(frozen=True, kw_only=True)
class _NalCoding:
    """A codec whose stream is made of network abstraction layer units.

    type_of: a unit's type from its first byte. slices: types of coded pictures. closed, open: of
    pictures that decoding may begin at; leading: of those that follow an open one and are shown
    before it. parameter_sets: what a decoder that begins needs. record_size, length_at: the
    smallest ISO decoder configuration record, and where in it the size of units is.
    """

    type_of: Callable[[int], int]
    slices: range
    closed: frozenset[int]
    open: frozenset[int]
    leading: frozenset[int]
    parameter_sets: frozenset[int]
    record_size: int
    length_at: int


_NAL_CODINGS = {
    # ITU-T H.264, table 7-1: IDR pictures; sequence and picture parameter sets.
    "h264": _NalCoding(
        type_of=lambda first: first & 0x1F,
        slices=range(1, 6),
        closed=frozenset({5}),
        open=frozenset(),
        leading=frozenset(),
        parameter_sets=frozenset({7, 8}),
        record_size=7,
        length_at=4,
    ),
    # ITU-T H.265, table 7-1: IDR and clean random access pictures; random access skipped and
    # decodable leading pictures; video parameter sets as well.
    "hevc": _NalCoding(
        type_of=lambda first: first >> 1 & 0x3F,
        slices=range(32),
        closed=frozenset({19, 20}),
        open=frozenset({21}),
        leading=frozenset({6, 7, 8, 9}),
        parameter_sets=frozenset({32, 33, 34}),
        record_size=23,
        length_at=21,
    ),
}


class _NalStream:
    """Follows the units of a stream, since parameter sets that it sends must reach every decoder.

    Streams begin with a configuration record and give each unit's length before it (ISO/IEC
    14496-15), or separate units by start codes (H.264 annex B) and send their sets in between.
    """

    def __init__(self, coding: _NalCoding, extradata: bytes) -> None:
        self._coding = coding
        recorded = len(extradata) >= coding.record_size and extradata[0] == 1
        self._length_size = (extradata[coding.length_at] & 3) + 1 if recorded else 0
        self._sends_sets = not recorded

    def access(self, packet: Packet[Any]) -> Access | None:
        if packet.has_sidedata("new_extradata"):
            self._sends_sets = True
        if self._sends_sets and not packet.is_keyframe and not self._coding.leading:
            return None
        types = self._first_types(packet)
        if types & self._coding.leading:
            return Access.LEADING
        sets = types & self._coding.parameter_sets
        self._sends_sets = self._sends_sets or bool(sets)
        if not packet.is_keyframe or (self._sends_sets and sets != self._coding.parameter_sets):
            return None
        if types & self._coding.closed:
            return Access.CLOSED
        return Access.OPEN if types & self._coding.open else None

    def _first_types(self, packet: Packet[Any]) -> set[int]:
        """Types of the units up to the first coded picture; sets come before it."""
        types: set[int] = set()
        for first in self._first_bytes(bytes(packet)):
            kind = self._coding.type_of(first)
            types.add(kind)
            if kind in self._coding.slices:
                break
        return types

    def _first_bytes(self, data: bytes) -> Iterator[int]:
        at = 0
        if not self._length_size:
            while 0 <= (at := data.find(b"\0\0\1", at)) < len(data) - 3:
                at += 3
                yield data[at]
            return
        while at + self._length_size < len(data):
            length = int.from_bytes(data[at : at + self._length_size], "big")
            at += self._length_size
            yield data[at]
            at += length


def _vp9_access(packet: Packet[Any]) -> Access | None:
    """VP9 bitstream specification, 6.2: a key frame refreshes everything that later ones use."""
    if not packet.is_keyframe or not packet.size:
        return None
    header = memoryview(packet)[0]
    marker, profile = header >> 6, header >> 4 & 3
    # A reserved bit follows the profile's when both of them are set.
    rest = header << 5 if profile == 3 else header << 4
    shows_existing, is_inter = rest >> 7 & 1, rest >> 6 & 1
    return Access.CLOSED if marker == 2 and not shows_existing and not is_inter else None
