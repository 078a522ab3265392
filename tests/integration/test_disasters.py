"""What is lost comes back by the steps that docs/operations.md tells, and people see what it says.

Each disaster hits the same SAGE: a video with an embedding and a kept comparison are in its backup,
another video came in later.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.servicekit.state import StateError
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack, running_stack, start_launcher
from tests.integration.operations import (
    compared,
    embed,
    holds,
    operate,
    played,
    rest_of,
    upload,
)

pytestmark = [
    pytest.mark.xdist_group("disasters"),
    pytest.mark.timeout(300),
    pytest.mark.slow("stops and starts the whole of SAGE"),
]


@dataclass(frozen=True, kw_only=True)
class Before:
    """What there was. told: of all lists, at the time of the backup."""

    home: Path
    backup: Path
    token: str
    clip: Path
    video: str
    later: str
    told: dict[str, Any]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, clip_library: ClipLibrary) -> Before:
    """A SAGE that was stopped some time after its last backup."""
    folder = tmp_path_factory.mktemp("disasters")
    home, backup = folder / "home", folder / "backup"
    clip = clip_library.get("clip.mp4", [Piece("man", 0.0, 2.0)])
    with running_stack(home) as stack, rest_of(stack, token := stack.sign_in()) as rest:
        video = upload(rest, clip)
        embed(rest, video)
        kept = {"a": video, "b": video, "displayName": "Kept"}
        rest.post("/comparisons", json=kept).raise_for_status()
        told = holds(rest)
        assert operate("backup", backup, home).returncode == 0
        later = upload(rest, clip_library.get("later.mp4", [Piece("man", 0.0, 1.0)]))
    return Before(
        home=home, backup=backup, token=token, clip=clip, video=video, later=later, told=told
    )


@pytest.fixture
def home(before: Before, tmp_path: Path) -> Path:
    """The same SAGE, for one disaster."""
    return shutil.copytree(before.home, tmp_path / "home")


@contextmanager
def running(home: Path, before: Before) -> Iterator[tuple[Stack, httpx.Client]]:
    with running_stack(home) as stack, rest_of(stack, before.token) as rest:
        yield stack, rest


def lose_objects(home: Path) -> None:
    shutil.rmtree(home / "objects")


def lose_databases(home: Path, *services: str) -> None:
    for service in services:
        for file in home.glob(f"{service}.sqlite*"):
            file.unlink()


def names(told: dict[str, Any], what: str) -> set[str]:
    return {each["name"] for each in told[what].get(what, ())}


def refused_start(home: Path) -> str:
    """What the launcher says when it will not start."""
    launcher = start_launcher(home, {})
    said, _ = launcher.communicate(timeout=60)
    assert launcher.returncode == StateError.EXIT_CODE, said
    return said


def test_a_lost_object_store_comes_back_and_what_was_done_since_stays(
    before: Before, home: Path
) -> None:
    lose_objects(home)
    with running(home, before) as (stack, rest):
        assert names(holds(rest), "videos") == {before.video, before.later}
        assert played(stack, rest, before.video).status_code == 404
        refused = operate("backup", before.backup, home)
        assert refused.returncode == 1
        assert "may have been lost" in refused.stderr

    restored = operate("restore", before.backup, home, "--lost", "objects")
    assert restored.returncode == 0, restored.stderr
    with running(home, before) as (stack, rest):
        assert names(holds(rest), "videos") == {before.video, before.later}
        assert played(stack, rest, before.video).content == before.clip.read_bytes()
        compared(rest, before.video).raise_for_status()
        # What came in after the backup is told of, and has to be sent again.
        assert played(stack, rest, before.later).status_code == 404


def test_without_a_backup_of_the_objects_people_mend_their_videos(
    before: Before, home: Path
) -> None:
    lose_objects(home)
    with running(home, before) as (stack, rest):
        refused = compared(rest, before.video)
        assert refused.status_code == 500, refused.text
        assert "INVALID_VECTORS" in refused.text
        # What cannot be read is listed no more, and the same bytes, uploaded again, mend the video.
        assert not names(holds(rest), "embeddings")
        upload(rest, before.clip)
        assert played(stack, rest, before.video).content == before.clip.read_bytes()
        embed(rest, before.video)
        compared(rest, before.video).raise_for_status()


def test_a_lost_database_comes_back_with_the_others_of_its_day(before: Before, home: Path) -> None:
    lose_databases(home, "ingest")
    # Nobody makes an empty SAGE of it by mistake.
    assert "holds objects of an earlier one" in refused_start(home)
    refused = operate("restore", before.backup, home, "--lost", "databases")
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr

    lose_databases(home, "ingest", "embed", "compare")
    restored = operate("restore", before.backup, home, "--lost", "databases")
    assert restored.returncode == 0, restored.stderr
    assert "objects of the bucket are not of this backup" in restored.stdout
    with running(home, before) as (stack, rest):
        assert holds(rest) == before.told
        assert played(stack, rest, before.video).content == before.clip.read_bytes()
        compared(rest, before.video).raise_for_status()


def test_lost_comparisons_come_back_alone(before: Before, home: Path) -> None:
    lose_databases(home, "compare")
    with running(home, before) as (_, rest):
        told = holds(rest)
        assert names(told, "videos") == {before.video, before.later}
        assert not names(told, "comparisons")

    lose_databases(home, "compare")
    restored = operate("restore", before.backup, home, "--lost", "comparisons")
    assert restored.returncode == 0, restored.stderr
    with running(home, before) as (_, rest):
        told = holds(rest)
        assert names(told, "videos") == {before.video, before.later}
        assert told["comparisons"] == before.told["comparisons"]


def test_objects_and_databases_that_are_lost_come_back_as_of_the_backup(
    before: Before, home: Path
) -> None:
    lose_objects(home)
    lose_databases(home, "ingest", "embed", "compare")
    restored = operate("restore", before.backup, home)
    assert restored.returncode == 0, restored.stderr
    with running(home, before) as (stack, rest):
        assert holds(rest) == before.told
        assert played(stack, rest, before.video).content == before.clip.read_bytes()
        compared(rest, before.video).raise_for_status()
