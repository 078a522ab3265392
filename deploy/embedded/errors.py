"""Why SAGE could not start, said to the person who started it."""

from __future__ import annotations


class StartError(Exception):
    """Something has to be put right before SAGE can start; the message is one clear line."""
