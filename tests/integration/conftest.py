"""The test videos."""

from __future__ import annotations

from tests.fixtures.media import clip_library, reel

__all__ = ["clip_library", "reel"]
