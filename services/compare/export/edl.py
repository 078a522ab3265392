"""CMX 3600 edit decision list: one event for each difference, on B's timeline.

Every event plays B against itself, so that the list can be imported as markers or as a sub-clip
reel. What is only in A has no length in B: its event is one frame long, and its comment says what
is missing. The lines that begin with `|C:` are the markers of DaVinci Resolve.
"""

from __future__ import annotations

from collections.abc import Iterator

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, ExportFile, differences, kind_name
from services.compare.export.timecode import FrameClock

_MAX_EVENTS = 999
_COMMENT_LENGTH = 80
_COLORS = {
    RegionKind.REGION_KIND_REPLACED: "Red",
    RegionKind.REGION_KIND_INSERTED: "Green",
    RegionKind.REGION_KIND_DELETED: "Pink",
    RegionKind.REGION_KIND_MOVED: "Blue",
    RegionKind.REGION_KIND_RETIMED: "Yellow",
}


def write_edl(document: Document) -> ExportFile:
    """The format's event numbers have three digits: differences after the 999th are left out."""
    clock = FrameClock(document.frame_rate)
    found = sorted(
        differences(document.comparison), key=lambda region: (region.b_start, region.a_start)
    )
    lines = [
        f"TITLE: {_plain(document.file_name('edl').removesuffix('.edl'))}",
        f"FCM: {'DROP FRAME' if clock.dropped else 'NON-DROP FRAME'}",
        "",
        f"* FRAME RATE: {document.frame_rate:.6g}",
    ]
    if len(found) > _MAX_EVENTS:
        lines.append(f"* THE FIRST {_MAX_EVENTS} OF {len(found)} DIFFERENCES")
    for number, region in enumerate(found[:_MAX_EVENTS], 1):
        lines += _event(number, region, document, clock)
    name = document.file_name("edl")
    return ExportFile(
        content_type=f'text/plain; charset=us-ascii; name="{name}"',
        file_name=name,
        data=("\r\n".join(lines) + "\r\n").encode("ascii"),
    )


def _event(number: int, region: Region, document: Document, clock: FrameClock) -> Iterator[str]:
    start = clock.frame(region.b_start)
    end = max(clock.frame(region.b_end), start + 1)
    span = f"{clock.timecode(start)} {clock.timecode(end)}"
    track = "A" if region.modality == Modality.MODALITY_AUDIO else "V"
    yield f"{number:03}  B        {track}     C        {span} {span}"
    kind = kind_name(region.kind).upper()
    yield f"* FROM CLIP NAME: {_plain(document.b_name)}"
    from_a, to_a = (clock.timecode(clock.frame(time)) for time in (region.a_start, region.a_end))
    yield f"* {kind} IN A: {from_a} {to_a} SCORE: {region.score:.3f} RATE: {region.rate:.3f}"
    yield f" |C:ResolveColor{_COLORS[region.kind]} |M:{kind.title()} |D:{end - start}"


def _plain(text: str) -> str:
    """ASCII on one line, as the format wants it."""
    ascii_only = text.encode("ascii", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in ascii_only)[:_COMMENT_LENGTH]
