"""One cluster for all tests of this folder."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.images.__main__ import build_images
from deploy.k8s.dev_keys import FOLDER, make_keys
from tests.fixtures.clips import REEL, Piece, replace
from tests.fixtures.media import ClipLibrary, clip_library, reel
from tests.k8s.cluster import Cluster
from tests.k8s.load import Pair, People
from tests.k8s.podman import Podman

__all__ = ["clip_library", "reel"]
_OVERLAY = Path(__file__).parent / "overlay"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The images of this tree, running as the overlay of the tests says."""
    build_images([])
    make_keys(FOLDER)
    with tempfile.TemporaryDirectory(prefix="sage-pods-") as folder:
        # Pods read what is mounted as a user of their own.
        Path(folder).chmod(0o755)
        port = int(os.environ.get("SAGE_PORT", "0"))
        it = Cluster(_OVERLAY, Podman(Path(folder)), Path(folder), port)
        with it.running():
            yield it


@pytest.fixture(scope="session")
def people(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> People:
    return People(cluster.url, tmp_path_factory.mktemp("people"))


@pytest.fixture(scope="session")
def clip(clip_library: ClipLibrary) -> Path:
    """Two seconds of video, embedded in a moment."""
    return clip_library.get("clip.mp4", [Piece("man", 0.0, 2.0)])


@pytest.fixture(scope="session")
def pair(people: People, reel: Path, clip_library: ClipLibrary) -> Pair:
    """Two versions that were compared when nothing was wrong."""
    edit = replace(REEL, 4.0, 6.0, Piece("man", 0.0, 2.0))
    return people.compare(reel, clip_library.get("edited.mp4", edit.pieces))
