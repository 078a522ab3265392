"""Links to one version of what is described: to the video, and to pictures of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from google.protobuf.timestamp_pb2 import Timestamp

from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1.still_link_pb2 import StillLink
from services.compare.api.about_files import NOTHING_KNOWN
from services.compare.ports import Files, Link
from services.servicekit.errors import SageError

# Of a place where there is nothing, the picture before it is shown: at this many seconds before, by
# the frame at any rate up to 120 a second.
_JUST_BEFORE = 0.01


@dataclass(frozen=True, kw_only=True)
class SideLinks:
    """video: None when its file is gone. stills: by the moment that was asked for, in seconds; none
    when there is no picture. expires: when each of them stops working. late: whether pictures are
    still being made."""

    video: Link | None = None
    stills: Mapping[float, StillLink] = field(default_factory=dict)
    expires: Sequence[Timestamp] = ()
    late: bool = False


def moment_of(start: float, end: float) -> float:
    """When a picture shows what lies between two times best, all in seconds: in the middle. Where
    nothing lies between them, just before."""
    return (start + end) / 2 if end > start else max(start - _JUST_BEFORE, 0.0)


async def side_links(files: Files, video: str, moments: Sequence[float]) -> SideLinks:
    """moments: at most 20 of the video, in seconds, of which pictures are wanted.

    Raises SageError(DEPENDENCY_UNAVAILABLE).
    """
    link, stills = await files.link(video), await _stills(files, video, moments)
    expires = () if link is None else (link.expires,)
    return SideLinks(
        video=link,
        stills=stills.stills,
        expires=(*expires, *stills.expires),
        late=stills.late,
    )


async def _stills(files: Files, video: str, moments: Sequence[float]) -> SideLinks:
    wanted = sorted(set(moments))
    if not wanted:
        return SideLinks()
    try:
        found = await files.still_links(video, wanted)
    except SageError as error:
        late = error.reason == ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED
        if late or error.reason_name in NOTHING_KNOWN:
            return SideLinks(late=late)
        raise
    stills = dict(zip(wanted, found.links, strict=True))
    return SideLinks(stills=stills, expires=(found.expires,))
