"""Resource names and ids: `videos/{id}`."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """26 characters: 48 bits of milliseconds, then 80 random bits (the ULID scheme, lower case)."""
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def resource_id(name: str) -> str:
    """The id in `collection/{id}`."""
    return name.rpartition("/")[2]
