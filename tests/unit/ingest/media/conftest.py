from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures import clips


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the rabbit, then two of the man, with sound."""
    pieces = (clips.REEL[1], clips.REEL[2])
    return clips.write(tmp_path_factory.mktemp("media") / "clip.mp4", pieces)
