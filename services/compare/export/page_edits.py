"""The differences of one modality as the report's table."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, kind_name
from services.compare.export.page_times import span
from services.compare.export.review import mark_words
from services.compare.export.thumbnails import NO_THUMBNAILS
from services.compare.export.timecode import FrameClock, clock_time
from services.compare.ports import Still

# The number of a region in the comparison, by which marks find it.
Numbered = tuple[int, Region]


def edits_table(document: Document, name: str, regions: Sequence[Numbered]) -> str:
    """name: `Picture`. regions: the differences, in order of time."""
    rows = "\n".join(
        _row(document, position, number, region)
        for position, (number, region) in enumerate(regions, 1)
    )
    return (
        f'<div class="wide"><table>\n<caption>{name}: differences in order of time</caption>\n'
        '<thead><tr><th scope="col">#</th><th scope="col">Kind</th><th scope="col">In A</th>'
        '<th scope="col">In B</th><th scope="col" class="n">Score</th>'
        f'<th scope="col" class="n">Confidence</th></tr></thead>\n<tbody>\n{rows}\n</tbody>'
        "\n</table></div>"
    )


def _row(document: Document, position: int, number: int, region: Region) -> str:
    marks = {} if document.review is None else document.review.marks
    mark = mark_words(marks.get(number)).capitalize()
    marked = f'<span class="mark">{mark}</span>' if mark else ""
    kind = kind_name(region.kind)
    is_picture = region.modality == Modality.MODALITY_VISUAL
    shown = document.thumbnails if is_picture else NO_THUMBNAILS
    return (
        f'<tr><td>{position}</td><td><span class="kind {kind}">{kind.title()}</span>'
        f"{_detail(region)}{marked}</td>"
        f"<td>{span(document.a_clock, region.a_start, region.a_end)}"
        f"{_picture(shown.a, document.a_clock, (region.a_start, region.a_end), 'A')}</td>"
        f"<td>{span(document.b_clock, region.b_start, region.b_end)}"
        f"{_picture(shown.b, document.b_clock, (region.b_start, region.b_end), 'B')}</td>"
        f'<td class="n">{region.score:.3f}</td><td class="n">{region.confidence:.0%}</td></tr>'
    )


def _picture(
    stills: Mapping[int, Still], clock: FrameClock, stretch: tuple[float, float], side: str
) -> str:
    """Of a stretch in seconds; nothing where that has no length, or no picture."""
    start, end = stretch
    still = stills.get(clock.frame(start)) if end > start else None
    if still is None:
        return ""
    source = f"data:image/jpeg;base64,{b64encode(still.jpeg).decode()}"
    described = f"{side} at {clock_time(still.time)}"
    size = f'width="{still.width}" height="{still.height}"'
    return f'<br><img src="{source}" {size} alt="{described}" title="{described}">'


def _detail(region: Region) -> str:
    if region.kind == RegionKind.REGION_KIND_RETIMED:
        return f" ({region.rate:.3g} times as fast)"
    return " (part of the picture)" if region.HasField("box") else ""
