"""The report: one page to read, to print or to send. Complete in itself, without scripts, readable
without colours. SAGE's own page prints the same."""

from __future__ import annotations

from html import escape

from sage.compare.v1.compare_pb2 import Comparison, ModalitySummary, RegionKind
from sage.embed.v1.embed_pb2 import Embedding, Modality
from services.compare.export.document import Document, ExportFile, modality_name, verdict
from services.compare.export.edits import edit_count
from services.compare.export.page_edits import edits_table
from services.compare.export.page_notes import notes_section
from services.compare.export.page_style import style
from services.compare.export.page_technical import technical_section
from services.compare.export.page_timeline import timeline
from services.compare.export.page_times import rate
from services.compare.export.timecode import FrameClock, clock_time

_HEADINGS = {Modality.MODALITY_VISUAL: "Picture", Modality.MODALITY_AUDIO: "Sound"}

_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)

_VERDICTS = {
    "identical": "The two files are identical, byte for byte.",
    "re-encode only": "No differences but the encoding.",
    "same": "No differences found.",
}


def write_page(document: Document) -> ExportFile:
    """Whole HTML; the notes and marks of a kept comparison are in it when the call names one."""
    name = document.file_name("html")
    return ExportFile(
        content_type=f'text/html; charset=utf-8; name="{name}"',
        file_name=name,
        data=_page(document).encode(),
    )


def _page(document: Document) -> str:
    a, b = escape(document.a_name), escape(document.b_name)
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        _POLICY,
        f"<title>{a} and {b}: differences</title>",
        f"<style>{style()}</style>\n</head>\n<body>\n<main>",
        _cover(document),
        _looks(document.comparison),
        *(_modality(document, each) for each in document.comparison.summary.modalities),
        "" if document.technical is None else technical_section(document.technical),
        _remarks(document.comparison),
        notes_section(document),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _cover(document: Document) -> str:
    review, comparison = document.review, document.comparison
    title = f"{document.a_name} and {document.b_name}" if review is None else review.title
    header, summary = comparison.header, comparison.summary
    versions = (
        _version("A", document.a_name, header.a, summary.duration_a, document.a_clock),
        _version("B", document.b_name, header.b, summary.duration_b, document.b_clock),
    )
    return (
        f'<header>\n<p class="kicker">Comparison of two versions</p>\n<h1>{escape(title)}</h1>\n'
        f'<p class="verdict">{escape(_verdict(document))}</p>\n'
        f'<div class="versions">{"".join(versions)}</div>\n{_facts(document)}\n</header>'
    )


def _version(side: str, name: str, of: Embedding, duration: float, clock: FrameClock) -> str:
    facts = [("Length", clock_time(duration)), ("Counted at", rate(clock))]
    rows = "".join(f"<dt>{label}</dt><dd>{text}</dd>" for label, text in facts if text)
    if of.video_sha256:
        rows += f'<dt>SHA-256</dt><dd class="hash">{escape(of.video_sha256)}</dd>'
    return f'<section class="version"><h2>{side}: {escape(name)}</h2><dl>{rows}</dl></section>'


def _verdict(document: Document) -> str:
    comparison = document.comparison
    count = comparison.summary.difference_count
    if not count and comparison.looks:
        return "The same content; it looks different."
    if not count and verdict(comparison) == "different":
        return "No stretch of what both have differs; the notes say what does."
    return _VERDICTS.get(verdict(comparison), _counted(document, count))


def _counted(document: Document, differences: int) -> str:
    """The page counts edits, and so does who reads; the tables tell picture and sound apart."""
    rates = (document.a_clock.frame_rate, document.b_clock.frame_rate)
    edits = edit_count(document.comparison.regions, rates)
    told = f"{edits} edit{'' if edits == 1 else 's'} found"
    if edits == differences:
        return f"{told}."
    return f"{told}: {differences} differences of picture and sound."


def _facts(document: Document) -> str:
    header, review = document.comparison.header, document.review
    facts = [] if review is None else [("Review", _review_words(document))]
    facts += [
        ("Engine", f"{header.a.engine} ({header.a.model})"),
        ("Threshold", f"{header.options.threshold:g}"),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in facts)
    return f"<dl>{rows}</dl>"


def _review_words(document: Document) -> str:
    if document.review is None:
        return ""
    marks = document.review.marks.values()
    counts = [
        (sum(mark.reviewed for mark in marks), "reviewed"),
        (sum(mark.ignored for mark in marks), "to be ignored"),
    ]
    told = [f"{count} {word}" for count, word in counts if count]
    return ", ".join([document.review.status, *told])


def _looks(comparison: Comparison) -> str:
    return _list("Look, throughout", [look.sentence for look in comparison.looks])


def _remarks(comparison: Comparison) -> str:
    return _list("Notes", list(comparison.summary.notes))


def _list(heading: str, lines: list[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{heading}</h2>\n<ul>{items}</ul>"


def _modality(document: Document, summary: ModalitySummary) -> str:
    name = _HEADINGS.get(summary.modality, modality_name(summary.modality).title())
    numbered = [
        (number, each)
        for number, each in enumerate(document.comparison.regions)
        if each.modality == summary.modality
    ]
    changed = [each for each in numbered if each[1].kind != RegionKind.REGION_KIND_UNCHANGED]
    unchanged = f"{summary.unchanged_share_a:.1%} of A and {summary.unchanged_share_b:.1%} of B"
    table = edits_table(document, name, changed) if changed else "<p>No differences.</p>"
    bars = timeline(document.comparison, [region for _, region in numbered], name)
    return f"<h2>{name}</h2>\n<p>Unchanged: {unchanged}.</p>\n{bars}\n{table}"
