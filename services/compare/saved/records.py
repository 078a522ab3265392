"""Where comparisons are kept, as the API needs it."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.compare.saved.comparison import SavedComparison, Status, Transition
from services.servicekit.paging import Cursor


class Order(enum.Enum):
    """In which order comparisons are listed."""

    NEWEST = "newest"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Which comparisons are listed, and how. Empty values leave nothing out.

    video: on either side. a, b: on that side.
    """

    video: str = ""
    a: str = ""
    b: str = ""
    statuses: Sequence[Status] = ()
    order: Order = Order.NEWEST

    def key_of(self, comparison: SavedComparison) -> Cursor:
        """The place after a comparison in this list."""
        newest = self.order is Order.NEWEST
        time = comparison.created_at if newest else comparison.updated_at
        return Cursor(created_at=time, id=comparison.id)

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """What page tokens of this list are bound to."""
        return ("comparisons", self.video, self.a, self.b, *self.statuses, self.order.value)


class Records(Protocol):
    """The comparisons of all workspaces; a workspace never sees another's.

    All raise SageError(DEPENDENCY_UNAVAILABLE) when the database does not answer.
    """

    async def create(self, comparison: SavedComparison, request_id: str) -> SavedComparison:
        """Keeps a new comparison, or answers with the one that the same request created.

        Raises SageError(REQUEST_ID_REUSED, QUOTA_EXCEEDED).
        """
        ...

    async def get(self, workspace: str, comparison_id: str) -> SavedComparison:
        """Raises SageError(NOT_FOUND)."""
        ...

    async def find(self, workspace: str, ids: Collection[str]) -> Sequence[SavedComparison]:
        """Those that exist."""
        ...

    async def revision(self, workspace: str) -> int:
        """The revision of the workspace's last change; 0 before the first."""
        ...

    async def page(
        self, workspace: str, listing: Listing, *, after: Cursor | None, limit: int
    ) -> Sequence[SavedComparison]:
        """Outlines: without notes and marks."""
        ...

    async def change(
        self, workspace: str, comparison_id: str, transition: Transition
    ) -> SavedComparison:
        """Applies a change to the comparison. Raises what it raises, and SageError(NOT_FOUND)."""
        ...
