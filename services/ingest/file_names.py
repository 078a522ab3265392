"""File names as people see them."""

from __future__ import annotations

import unicodedata

_FALLBACK = "video"


def base_name(name: str) -> str:
    """The name without any path before it and without control characters.

    Both kinds of slashes separate: browsers and operating systems send either.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char) != "Cc").strip()
    return shown if shown not in ("", ".", "..") else _FALLBACK
