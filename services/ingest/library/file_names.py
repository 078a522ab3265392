"""File names as people see them."""

from __future__ import annotations

from services.servicekit.names import one_line

_FALLBACK = "video"


def base_name(name: str) -> str:
    """The name without any path before it and without control characters.

    Both kinds of slashes separate: browsers and operating systems send either.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = one_line(last)
    return shown if shown not in ("", ".", "..") else _FALLBACK
