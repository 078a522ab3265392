"""What a file that is written has to know of the two videos besides their comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import ComparisonHeader, ExportComparisonRequest, ExportFormat
from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_BASIC,
    TechnicalFacts,
    TechnicalFactsView,
)
from services.compare import export
from services.compare.ports import Files
from services.servicekit.errors import SageError, reason_name

# A comparison outlives its videos, and an engine may have read what ingest cannot any more.
NOTHING_KNOWN = frozenset(
    reason_name(reason)
    for reason in (
        ErrorReason.ERROR_REASON_NOT_FOUND,
        ErrorReason.ERROR_REASON_VIDEO_NOT_READY,
        ErrorReason.ERROR_REASON_UNDECODABLE,
    )
)


@dataclass(frozen=True, kw_only=True)
class AboutFiles:
    """Of A and of B. names: what files call them. facts: None where nobody asked or knows."""

    names: tuple[str, str]
    facts: tuple[TechnicalFacts | None, TechnicalFacts | None] = (None, None)

    @property
    def start_timecodes(self) -> tuple[str, str]:
        """Of the first pictures; empty where the file has none."""
        a, b = ("" if each is None else each.start_timecode for each in self.facts)
        return a, b


async def about_files(
    files: Files, header: ComparisonHeader, request: ExportComparisonRequest
) -> AboutFiles:
    """As much as the request's format shows. Raises SageError(DEPENDENCY_UNAVAILABLE)."""
    given = (request.a_display_name, request.b_display_name)
    videos = (header.a.video, header.b.video)
    names = await asyncio.gather(
        *(_name(files, name, video) for name, video in zip(given, videos, strict=True))
    )
    a_facts, b_facts = await _facts(files, videos, request)
    return AboutFiles(
        names=(names[0] or request.a, names[1] or request.b), facts=(a_facts, b_facts)
    )


async def start_timecodes(files: Files, header: ComparisonHeader) -> tuple[str, str]:
    """Of A's and of B's first pictures; empty where the file has none."""
    view = TECHNICAL_FACTS_VIEW_BASIC
    facts = await asyncio.gather(
        known_facts(files, header.a.video, view), known_facts(files, header.b.video, view)
    )
    a, b = ("" if each is None else each.start_timecode for each in facts)
    return a, b


async def known_facts(
    files: Files, video: str, view: TechnicalFactsView.ValueType
) -> TechnicalFacts | None:
    """None when the video is not there any more, or cannot be read."""
    try:
        return await files.facts(video, view)
    except SageError as error:
        if error.reason_name in NOTHING_KNOWN:
            return None
        raise


async def _facts(
    files: Files, videos: Sequence[str], request: ExportComparisonRequest
) -> tuple[TechnicalFacts | None, TechnicalFacts | None]:
    view = TECHNICAL_FACTS_VIEW_BASIC
    if request.format == ExportFormat.EXPORT_FORMAT_HTML:
        view = request.technical_view or view
    elif not export.has_timecodes(request.format):
        return None, None
    a, b = await asyncio.gather(*(known_facts(files, video, view) for video in videos))
    return a, b


async def _name(files: Files, given: str, video: str) -> str:
    if given:
        return given
    try:
        return await files.display_name(video)
    except SageError as error:
        if error.reason_name in NOTHING_KNOWN:
            return ""
        raise
