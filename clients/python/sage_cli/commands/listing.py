"""`--filter` and `--order-by`, the same for every command that lists something."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What is listed and in which order, in the words of the contract; empty is the default."""

    filter: str
    order_by: str


def listing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options; the command gets them as `listing`."""

    @click.option(
        "--filter",
        "filter_",
        default="",
        metavar="FILTER",
        help="Only what passes this, such as: create_time > 2026-05-01T00:00:00Z",
    )
    @click.option(
        "--order-by",
        default="",
        metavar="FIELDS",
        help="Fields of the filter, parted by commas, each with ' desc' for from great to small.",
    )
    @functools.wraps(command)
    def listing(*args: Any, filter_: str, order_by: str, **options: Any) -> None:
        command(*args, listing=Listing(filter=filter_, order_by=order_by), **options)

    return listing
