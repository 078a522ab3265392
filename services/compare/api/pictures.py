"""Thumbnails for files, from the videos themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sage.compare.v1.compare_pb2 import Comparison, ExportComparisonRequest
from services.compare import export
from services.compare.api.about_files import NOTHING_KNOWN
from services.compare.api.exporting import ExportOptions
from services.compare.export.thumbnails import (
    HEIGHT,
    NO_THUMBNAILS,
    Thumbnails,
    pictured,
    shown_times,
)
from services.compare.ports import Files, Still
from services.servicekit.errors import SageError


async def thumbnails_of(
    files: Files,
    request: ExportComparisonRequest,
    comparison: Comparison,
    options: ExportOptions,
) -> Thumbnails:
    """As many as the request wants, if its format shows any; none of a video that is gone.

    Raises SageError(DEPENDENCY_UNAVAILABLE).
    """
    if not request.thumbnails or not export.shows_pictures(request.format):
        return NO_THUMBNAILS
    regions = pictured(comparison, request.thumbnails)
    of_a, of_b = shown_times(regions, (options.a_clock, options.b_clock))
    header = comparison.header
    a, b = await asyncio.gather(
        _stills(files, header.a.video, of_a), _stills(files, header.b.video, of_b)
    )
    return Thumbnails(a=a, b=b)


async def _stills(files: Files, video: str, times: Mapping[int, float]) -> dict[int, Still]:
    if not times:
        return {}
    try:
        found = await files.stills(video, list(times.values()), HEIGHT)
    except SageError as error:
        if error.reason_name in NOTHING_KNOWN:
            return {}
        raise
    return dict(zip(times, found, strict=True))
