"""One line a region, for spreadsheets (RFC 4180)."""

from __future__ import annotations

import csv
import io

from sage.compare.v1.compare_pb2 import Region
from services.compare.export.document import Document, ExportFile, kind_name, modality_name
from services.compare.export.timecode import FrameClock

_COLUMNS = (
    "modality",
    "kind",
    "a_start",
    "a_end",
    "b_start",
    "b_end",
    "a_start_timecode",
    "a_end_timecode",
    "b_start_timecode",
    "b_end_timecode",
    "score",
    "confidence",
    "rate",
)


def write_csv(document: Document) -> ExportFile:
    """Times in seconds, and as time codes of each version."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    rows.writerows(
        _row(region, document.a_clock, document.b_clock) for region in document.comparison.regions
    )
    name = document.file_name("csv")
    return ExportFile(
        content_type=f'text/csv; charset=utf-8; header=present; name="{name}"',
        file_name=name,
        data=text.getvalue().encode(),
    )


def _row(region: Region, a: FrameClock, b: FrameClock) -> list[str]:
    times = (region.a_start, region.a_end, region.b_start, region.b_end)
    return [
        modality_name(region.modality),
        kind_name(region.kind),
        *(f"{seconds:.3f}" for seconds in times),
        *(a.timecode(a.frame(seconds)) for seconds in times[:2]),
        *(b.timecode(b.frame(seconds)) for seconds in times[2:]),
        f"{region.score:.4f}",
        f"{region.confidence:.2f}",
        f"{region.rate:.4f}",
    ]
