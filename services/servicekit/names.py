"""Resource names and ids (`videos/{id}`), and names for people."""

from __future__ import annotations

import secrets
import time
import unicodedata

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """26 characters: 48 bits of milliseconds, then 80 random bits (the ULID scheme, lower case)."""
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def resource_id(name: str) -> str:
    """The id in `collection/{id}`."""
    return name.rpartition("/")[2]


def one_line(name: str) -> str:
    """The name without control characters and outer space; empty when nothing else is in it."""
    return "".join(char for char in name if unicodedata.category(char) != "Cc").strip()
