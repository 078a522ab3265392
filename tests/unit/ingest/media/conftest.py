from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary, clip_library, reel

__all__ = ["clip_library", "reel"]


@pytest.fixture(scope="session")
def clip(clip_library: ClipLibrary) -> Path:
    """Four seconds of the rabbit, then two of the man, with sound."""
    return clip_library.get("clip.mp4", (clips.REEL[1], clips.REEL[2]))
