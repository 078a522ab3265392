"""What a List method is asked for, and what it answers with (AIP-132, AIP-158, AIP-160)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class ListMessage(Protocol):
    """The fields that the request of every List method has."""

    page_size: int
    page_token: str
    filter: str
    order_by: str


@dataclass(frozen=True, kw_only=True)
class ListRequest:
    """Which rows, in which order, and which page of them; empty values are the defaults."""

    page_size: int = 0
    page_token: str = ""
    filter: str = ""
    order_by: str = ""

    @classmethod
    def of(cls, message: ListMessage, *, order_by: str = "") -> ListRequest:
        """order_by: taken where the message has none."""
        return cls(
            page_size=message.page_size,
            page_token=message.page_token,
            filter=message.filter,
            order_by=message.order_by or order_by,
        )

    @property
    def rows(self) -> int:
        """How many rows a page has at most."""
        return min(self.page_size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Item]):
    """Some rows of a list. next_page_token: empty on the last page. total_size: of all pages."""

    items: Sequence[Item]
    next_page_token: str
    total_size: int
