"""Markers on B as the texts that single programs take: Premiere Pro, Media Composer, Pro Tools."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from services.compare.export.document import Document, ExportFile
from services.compare.export.kinds import COLORS
from services.compare.export.sequences import SOUND, Marker, one_line, sequences_of

_PREMIERE_COLUMNS = ("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")
_AVID_NAME = "SAGE"
# Session texts count in samples; what they say of the rate only has to agree with itself.
_SAMPLE_RATE = 48_000


def write_premiere_markers(document: Document) -> ExportFile:
    """Columns as in Premiere Pro's own export of markers, with commas between them."""
    clock = document.b_clock
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_PREMIERE_COLUMNS)
    for marker in _markers(document):
        span = marker.span
        rows.writerow(
            [
                marker.name,
                marker.comment,
                clock.timecode(span.start),
                clock.timecode(span.end),
                _duration(span.length, document),
                "Comment",
            ]
        )
    name = document.file_name("premiere-markers.csv")
    return ExportFile(
        content_type=f'text/csv; charset=utf-8; header=present; name="{name}"',
        file_name=name,
        data=text.getvalue().encode(),
    )


def write_avid_markers(document: Document) -> ExportFile:
    """Tab-separated: name, time code, track, colour, comment, frames."""
    clock = document.b_clock
    lines = [
        "\t".join(
            (
                _AVID_NAME,
                clock.timecode(marker.span.start),
                "A1" if marker.region.modality == SOUND else "V1",
                COLORS[marker.region.kind].locator.lower(),
                f"{marker.name}: {marker.comment}",
                str(marker.span.length),
            )
        )
        for marker in _markers(document)
    ]
    return _text(document, "avid-markers.txt", lines)


def write_pro_tools_markers(document: Document) -> ExportFile:
    """A session's text as Pro Tools exports it: its head and its list of markers, with the line
    ends of its readers."""
    clock = document.b_clock
    found = sequences_of(document)
    rate = f"{clock.frame_rate:.2f}".rstrip("0").rstrip(".")
    rate = {"23.98": "23.976"}.get(rate, rate)
    lines = [
        f"SESSION NAME:\t{one_line(document.b_name)}",
        f"SAMPLE RATE:\t{_SAMPLE_RATE:.6f}",
        "BIT DEPTH:\t24-bit",
        f"SESSION START TIMECODE:\t{clock.timecode(0)}",
        f"TIMECODE FORMAT:\t{rate}{' Drop' if clock.dropped else ''} Frame",
        "# OF AUDIO TRACKS:\t0",
        "# OF AUDIO CLIPS:\t0",
        "# OF AUDIO FILES:\t0",
        "",
        "",
        "M A R K E R S  L I S T I N G",
        f"#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \t{'NAME':<33}\tCOMMENTS",
    ]
    for number, marker in enumerate(found.b.markers, 1):
        samples = round(marker.span.start / clock.exact_rate * _SAMPLE_RATE)
        lines.append(
            f"{number:<4}\t{clock.timecode(marker.span.start):<13}\t{samples:<18}\tSamples  "
            f"\t{marker.name:<33}\t{marker.comment}"
        )
    return _text(document, "pro-tools-markers.txt", lines, line_end="\n")


def _markers(document: Document) -> Sequence[Marker]:
    return sequences_of(document).b.markers


def _duration(frames: int, document: Document) -> str:
    """A length as a time code that starts at 0, whatever B starts at."""
    clock = document.b_clock
    return clock.timecode(frames - clock.start)


def _text(
    document: Document, extension: str, lines: Sequence[str], *, line_end: str = "\r\n"
) -> ExportFile:
    name = document.file_name(extension)
    return ExportFile(
        content_type=f'text/plain; charset=utf-8; name="{name}"',
        file_name=name,
        data=(line_end.join(lines) + line_end).encode(),
    )
