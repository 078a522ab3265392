"""Technical differences as messages of the contract."""

from __future__ import annotations

from sage.compare.v1 import technical_pb2
from sage.compare.v1.technical_pb2 import SubtitleDifference
from sage.ingest.v1.technical_pb2 import TechnicalFacts
from services.compare.technical.comparing import TechnicalFindings, TrackText
from services.compare.technical.rows import Group, Row, Severity
from services.compare.technical.texts import TextKind

_MOST_TEXTS = 1_000
_GROUPS = {
    Group.FILE: technical_pb2.TECHNICAL_GROUP_FILE,
    Group.PICTURE: technical_pb2.TECHNICAL_GROUP_PICTURE,
    Group.COLOUR: technical_pb2.TECHNICAL_GROUP_COLOUR,
    Group.SOUND: technical_pb2.TECHNICAL_GROUP_SOUND,
    Group.SUBTITLES: technical_pb2.TECHNICAL_GROUP_SUBTITLES,
}
_SEVERITIES = {
    Severity.NONE: technical_pb2.TECHNICAL_SEVERITY_UNSPECIFIED,
    Severity.INFO: technical_pb2.TECHNICAL_SEVERITY_INFO,
    Severity.NOTICE: technical_pb2.TECHNICAL_SEVERITY_NOTICE,
    Severity.IMPORTANT: technical_pb2.TECHNICAL_SEVERITY_IMPORTANT,
}
_KINDS = {
    TextKind.CHANGED: SubtitleDifference.KIND_CHANGED,
    TextKind.SHIFTED: SubtitleDifference.KIND_SHIFTED,
    TextKind.ONLY_IN_A: SubtitleDifference.KIND_ONLY_IN_A,
    TextKind.ONLY_IN_B: SubtitleDifference.KIND_ONLY_IN_B,
}


def differences_message(
    a: TechnicalFacts, b: TechnicalFacts, found: TechnicalFindings
) -> technical_pb2.TechnicalDifferences:
    """With the first texts of subtitles that differ, and how many there are in all."""
    return technical_pb2.TechnicalDifferences(
        a=a.video,
        b=b.video,
        view=a.view,
        rows=[_row(row) for row in found.rows],
        subtitle_differences=[_text(text) for text in found.texts[:_MOST_TEXTS]],
        subtitle_difference_count=len(found.texts),
        notes=found.notes,
    )


def _row(row: Row) -> technical_pb2.TechnicalRow:
    return technical_pb2.TechnicalRow(
        group=_GROUPS[row.group],
        track=row.track,
        name=row.name,
        a=row.a,
        b=row.b,
        same=row.same,
        severity=_SEVERITIES[row.severity],
        meaning=row.meaning,
    )


def _text(text: TrackText) -> SubtitleDifference:
    a, b = text.difference.a, text.difference.b
    return SubtitleDifference(
        track=text.track,
        kind=_KINDS[text.difference.kind],
        a_start=a.start if a is not None else None,
        a_end=a.end if a is not None else None,
        b_start=b.start if b is not None else None,
        b_end=b.end if b is not None else None,
        a_text=a.text if a is not None else "",
        b_text=b.text if b is not None else "",
    )
