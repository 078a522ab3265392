"""Times as people write them."""

from __future__ import annotations

import re

import click

_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)")
# A time code on a whole second, which no frame rate is needed for.
_WHOLE_TIMECODE = re.compile(r"(\d{1,3}:\d{2}:\d{2})[:;]00")


def seconds_of(text: str) -> float:
    """Seconds of `62.5`, `1:02.5`, `0:01:02.5` or `00:01:02:00`, for arguments of a command.

    Raises click.BadParameter for anything else.
    """
    timecode = _WHOLE_TIMECODE.fullmatch(text.strip())
    found = _CLOCK.fullmatch(timecode[1] if timecode else text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no time: write 62.5, 1:02.5 or 0:01:02.5.")
    hours, minutes, seconds = found.groups()
    if (minutes and float(seconds) >= 60) or (hours and int(minutes) >= 60):
        raise click.BadParameter(f"{text!r} has more than 59 minutes or seconds.")
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
