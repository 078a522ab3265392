"""Links by which people without a session see a comparison: made, listed, ended.

What opens a link is a session of its own, which embed opens and ends (`ShareSessions`); a link has
that session's id. Here is kept which links a comparison has.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.saved.comparison import Micros, SavedComparison
from services.servicekit.errors import FieldViolation, SageError
from services.servicekit.listing.requests import ListRequest, Page

MOST_LINKS = 50
_SECOND: Micros = 1_000_000
_USUAL_SECONDS = 30 * 24 * 3600.0
_LEAST_SECONDS, _MOST_SECONDS = 60.0, 365 * 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class ShareLink:
    """comparison: its id."""

    id: str
    workspace: str
    comparison: str
    display_name: str
    created_at: Micros
    expires_at: Micros

    @property
    def name(self) -> str:
        """The resource name, below that of the comparison."""
        return f"comparisons/{self.comparison}/shareLinks/{self.id}"


@dataclass(frozen=True, kw_only=True)
class OpenedLink:
    """What opens a link. expires_at: as the token has it."""

    session: str
    token: str
    expires_at: Micros


class LinkRows(Protocol):
    """Where links are kept."""

    async def of(self, workspace: str, comparison: str, now: Micros) -> Sequence[ShareLink]:
        """Those that have not expired."""
        ...

    async def page(
        self, workspace: str, comparison: str, now: Micros, listing: ListRequest
    ) -> Page[ShareLink]:
        """Of those. Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        ...

    async def keep(self, link: ShareLink) -> None:
        """Keeps a link, so that it can be listed and ended."""
        ...

    async def remove(self, workspace: str, link_id: str) -> None:
        """Forgets a link; nothing happens when there is none."""
        ...


class ShareSessions(Protocol):
    """The sessions behind links, as the caller may open and end them. All raise SageError."""

    async def open(self, comparison: str, videos: Collection[str], seconds: float) -> OpenedLink:
        """A session that sees the comparison and its videos (`videos/{id}`) for so many seconds."""
        ...

    async def end(self, session: str) -> None:
        """One that has ended already is ended."""
        ...


class ShareLinks:
    """Makes and ends links. A link is gone from the list only after nothing opens it any more."""

    def __init__(self, rows: LinkRows, sessions: ShareSessions) -> None:
        self._rows = rows
        self._sessions = sessions

    async def create(
        self, of: SavedComparison, display_name: str, expires_at: Micros | None, now: Micros
    ) -> tuple[ShareLink, str]:
        """A new link and its token.

        expires_at: None means in 30 days. Raises SageError(INVALID_ARGUMENT, QUOTA_EXCEEDED).
        """
        seconds = _USUAL_SECONDS if expires_at is None else (expires_at - now) / _SECOND
        _check_lifetime(seconds)
        _check_room(len(await self._rows.of(of.workspace, of.id, now)))
        opened = await self._sessions.open(of.name, sorted({of.a, of.b}), seconds)
        link = ShareLink(
            id=opened.session,
            workspace=of.workspace,
            comparison=of.id,
            display_name=display_name,
            created_at=now,
            expires_at=opened.expires_at,
        )
        try:
            await self._rows.keep(link)
        except BaseException:
            # Nobody was told the token, but nobody could end the session either.
            await self._sessions.end(opened.session)
            raise
        return link, opened.token

    async def page(self, of: SavedComparison, now: Micros, listing: ListRequest) -> Page[ShareLink]:
        """Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        return await self._rows.page(of.workspace, of.id, now, listing)

    async def has(self, of: SavedComparison, link_id: str, now: Micros) -> bool:
        """Whether the comparison has such a link that has not expired."""
        return link_id in {link.id for link in await self._rows.of(of.workspace, of.id, now)}

    async def revoke(self, workspace: str, link_id: str) -> None:
        """The link opens nothing from now on. Raises SageError when its session cannot be ended."""
        await self._sessions.end(link_id)
        await self._rows.remove(workspace, link_id)

    async def revoke_all(self, of: SavedComparison, now: Micros) -> None:
        """Ends all links of a comparison, one by one. Raises SageError, and leaves the rest."""
        for link in await self._rows.of(of.workspace, of.id, now):
            await self.revoke(of.workspace, link.id)


def _check_lifetime(seconds: float) -> None:
    if not _LEAST_SECONDS <= seconds <= _MOST_SECONDS:
        description = "A link lasts from a minute to a year. Choose a time in between."
        raise SageError(
            ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
            description,
            fields=[FieldViolation(field="share_link.expire_time", description=description)],
        )


def _check_room(used: int) -> None:
    if used >= MOST_LINKS:
        raise SageError(
            ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
            f"A comparison can have {MOST_LINKS} links. Revoke some first.",
            metadata={
                "quota": "comparison_share_links",
                "limit": str(MOST_LINKS),
                "used": str(used),
                "requested": "1",
            },
        )
