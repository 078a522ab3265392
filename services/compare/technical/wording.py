"""Values with their units, as people write them. Nothing to say is an empty text."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

_KILO, _MEGA = 1_000, 1_000_000
_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "vvc": "VVC",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4 Part 2",
    "prores": "ProRes",
    "dnxhd": "DNxHD",
    "ffv1": "FFV1",
    "aac": "AAC",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "mp3": "MP3",
    "mp2": "MP2",
    "opus": "Opus",
    "flac": "FLAC",
    "vorbis": "Vorbis",
    "mov_text": "MPEG-4 timed text",
    "subrip": "SubRip",
    "ass": "ASS",
    "webvtt": "WebVTT",
    "eia_608": "CEA-608",
    "dvd_subtitle": "DVD pictures",
    "hdmv_pgs_subtitle": "PGS pictures",
    "dvb_subtitle": "DVB pictures",
}
_CONTAINERS = {
    "mov,mp4,m4a,3gp,3g2,mj2": "MP4",
    "matroska,webm": "Matroska",
    "mpegts": "MPEG transport stream",
    "mpeg": "MPEG program stream",
    "avi": "AVI",
    "mxf": "MXF",
    "ogg": "Ogg",
    "asf": "ASF",
    "flv": "Flash video",
}
_ISO = "mov,mp4,m4a,3gp,3g2,mj2"
_QUICKTIME = "qt"


def codec(name: str) -> str:
    """As people call it; FFmpeg's own name for one that is not known here."""
    return _CODECS.get(name, name)


def container(name: str, brand: str) -> str:
    """`MP4 (isom)`, `QuickTime`. Other containers may keep a brand of the file that they were made
    of, which says nothing of them."""
    known = _CONTAINERS.get(name, name)
    if name != _ISO or not brand:
        return known
    return "QuickTime" if brand == _QUICKTIME else f"{known} ({brand})"


def size(count: int) -> str:
    """Bytes; exact, since one byte more is another file."""
    return f"{count:,} bytes" if count else ""


def bit_rate(rate: int) -> str:
    """rate: in bits a second; 0 is nothing to say."""
    if not rate:
        return ""
    return f"{rate / _MEGA:.2f} Mb/s" if rate >= _MEGA else f"{rate / _KILO:.0f} kb/s"


def seconds(value: float) -> str:
    """To the millisecond; a value that rounds to nothing is still a value."""
    return f"{round(value, 3) + 0.0:.3f} s"


def length(value: float) -> str:
    """value: in seconds; 0 is nothing to say."""
    return seconds(value) if value else ""


def number(value: float, unit: str, digits: int = 1) -> str:
    """Never `-0.0`."""
    return f"{round(value, digits) + 0.0:.{digits}f} {unit}"


def frame_rate(fraction: str) -> str:
    """`25 fps`, `29.97 fps (30000/1001)`."""
    if "/" not in fraction:
        return f"{fraction} fps" if fraction else ""
    return f"{float(Fraction(fraction)):.5g} fps ({fraction})"


def listed(values: Iterable[str]) -> str:
    """Between commas, in the order given."""
    return ", ".join(values)


def yes(value: bool) -> str:
    """A property that a file has; `no` would look like a finding."""
    return "yes" if value else ""
