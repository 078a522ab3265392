"""Comparisons as files: for programs (JSON, CSV), for editing software (change lists to conform by,
timelines, markers), for people (HTML, change notes). `write` is the one way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sage.compare.v1.compare_pb2 import ExportFormat
from services.compare.export.aaf import write_aaf
from services.compare.export.change_edl import write_picture_edl, write_sound_edl
from services.compare.export.change_list import write_change_list_csv, write_change_list_xlsx
from services.compare.export.change_notes import write_notes, write_notes_csv
from services.compare.export.csv_table import write_csv
from services.compare.export.document import DEFAULT_HEAL_FRAMES, Document, ExportFile
from services.compare.export.editorial import shot_times
from services.compare.export.edl import write_edl
from services.compare.export.fcp7 import write_fcp7
from services.compare.export.fcpx import write_fcpx
from services.compare.export.frame_rate import frame_rate_of
from services.compare.export.json_object import write_json
from services.compare.export.marker_files import (
    write_avid_markers,
    write_premiere_markers,
    write_pro_tools_markers,
)
from services.compare.export.otio import write_otio
from services.compare.export.page import write_page
from services.compare.export.review import Review, review_of
from services.compare.export.shots import shot_starts

_WRITERS: Mapping[int, Callable[[Document], ExportFile]] = {
    ExportFormat.EXPORT_FORMAT_JSON: write_json,
    ExportFormat.EXPORT_FORMAT_CSV: write_csv,
    ExportFormat.EXPORT_FORMAT_EDL: write_edl,
    ExportFormat.EXPORT_FORMAT_OTIO: write_otio,
    ExportFormat.EXPORT_FORMAT_HTML: write_page,
    ExportFormat.EXPORT_FORMAT_CHANGE_EDL_PICTURE: write_picture_edl,
    ExportFormat.EXPORT_FORMAT_CHANGE_EDL_SOUND: write_sound_edl,
    ExportFormat.EXPORT_FORMAT_CHANGE_NOTES: write_notes,
    ExportFormat.EXPORT_FORMAT_CHANGE_NOTES_CSV: write_notes_csv,
    ExportFormat.EXPORT_FORMAT_CHANGE_LIST_CSV: write_change_list_csv,
    ExportFormat.EXPORT_FORMAT_CHANGE_LIST_XLSX: write_change_list_xlsx,
    ExportFormat.EXPORT_FORMAT_FCP7_XML: write_fcp7,
    ExportFormat.EXPORT_FORMAT_FCPXML: write_fcpx,
    ExportFormat.EXPORT_FORMAT_AAF: write_aaf,
    ExportFormat.EXPORT_FORMAT_MARKERS_PREMIERE: write_premiere_markers,
    ExportFormat.EXPORT_FORMAT_MARKERS_AVID: write_avid_markers,
    ExportFormat.EXPORT_FORMAT_MARKERS_PRO_TOOLS: write_pro_tools_markers,
}
_WITHOUT_TIMECODES = (ExportFormat.EXPORT_FORMAT_JSON, ExportFormat.EXPORT_FORMAT_HTML)
_WITH_PICTURES = (
    ExportFormat.EXPORT_FORMAT_HTML,
    ExportFormat.EXPORT_FORMAT_CHANGE_LIST_XLSX,
)
_WITH_SHOTS = (
    ExportFormat.EXPORT_FORMAT_CHANGE_LIST_CSV,
    ExportFormat.EXPORT_FORMAT_CHANGE_LIST_XLSX,
)


def write(export_format: ExportFormat.ValueType, document: Document) -> ExportFile:
    """The comparison in that format. Raises KeyError for UNSPECIFIED."""
    return _WRITERS[export_format](document)


def has_timecodes(export_format: ExportFormat.ValueType) -> bool:
    """Whether the format counts frames, so that the frame rates must be known."""
    return export_format not in _WITHOUT_TIMECODES


def shows_pictures(export_format: ExportFormat.ValueType) -> bool:
    """Whether the format has room for thumbnails."""
    return export_format in _WITH_PICTURES


def tells_shots(export_format: ExportFormat.ValueType) -> bool:
    """Whether the format says more when it is known where shots begin."""
    return export_format in _WITH_SHOTS


__all__ = [
    "DEFAULT_HEAL_FRAMES",
    "Document",
    "ExportFile",
    "Review",
    "frame_rate_of",
    "has_timecodes",
    "review_of",
    "shot_starts",
    "shot_times",
    "shows_pictures",
    "tells_shots",
    "write",
]
