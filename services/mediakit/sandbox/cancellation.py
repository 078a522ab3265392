"""How work that nobody waits for any more ends."""

from __future__ import annotations


class Cancellation(Exception):
    """The work was cancelled by its caller."""
