"""What goes wrong, in a sentence."""

from __future__ import annotations


class OperationError(Exception):
    """What is wrong and what to do, for the person at the terminal."""
