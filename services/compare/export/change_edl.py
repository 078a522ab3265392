"""The absolute change list: a CMX 3600 list by which B is made of A.

Source is A, record is B. Each piece of B is one event; what is new in B is black (BL), and a
comment says what of A it replaces or what of A is left out there. Another speed is an M2 line. A
list has 999 events at most, so a longer one is a ZIP of lists, each with its own title, that follow
one another on the same record timeline.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import groupby

from sage.compare.v1.compare_pb2 import RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, ExportFile, kind_name
from services.compare.export.edl import plain
from services.compare.export.pieces import Omission, Piece, Span, pieces_of
from services.compare.export.timecode import FrameClock

MAX_EVENTS = 999
_REEL_LENGTH = 8
_TRACKS = {Modality.MODALITY_VISUAL: "V", Modality.MODALITY_AUDIO: "A"}
_NAMES = {Modality.MODALITY_VISUAL: "picture", Modality.MODALITY_AUDIO: "sound"}


def write_picture_edl(document: Document) -> ExportFile:
    """Events of the picture; a ZIP of lists when there are more than MAX_EVENTS."""
    return _write(document, Modality.MODALITY_VISUAL)


def write_sound_edl(document: Document) -> ExportFile:
    """Events of the sound, which may be cut elsewhere; a ZIP of lists like the picture's."""
    return _write(document, Modality.MODALITY_AUDIO)


def _write(document: Document, modality: Modality.ValueType) -> ExportFile:
    found = pieces_of(document, modality)
    reels = [
        found.pieces[first : first + MAX_EVENTS]
        for first in range(0, max(len(found.pieces), 1), MAX_EVENTS)
    ]
    name = document.file_name(f"{_NAMES[modality]}.edl")
    if len(reels) == 1:
        return ExportFile(
            content_type=f'text/plain; charset=us-ascii; name="{name}"',
            file_name=name,
            data=_list(document, modality, reels[0], found.omissions, name, whole=True),
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for number, reel in enumerate(reels, 1):
            part = document.file_name(f"{_NAMES[modality]}-{number:02}.edl")
            # The same comparison gives the same bytes: no file has the time of day.
            entry = zipfile.ZipInfo(part)
            entry.compress_type = zipfile.ZIP_DEFLATED
            last = number == len(reels)
            files.writestr(
                entry, _list(document, modality, reel, found.omissions, part, whole=last)
            )
    zip_name = document.file_name(f"{_NAMES[modality]}-edl.zip")
    return ExportFile(
        content_type=f'application/zip; name="{zip_name}"',
        file_name=zip_name,
        data=packed.getvalue(),
    )


def _list(
    document: Document,
    modality: Modality.ValueType,
    pieces: Sequence[Piece],
    omissions: Sequence[Omission],
    name: str,
    *,
    whole: bool,
) -> bytes:
    """One list. whole: whether it goes on to the end of B, and so tells what is left out there."""
    b = document.b_clock
    lines = [
        f"TITLE: {plain(name.removesuffix('.edl'))}",
        f"FCM: {'DROP FRAME' if b.dropped else 'NON-DROP FRAME'}",
        "",
    ]
    if not pieces:
        lines.append(f"* THE {_NAMES[modality].upper()} WAS NOT COMPARED")
    reel = reel_name(document.a_name)
    left_out = {
        at: list(found)
        for at, found in groupby(sorted(omissions, key=lambda each: each.at), lambda o: o.at)
    }
    for number, piece in enumerate(pieces, 1):
        lines += _event(number, piece, document, _TRACKS[modality], reel)
        if number == 1:  # readers take comments for a part of the event before
            lines.append(f"* FRAME RATE: {b.frame_rate:.6g}")
        for omission in left_out.pop(piece.record.start, ()):
            lines.append(_omitted(omission, document.a_clock))
    if whole and pieces:
        end = pieces[-1].record.end
        for omission in left_out.get(end, ()):
            lines.append(_omitted(omission, document.a_clock))
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def reel_name(name: str) -> str:
    """Up to eight capital letters and digits, as CMX 3600 names reels; never black's own name."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name.rsplit("/", 1)[-1])
    reel = re.sub(r"[^A-Z0-9]", "", stem.upper().encode("ascii", "ignore").decode())
    reel = reel[:_REEL_LENGTH]
    return reel if reel and reel not in ("BL", "AX") else f"A{reel}"


def _event(number: int, piece: Piece, document: Document, track: str, reel: str) -> Iterator[str]:
    a, b = document.a_clock, document.b_clock
    record = _span(piece.record, b)
    if piece.source is None:
        black = FrameClock(b.frame_rate, drop_frame=b.drop_frame)
        source = _span(Span(start=0, end=piece.record.length), black)
        yield f"{number:03}  {'BL':<8} {track:<5} C        {source} {record}"
        yield f"* {_kind(piece)}"
        return
    yield f"{number:03}  {reel:<8} {track:<5} C        {_span(piece.source, a)} {record}"
    if piece.is_retimed:
        speed = piece.source.length / piece.record.length * b.exact_rate
        # Readers of motion effects know colons only.
        at = a.timecode(piece.source.start).replace(";", ":")
        yield f"M2   {reel:<8} {speed:05.1f}                {at}"
    yield f"* FROM CLIP NAME: {plain(document.a_name)}"
    if piece.region.kind != RegionKind.REGION_KIND_UNCHANGED:
        yield f"* {_kind(piece)}"
    if piece.region.sound_offset:
        yield f"* SOUND OFFSET: {piece.region.sound_offset:+.3f} S"


def _kind(piece: Piece) -> str:
    """`REPLACED`, as far as the piece is what its region says: its ends may lie outside of A."""
    kind = piece.region.kind
    if piece.source is None and kind == RegionKind.REGION_KIND_UNCHANGED:
        return "NOT IN A"
    box = " IN A PART OF THE PICTURE" if piece.region.HasField("box") else ""
    return f"{kind_name(kind).upper()}{box}"


def _omitted(omission: Omission, a: FrameClock) -> str:
    word = "REPLACES" if omission.region.kind == RegionKind.REGION_KIND_REPLACED else "OMITTED"
    return f"* {word} A: {_span(omission.source, a)}"


def _span(span: Span, clock: FrameClock) -> str:
    return f"{clock.timecode(span.start)} {clock.timecode(span.end)}"
