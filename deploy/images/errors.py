"""What a person must put right before images can be built."""

from __future__ import annotations


class ImageError(Exception):
    """One sentence that says what is missing or went wrong, and what to do."""
