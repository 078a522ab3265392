"""All items of a list that the server gives in pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Page(Protocol):
    """What the answers of all List methods have."""

    @property
    def next_page_token(self) -> str:
        """Empty on the last page."""
        ...


AnyPage = TypeVar("AnyPage", bound=Page)

# As many as the server gives at once.
PAGE_SIZE = 200


async def every(
    fetch: Callable[[str], Awaitable[AnyPage]], items: Callable[[AnyPage], Iterable[Item]]
) -> list[Item]:
    """fetch: the page of a token, "" for the first. items: those of a page."""
    found: list[Item] = []
    token = ""
    while True:
        page = await fetch(token)
        found += items(page)
        token = page.next_page_token
        if not token:
            return found
