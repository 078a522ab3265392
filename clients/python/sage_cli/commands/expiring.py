"""What the commands that hand out something for some time have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from google.protobuf.timestamp_pb2 import Timestamp

DAY_SECONDS = 24 * 3600


def days_option(*, default: int, most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--days`: how long what is made is good."""
    return click.option(
        "--days",
        type=click.IntRange(1, most),
        default=default,
        show_default=True,
        help="How long it is good.",
    )


def day(time: Timestamp) -> str:
    """In UTC, as ISO 8601 has it: nobody needs the hour of what lasts for weeks."""
    return f"{time.ToDatetime():%Y-%m-%d}"


def print_secret(name: str, expires: Timestamp, secret: str) -> None:
    """The secret alone goes to standard output, so that a program can take it."""
    click.echo(f"{name}, good until {day(expires)}. It is not shown again:", err=True)
    click.echo(secret)
