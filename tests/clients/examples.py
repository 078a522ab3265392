"""Every client builds with the command of its language, and its example does what it promises.

Not part of the suite, since it needs the languages: `make test-clients` runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.clips import Piece, replace, write
from tests.fixtures.stack import ROOT, Stack, running_stack

CLIENTS = ROOT / "clients"
# More than one part of an upload.
SIZE = 11 * 1024 * 1024
BUILD_SECONDS, RUN_SECONDS = 600, 120
# The pictures of second 1 to 3 are others.
FOUND = re.compile(
    r"^replaced: A (0\.9|1\.0)\d+-(2\.9|3\.0)\d+ s, B (0\.9|1\.0)\d+-(2\.9|3\.0)\d+ s$"
)


@dataclass(frozen=True)
class Language:
    """How a client is built and its example run.

    tools: the programs that it cannot do without.
    folder: below clients/, where the commands run.
    build: commands, in order.
    run: the example, without its arguments.
    """

    tools: tuple[str, ...]
    folder: str
    build: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]


MAVEN = ("mvn", "-q", "-B", "package", "dependency:build-classpath")
LANGUAGES = {
    "python": Language(
        tools=(),
        folder="python",
        build=(
            (
                sys.executable,
                "-m",
                "pip",
                "wheel",
                "-q",
                "--no-deps",
                "--no-build-isolation",
                "-w",
                "../../build/wheel",
                "../..",
            ),
        ),
        run=(sys.executable, "examples/compare_two_videos.py"),
    ),
    "python-asyncio": Language(
        tools=(),
        folder="python",
        build=(),
        run=(sys.executable, "examples/compare_two_videos_async.py"),
    ),
    "typescript": Language(
        tools=("node", "npm"),
        folder="typescript",
        build=(("npm", "ci", "--ignore-scripts", "--silent"), ("npm", "run", "--silent", "build")),
        run=("node", "examples/compare.mjs"),
    ),
    "go": Language(
        tools=("go",),
        folder="go",
        build=(("go", "vet", "./..."), ("go", "build", "./...")),
        run=("go", "run", "./example"),
    ),
    "java": Language(
        tools=("javac", "mvn"),
        folder="java",
        build=((*MAVEN, "-Dmdep.outputFile=target/classpath"),),
        run=(
            "sh",
            "-c",
            'exec java -cp "target/classes:$(cat target/classpath)" '
            'examples/CompareTwoVideos.java "$@"',
            "java",
        ),
    ),
    "csharp": Language(
        tools=("dotnet",),
        folder="csharp",
        build=(("dotnet", "build", "--nologo", "-v", "q", "Example"),),
        run=("dotnet", "run", "--no-build", "--project", "Example", "--"),
    ),
    "rust": Language(
        tools=("cargo",),
        folder="rust",
        build=(("cargo", "build", "--quiet", "--example", "compare"),),
        run=("target/debug/examples/compare",),
    ),
}


@pytest.fixture(scope="module")
def sage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("sage")) as running:
        yield running


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two versions of a short video."""
    folder = tmp_path_factory.mktemp("pair")
    pieces = (Piece("rabbit", 0.0, 4.0),)
    edit = replace(pieces, 1.0, 3.0, Piece("street", 0.0, 2.0, sound="rabbit"))
    return write(folder / "a.mp4", pieces), write(folder / "b.mp4", edit.pieces)


def unlike_any_other(video: Path, folder: Path, mark: str) -> Path:
    """The same video in other bytes, so that it is uploaded anew, in several parts."""
    data = video.read_bytes()
    room = SIZE - len(data)
    # A box of an MP4 that players skip.
    box = room.to_bytes(4, "big") + b"free" + mark.encode().ljust(room - 8, b"\0")
    copy = folder / video.name
    copy.write_bytes(data + box)
    return copy


def ran(command: tuple[str, ...], folder: str, seconds: float) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "NO_COLOR": "1", "CARGO_TERM_COLOR": "never"}
    return subprocess.run(
        command,
        cwd=CLIENTS / folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.mark.timeout(BUILD_SECONDS + 2 * RUN_SECONDS)
@pytest.mark.parametrize("name", LANGUAGES)
def test_a_client_builds_and_compares_two_videos(
    name: str, sage: Stack, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    language = LANGUAGES[name]
    absent = [tool for tool in language.tools if shutil.which(tool) is None]
    if absent:
        pytest.skip(f"{name}: there is no {' and no '.join(absent)} here")
    for command in language.build:
        built = ran(command, language.folder, BUILD_SECONDS)
        assert built.returncode == 0, built.stdout + built.stderr

    a, b = (unlike_any_other(video, tmp_path, name) for video in pair)
    told = ran((*language.run, str(a), str(b), sage.url), language.folder, RUN_SECONDS)
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()
    # Every part is told of, then every change of the tasks, then the regions.
    for video in (a, b):
        assert [line for line in lines if line.startswith(f"{video}: uploaded")][-1].endswith(
            "100 %"
        )
        assert f"{video.name}: Done 100 %" in lines
    assert [line for line in lines if FOUND.match(line)]
    assert re.fullmatch(r"\d+ differences", lines[-1])

    text = tmp_path / "no-video.mp4"
    text.write_text("This is text, whatever its name says.")
    refused = ran((*language.run, str(text), str(b), sage.url), language.folder, RUN_SECONDS)
    assert refused.returncode == 1
    assert "Choose a video file" in refused.stderr
    assert "Traceback" not in refused.stderr
