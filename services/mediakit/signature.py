"""What the bytes of a file say about it, for files that the demuxers refuse.

An MP4's length is written into its own boxes, so a file that was cut off is known as such, with
the number of missing bytes, before anything is decoded.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import BinaryIO

_IMAGES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"8BPS",
)
_IMAGE_BRANDS = {b"avif", b"heic", b"heix", b"mif1"}
_BOX_KINDS = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"sidx", b"moof"}
# An ordinary file has a few boxes. A fragmented one has thousands, and to visit them all would mean
# to read it all, so a long one is believed.
_MOST_BOXES = 64
_MOST_BYTES = 64 << 20
_HEAD_BYTES = 4096


class Kind(enum.Enum):
    """What a file looks like; the value goes into sentences for people."""

    IMAGE = "an image"
    TEXT = "text"
    ISO_MEDIA = "an MP4 or QuickTime file"
    UNKNOWN = "of no known kind"


@dataclass(frozen=True, kw_only=True)
class IsoLayout:
    """The top-level boxes of an MP4 or QuickTime file.

    has_index: whether there is a moov box, without which nothing can be played.
    missing_bytes: how much of the last box lies behind the end of the file.
    """

    has_index: bool
    missing_bytes: int


def kind_of(file: BinaryIO) -> Kind:
    """What the first bytes look like. The position of the file is left at its start."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS:
        return Kind.IMAGE
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Kind.IMAGE
    if head[4:8] in _BOX_KINDS:
        return Kind.ISO_MEDIA
    if _is_text(head):
        return Kind.TEXT
    return Kind.UNKNOWN


def iso_layout(file: BinaryIO) -> IsoLayout:
    """Walk the boxes of an MP4. The position of the file is left at its start."""
    end = file.seek(0, 2)
    at, boxes, has_index = 0, 0, False
    while at < end and (boxes < _MOST_BOXES or at < _MOST_BYTES):
        boxes += 1
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            break
        length, name = struct.unpack(">I4s", header[:8])
        if length == 1 and len(header) == 16:
            length = struct.unpack(">Q", header[8:])[0]
        has_index = has_index or name == b"moov"
        if length == 0:  # the box reaches to the end of the file, wherever that is
            at = end
        elif length < 8 or not all(32 <= byte < 127 or byte == 0xA9 for byte in name):
            break  # rubbish behind the last box; players ignore it too
        else:
            at += length
    file.seek(0)
    return IsoLayout(has_index=has_index, missing_bytes=max(at - end, 0))


def _is_text(head: bytes) -> bool:
    if not head or b"\x00" in head:
        return False
    try:
        head[: len(head) - 3].decode("utf-8")  # a character may be cut in half at the end
    except UnicodeDecodeError:
        return False
    return True
