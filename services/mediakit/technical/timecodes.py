"""Time codes that pictures themselves carry, where no track or tag has one."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame

# How many time codes there are, and up to three of them (SMPTE ST 12-1, in BCD).
_S12M = struct.Struct("=4I")
# The time code of a group of pictures (MPEG-2), in 25 bits.
_GROUP = struct.Struct("=q")
# Above this rate two frames share a number, and a bit tells which of both it is.
_COUNTED_RATE = 30


def carried_timecode(frames: Sequence[VideoFrame], rate: Fraction | None) -> str:
    """Of the first picture: `01:00:00:00`, with `;` before the frames when frames are dropped.

    Empty without. A group at nothing but zeros says nothing: encoders fill it in.
    """
    for data in cast(Sequence[SideData], list(frames[0].side_data) if frames else ()):
        if data.type is Type.S12M_TIMECODE:
            count, first, *_ = _S12M.unpack_from(bytes(data))
            if count:
                return from_s12m(first, rate or Fraction(25))
        elif data.type is Type.GOP_TIMECODE:
            return from_group(_GROUP.unpack_from(bytes(data))[0])
    return ""


def from_s12m(word: int, rate: Fraction) -> str:
    """The text of a time code in BCD: frames, seconds, minutes, hours from the top byte down."""
    frames = _decimal(word >> 24 & 0x3F)
    if rate > _COUNTED_RATE:
        second = word >> (7 if rate == 50 else 23) & 1
        frames = 2 * frames + second
    drop = bool(word >> 30 & 1) and rate.denominator != 1
    parts = _decimal(word & 0x3F), _decimal(word >> 8 & 0x7F), _decimal(word >> 16 & 0x7F)
    return _written(*parts, frames, drop=drop)


def from_group(word: int) -> str:
    """The text of a group's time code: drop flag, hours, minutes, a marker, seconds, pictures."""
    parts = word >> 19 & 0x1F, word >> 13 & 0x3F, word >> 6 & 0x3F, word & 0x3F
    return _written(*parts, drop=bool(word >> 24 & 1)) if any(parts) else ""


def _decimal(bcd: int) -> int:
    return 10 * (bcd >> 4) + (bcd & 0xF)


def _written(hours: int, minutes: int, seconds: int, frames: int, *, drop: bool) -> str:
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if drop else ':'}{frames:02}"
