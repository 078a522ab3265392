"""Times as people write them."""

from __future__ import annotations

import re

import click

_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")


def seconds_of(text: str) -> float:
    """Seconds of `62.5`, `1:02.5` or `0:01:02.5`, for options and arguments of a command.

    Raises click.BadParameter for anything else.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no time: write 62.5, 1:02.5 or 0:01:02.5.")
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
