"""The file formats of comparisons, by the names that commands know them by."""

from __future__ import annotations

from sage.compare.v1.compare_pb2 import ExportFormat

FORMATS = tuple(
    name.removeprefix("EXPORT_FORMAT_").lower().replace("_", "-")
    for name, value in ExportFormat.items()
    if value != ExportFormat.EXPORT_FORMAT_UNSPECIFIED
)


def export_format(name: str) -> ExportFormat.ValueType:
    """`change-edl-picture`: EXPORT_FORMAT_CHANGE_EDL_PICTURE."""
    return ExportFormat.Value(f"EXPORT_FORMAT_{name.upper().replace('-', '_')}")
