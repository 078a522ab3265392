"""Where comparisons are kept, as the API needs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.compare.saved.comparison import SavedComparison, Status, Transition
from services.servicekit.listing.requests import ListRequest, Page


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which comparisons are listed. Empty values leave nothing out.

    video: on either side. a, b: on that side.
    """

    video: str = ""
    a: str = ""
    b: str = ""
    statuses: Sequence[Status] = ()


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
        self, workspace: str, listing: ListRequest, selection: Selection
    ) -> Page[SavedComparison]:
        """Outlines: without notes and marks.

        Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN).
        """
        ...

    async def change(
        self, workspace: str, comparison_id: str, transition: Transition
    ) -> SavedComparison:
        """Applies a change to the comparison. Raises what it raises, and SageError(NOT_FOUND)."""
        ...
