"""`sage compare` on real edited videos, through all of SAGE."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.clips import NEW_SCENE, REEL, Change, Piece, delete, insert, replace
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack

pytestmark = pytest.mark.xdist_group("stack")

FRAME = 1 / 25
# A region's ends are exact to the frame at the median; one frame more is granted to each.
NEAR = 2 * FRAME + 0.001


@dataclass(frozen=True)
class Sage:
    """Runs `sage` as a process of its own."""

    server: str
    home: Path

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SAGE_SERVER": self.server, "XDG_CONFIG_HOME": str(self.home)}
        return subprocess.run(
            [sys.executable, "-m", "sage_cli", *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def compare(self, a: Path, b: Path, *options: str) -> tuple[int, Any]:
        done = self("compare", a, b, "--format", "json", *options)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def sage(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Sage:
    return Sage(stack.url, tmp_path_factory.mktemp("config"))


@pytest.fixture(scope="module")
def original(clip_library: ClipLibrary) -> Path:
    return clip_library.get("original.mp4", REEL)


def differences(comparison: Any, modality: str = "visual") -> list[Any]:
    return [
        region
        for region in comparison["regions"]
        if region["modality"] == modality and region["kind"] != "unchanged"
    ]


def assert_is(region: Any, change: Change) -> None:
    assert region["kind"] == change.kind.lower()
    for end in ("a_start", "a_end", "b_start", "b_end"):
        assert region[end] == pytest.approx(getattr(change, end), abs=NEAR), end


@pytest.mark.parametrize(
    "edit",
    [
        insert(REEL, 4.0, NEW_SCENE),
        delete(REEL, 6.0, 9.0),
        replace(REEL, 10.0, 11.8, Piece("street", 7.6, 9.4)),
    ],
    ids=lambda edit: edit.change.kind.lower(),
)
def test_an_edit_is_found_where_it_was_made(
    sage: Sage, original: Path, clip_library: ClipLibrary, edit: Any
) -> None:
    edited = clip_library.get("edited.mp4", edit.pieces, crf=26)
    status, comparison = sage.compare(original, edited)
    assert status == 1
    (region,) = differences(comparison)
    assert_is(region, edit.change)
    assert (comparison["a"], comparison["b"]) == ("original.mp4", "edited.mp4")
    assert comparison["duration_a"] == pytest.approx(14.0, abs=NEAR)
    assert comparison["segments"]


def test_a_re_encode_is_no_difference(
    sage: Sage, original: Path, clip_library: ClipLibrary
) -> None:
    smaller = clip_library.get("smaller.mp4", REEL, crf=32)
    status, comparison = sage.compare(original, smaller)
    assert status == 0
    assert comparison["summary"]["verdict"] == "re-encode only"
    assert {region["kind"] for region in comparison["regions"]} == {"unchanged"}


def test_the_same_file_is_identical(sage: Sage, original: Path) -> None:
    status, comparison = sage.compare(original, original)
    assert status == 0
    assert comparison["summary"]["verdict"] == "identical"


def test_a_second_run_uploads_nothing(
    sage: Sage, original: Path, clip_library: ClipLibrary
) -> None:
    edited = clip_library.get("edited.mp4", delete(REEL, 6.0, 9.0).pieces)
    assert "edited.mp4: uploading" in sage("compare", original, edited).stderr
    again = sage("compare", original, edited)
    assert again.returncode == 1
    assert "uploading" not in again.stderr
    assert "deleted" in again.stdout


def test_the_files_themselves_are_compared(
    sage: Sage, original: Path, clip_library: ClipLibrary
) -> None:
    # The one that was embedded as a re-encode.
    smaller = clip_library.get("smaller.mp4", REEL, crf=32)
    done = sage("technical", original, smaller, "--format", "json")
    assert done.returncode == 1, done.stderr
    rows = json.loads(done.stdout)["rows"]
    differing = {row["name"] for row in rows if not row["same"]}
    assert {"Size", "SHA-256", "Bit rate"} <= differing
    assert not differing & {"Codec", "Frame rate", "Duration", "Integrated loudness"}
    (loudness,) = [row for row in rows if row["name"] == "Integrated loudness"]
    assert loudness["a"].endswith(" LUFS")


def test_a_file_that_is_no_video_is_refused_with_the_reason(
    sage: Sage, original: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a video\n" * 100)
    refused = sage("compare", original, text)
    assert refused.returncode == 2
    assert "notes.mp4: " in refused.stderr
    assert "NOT_A_VIDEO" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("file_format", "words"),
    [
        ("csv", "modality,kind,a_start"),
        ("edl", "FCM: NON-DROP FRAME"),
        ("otio", '"OTIO_SCHEMA":"Timeline.1"'),
        ("html", "<!doctype html>"),
    ],
)
def test_every_format_is_written(
    sage: Sage,
    original: Path,
    clip_library: ClipLibrary,
    tmp_path: Path,
    file_format: str,
    words: str,
) -> None:
    # The one that was embedded for the first test here.
    edited = clip_library.get("edited.mp4", insert(REEL, 4.0, NEW_SCENE).pieces, crf=26)
    output = tmp_path / "differences"
    done = sage("compare", original, edited, "--format", file_format, "-o", output)
    assert done.returncode == 1, done.stderr
    assert words in output.read_text()


SUBTITLES = """1
00:00:01,000 --> 00:00:03,000
Before the cut.

2
00:00:06,500 --> 00:00:08,500
Cut away.

3
00:00:10,040 --> 00:00:12,000
After the cut.
"""


def test_subtitles_go_to_the_other_cut_and_back(
    sage: Sage, original: Path, clip_library: ClipLibrary, tmp_path: Path
) -> None:
    edited = clip_library.get("edited.mp4", delete(REEL, 6.0, 9.0).pieces)
    there, back = tmp_path / "there.srt", tmp_path / "back.srt"
    (tmp_path / "film.srt").write_text(SUBTITLES)

    def carried(source: Path, a: Path, b: Path, target: Path) -> list[Any]:
        done = sage("carry", source, "--from", a, "--to", b, "-o", target, "--json")
        assert done.returncode in (0, 1), done.stderr
        items: list[Any] = json.loads(done.stdout)["items"]
        return items

    before, lost, after = carried(tmp_path / "film.srt", original, edited, there)
    assert [each["fate"] for each in (before, lost, after)] == ["kept", "lost", "kept"]
    for item, start in ((before, 1.0), (after, 7.04)):
        assert item["places"][0]["start"] == pytest.approx(start, abs=FRAME)
    assert "Cut away." not in there.read_text()

    again = carried(there, edited, original, back)
    for item, start, end in zip(again, (1.0, 10.04), (3.0, 12.0), strict=True):
        (place,) = item["places"]
        assert place["start"] == pytest.approx(start, abs=FRAME / 2)
        assert place["end"] == pytest.approx(end, abs=FRAME / 2)
