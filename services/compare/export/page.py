"""A page to print or to send: complete in itself, without scripts, readable without colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sage.compare.v1.compare_pb2 import Comparison, ModalitySummary, Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import (
    Document,
    ExportFile,
    differences,
    kind_name,
    modality_name,
    verdict,
)
from services.compare.export.kinds import COLORS, UNCHANGED_COLOR
from services.compare.export.timecode import clock_time

_HEADINGS = {Modality.MODALITY_VISUAL: "Picture", Modality.MODALITY_AUDIO: "Sound"}
_WIDTH, _ROW = 1000.0, 34.0
_MIN_BAR, _MIN_LETTER_BAR = 1.5, 14.0

_STYLE = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,sans-serif;color:#1c2430}
body{max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}
.verdict{font-size:1.15rem;font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.5rem}dt{color:#4a5565}dd{margin:0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:#4a5565;padding-bottom:.4rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d8dde3}
td.n,th.n{text-align:right}svg{width:100%;height:auto}
.wide{overflow-x:auto}
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}thead{display:table-header-group}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)

_VERDICTS = {
    "identical": "The two files are identical, byte for byte.",
    "re-encode only": "No differences but the encoding.",
    "same": "No differences found.",
}


def write_page(document: Document) -> ExportFile:
    name = document.file_name("html")
    return ExportFile(
        content_type=f'text/html; charset=utf-8; name="{name}"',
        file_name=name,
        data=_page(document).encode(),
    )


def _page(document: Document) -> str:
    comparison = document.comparison
    a, b = escape(document.a_name), escape(document.b_name)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        _POLICY,
        f"<title>{a} and {b}: differences</title>",
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{a} and {b}</h1>",
        f'<p class="verdict">{escape(_verdict(comparison))}</p>',
        _facts(document),
    ]
    if comparison.looks:
        looks = "".join(f"<li>{escape(look.sentence)}</li>" for look in comparison.looks)
        parts.append(f"<h2>Look, throughout</h2>\n<ul>{looks}</ul>")
    for summary in comparison.summary.modalities:
        regions = [each for each in comparison.regions if each.modality == summary.modality]
        parts.append(_modality(comparison, summary, regions))
    if comparison.summary.notes:
        notes = "".join(f"<li>{escape(note)}</li>" for note in comparison.summary.notes)
        parts.append(f"<h2>Notes</h2>\n<ul>{notes}</ul>")
    parts.append("</main>\n</body>\n</html>\n")
    return "\n".join(parts)


def _verdict(comparison: Comparison) -> str:
    count = comparison.summary.difference_count
    if not count and comparison.looks:
        return "The same content; it looks different."
    if not count and verdict(comparison) == "different":
        return "No stretch of what both have differs; the notes say what does."
    counted = f"{count} difference{'' if count == 1 else 's'} found."
    return _VERDICTS.get(verdict(comparison), counted)


def _facts(document: Document) -> str:
    header, summary = document.comparison.header, document.comparison.summary
    facts = [
        ("A", f"{document.a_name}, {clock_time(summary.duration_a)}"),
        ("B", f"{document.b_name}, {clock_time(summary.duration_b)}"),
        ("Engine", f"{header.a.engine} ({header.a.model})"),
        ("Threshold", f"{header.options.threshold:g}"),
    ]
    if summary.HasField("similarity_percent"):
        facts.append(("Similarity", f"{summary.similarity_percent:.1f} %"))
    rows = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in facts)
    return f"<dl>{rows}</dl>"


def _modality(comparison: Comparison, summary: ModalitySummary, regions: Sequence[Region]) -> str:
    name = _HEADINGS.get(summary.modality, modality_name(summary.modality).title())
    changed = [each for each in differences(comparison) if each.modality == summary.modality]
    unchanged = f"{summary.unchanged_share_a:.1%} of A and {summary.unchanged_share_b:.1%} of B"
    table = _table(name, changed) if changed else "<p>No differences.</p>"
    return (
        f"<h2>{name}</h2>\n<p>Unchanged: {unchanged}.</p>\n"
        f"{_timeline(comparison, regions, name)}\n{table}"
    )


def _table(name: str, regions: Sequence[Region]) -> str:
    rows = "\n".join(
        f"<tr><td>{number}</td><td>{kind_name(region.kind).title()}{_detail(region)}</td>"
        f"<td>{_span(region.a_start, region.a_end)}</td>"
        f"<td>{_span(region.b_start, region.b_end)}</td>"
        f'<td class="n">{region.score:.3f}</td><td class="n">{region.confidence:.0%}</td></tr>'
        for number, region in enumerate(regions, 1)
    )
    return (
        f'<div class="wide"><table>\n<caption>{name}: differences in order of time</caption>\n'
        '<thead><tr><th scope="col">#</th><th scope="col">Kind</th><th scope="col">In A</th>'
        '<th scope="col">In B</th><th scope="col" class="n">Score</th>'
        f'<th scope="col" class="n">Confidence</th></tr></thead>\n<tbody>\n{rows}\n</tbody>'
        "\n</table></div>"
    )


def _detail(region: Region) -> str:
    if region.kind == RegionKind.REGION_KIND_RETIMED:
        return f" ({region.rate:.3g} times as fast)"
    return " (part of the picture)" if region.HasField("box") else ""


def _span(start: float, end: float) -> str:
    if end <= start:
        return f"at {clock_time(start)}"
    return f"{clock_time(start)} &ndash; {clock_time(end)}"


def _timeline(comparison: Comparison, regions: Sequence[Region], name: str) -> str:
    summary = comparison.summary
    longest = max(summary.duration_a, summary.duration_b, 1e-9)
    bars = []
    for region in regions:
        bars.append(_bar(region, region.a_start, region.a_end, 0.0, longest))
        bars.append(_bar(region, region.b_start, region.b_end, _ROW + 8, longest))
    label = f"{name}: the regions of A (above) and B (below); the table lists the differences."
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {2 * _ROW + 8:g}" role="img" aria-label="{label}">'
        f"{''.join(bars)}</svg>"
    )


def _color(region: Region) -> str:
    """Colours differ in lightness little: every bar carries its kind in letters, too."""
    color = COLORS.get(region.kind)
    return UNCHANGED_COLOR if color is None else color.hex


def _bar(region: Region, start: float, end: float, top: float, longest: float) -> str:
    if end <= start:
        return ""
    left = start / longest * _WIDTH
    width = max((end - start) / longest * _WIDTH, _MIN_BAR)
    bar = (
        f'<rect x="{left:.2f}" y="{top:g}" width="{width:.2f}" height="{_ROW:g}" '
        f'fill="{_color(region)}"/>'
    )
    if region.kind == RegionKind.REGION_KIND_UNCHANGED or width < _MIN_LETTER_BAR:
        return bar
    return (
        f'{bar}<text x="{left + width / 2:.2f}" y="{top + _ROW / 2 + 5:g}" fill="#fff" '
        f'font-size="14" text-anchor="middle">{kind_name(region.kind)[:3].title()}</text>'
    )
