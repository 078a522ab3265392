"""Comparisons as files: for programs (JSON, CSV), for editing software (EDL, OTIO), for people
(HTML). `write` is the one way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sage.compare.v1.compare_pb2 import ExportFormat
from services.compare.export.csv_table import write_csv
from services.compare.export.document import Document, ExportFile
from services.compare.export.edl import write_edl
from services.compare.export.json_object import write_json
from services.compare.export.otio import write_otio
from services.compare.export.page import write_page

_WRITERS: Mapping[int, Callable[[Document], ExportFile]] = {
    ExportFormat.EXPORT_FORMAT_JSON: write_json,
    ExportFormat.EXPORT_FORMAT_CSV: write_csv,
    ExportFormat.EXPORT_FORMAT_EDL: write_edl,
    ExportFormat.EXPORT_FORMAT_OTIO: write_otio,
    ExportFormat.EXPORT_FORMAT_HTML: write_page,
}


def write(export_format: ExportFormat.ValueType, document: Document) -> ExportFile:
    """The comparison in that format. Raises KeyError for UNSPECIFIED."""
    return _WRITERS[export_format](document)


__all__ = ["Document", "ExportFile", "write"]
