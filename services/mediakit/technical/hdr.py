"""What pictures carry beside their pixels: HDR metadata and captions.

Metadata comes as FFmpeg's own structures, which are plain numbers in the machine's byte order.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame

from services.mediakit.technical.facts import MasteringDisplay

# AVMasteringDisplayMetadata: x and y of red, green and blue, the white point, the least and the
# most luminance, all as fractions; then whether there are primaries, and luminances.
_MASTERING = struct.Struct("=20i2i")
# AVContentLightMetadata: MaxCLL and MaxFALL.
_LIGHT = struct.Struct("=2I")
_DOLBY = (Type.DOVI_RPU_BUFFER, Type.DOVI_METADATA)
_DIGITS = 5
# Pairs of caption bytes that only fill their place (CTA-608-E, with odd parity).
_CAPTION_BYTES, _FILLING = 3, b"\x80\x80"


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What the first pictures carry; see PictureFacts."""

    mastering_display: MasteringDisplay | None
    max_content_light: int
    max_average_light: int
    dolby_vision: bool
    hdr10_plus: bool
    captions: tuple[str, ...]


def carried(frames: Iterable[VideoFrame]) -> Carried:
    """Of several pictures, since not each has to carry all."""
    display: MasteringDisplay | None = None
    light = (0, 0)
    dolby = plus = False
    captions: set[str] = set()
    for frame in frames:
        for data in cast(Iterable[SideData], frame.side_data):
            if data.type is Type.MASTERING_DISPLAY_METADATA:
                display = display or _mastering_display(data)
            elif data.type is Type.CONTENT_LIGHT_LEVEL:
                light = _LIGHT.unpack_from(bytes(data))
            elif data.type is Type.DYNAMIC_HDR_PLUS:
                plus = True
            elif data.type in _DOLBY:
                dolby = True
            elif data.type is Type.A53_CC:
                captions |= caption_kinds(bytes(data))
    return Carried(
        mastering_display=display,
        max_content_light=light[0],
        max_average_light=light[1],
        dolby_vision=dolby,
        hdr10_plus=plus,
        captions=tuple(sorted(captions)),
    )


def caption_kinds(data: bytes) -> set[str]:
    """The kinds of captions in a picture's `cc_data` of CTA-708: a head and two bytes, repeated."""
    found = set()
    for at in range(0, len(data) - _CAPTION_BYTES + 1, _CAPTION_BYTES):
        valid, kind, pair = data[at] & 4, data[at] & 3, data[at + 1 : at + _CAPTION_BYTES]
        if valid and kind <= 1 and pair != _FILLING:
            found.add("CEA-608")
        elif valid and kind > 1:
            found.add("CEA-708")
    return found


def _mastering_display(data: SideData) -> MasteringDisplay | None:
    *numbers, has_primaries, has_luminance = _MASTERING.unpack_from(bytes(data))
    values = [
        round(over / under, _DIGITS) if under else 0.0
        for over, under in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    if not has_primaries and not has_luminance:
        return None
    return MasteringDisplay(
        primaries=tuple(values[:8]) if has_primaries else (),
        least_luminance=values[8] if has_luminance else 0.0,
        most_luminance=values[9] if has_luminance else 0.0,
    )
