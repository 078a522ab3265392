"""A conformed by a change list is B: on real files, sample for sample."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pycmx
import pytest
from numpy.typing import NDArray

from tests.fixtures.clips import NEW_SCENE, RATE, REEL
from tests.fixtures.encoding import SOUND_RATE, Encoding, encode
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack

pytestmark = [
    pytest.mark.xdist_group("stack"),
    pytest.mark.slow("encodes and compares a real pair with lossless sound"),
]

Samples = NDArray[np.int16]
FRAME = SOUND_RATE // RATE
# Frames of A that B keeps, in B's order; between the first two, B has a new scene.
KEPT = ((0, 75), (75, 150), (225, 350), (160, 200))
# Cuts of the sound are found to about a frame.
NEAR_A_CUT = 3


@dataclass(frozen=True)
class Pair:
    a: Path
    b: Path
    a_sound: Samples
    b_sound: Samples


def decoded(path: Path) -> tuple[list[NDArray[np.uint8]], Samples]:
    with av.open(str(path)) as container:
        pictures = [
            frame.to_ndarray(format="rgb24").astype(np.uint8) for frame in container.decode(video=0)
        ]
    with av.open(str(path)) as container:
        sound = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return pictures, np.concatenate(sound, axis=1)[0].astype(np.int16)


@pytest.fixture(scope="module")
def pair(clip_library: ClipLibrary, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    lossless = {"audio_codec": "flac"}
    a = clip_library.get("conform.mkv", REEL, **lossless)
    pictures, sound = decoded(a)
    new_pictures, new_sound = decoded(clip_library.get("new.mkv", (NEW_SCENE,), **lossless))
    first, *others = KEPT
    edited = pictures[slice(*first)] + new_pictures
    parts = [sound[first[0] * FRAME : first[1] * FRAME], new_sound]
    for start, end in others:
        edited += pictures[start:end]
        parts.append(sound[start * FRAME : end * FRAME])
    b = tmp_path_factory.mktemp("conform") / "edited.mkv"
    samples = np.concatenate(parts).astype(np.float32) / np.float32(32767)
    encode(b, edited, RATE, samples, Encoding(audio_codec="flac"))
    return Pair(a, b, sound, decoded(b)[1])


def export(stack: Stack, home: Path, pair: Pair, name: str) -> str:
    output = home / name
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sage_cli", "export", str(pair.a), str(pair.b)),
            *("--format", name, "-o", str(output), "--start-a", "01:00:00:00"),
        ],
        env={**os.environ, "SAGE_SERVER": stack.url, "XDG_CONFIG_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return output.read_text()


def seconds(timecode: str) -> int:
    hours, minutes, rest, frames = (int(part) for part in timecode.split(":"))
    return ((hours * 60 + minutes) * 60 + rest) * RATE + frames


def events_of(text: str) -> list[Any]:
    events = pycmx.parse_cmx3600(io.StringIO(text)).events
    return [edit for event in events for edit in event.edits]


def from_a() -> list[tuple[int, int, int]]:
    """Where B has what of A, in frames: (in B, in A, length)."""
    spans, at = [], 0
    for number, (start, end) in enumerate(KEPT):
        spans.append((at, start, end - start))
        at += end - start + (round(NEW_SCENE.length * RATE) if number == 0 else 0)
    return spans


def test_a_s_sound_conformed_by_the_list_is_b_s_sound(
    stack: Stack, tmp_path: Path, pair: Pair
) -> None:
    conformed = np.zeros_like(pair.b_sound)
    for edit in events_of(export(stack, tmp_path, pair, "change-edl-sound")):
        if edit.black:
            continue
        source, record = seconds(edit.source_in) - 3600 * RATE, seconds(edit.record_in)
        length = seconds(edit.record_out) - record
        assert seconds(edit.source_out) - seconds(edit.source_in) == length
        taken = pair.a_sound[source * FRAME : (source + length) * FRAME]
        conformed[record * FRAME : record * FRAME + len(taken)] = taken
    compared = 0
    for in_b, in_a, length in from_a():
        inside = slice((in_b + NEAR_A_CUT) * FRAME, (in_b + length - NEAR_A_CUT) * FRAME)
        truth = pair.a_sound[(in_a + NEAR_A_CUT) * FRAME :][: inside.stop - inside.start]
        assert np.array_equal(pair.b_sound[inside], truth)
        assert np.array_equal(conformed[inside], pair.b_sound[inside])
        compared += inside.stop - inside.start
    assert compared > 0.8 * (len(pair.b_sound) - NEW_SCENE.length * SOUND_RATE)


def test_a_s_picture_is_conformed_to_the_frame(stack: Stack, tmp_path: Path, pair: Pair) -> None:
    found = [
        (seconds(e.record_in), seconds(e.source_in) - 3600 * RATE, seconds(e.record_out))
        for e in events_of(export(stack, tmp_path, pair, "change-edl-picture"))
        if not e.black
    ]
    # A frame may be told from its neighbour or not; the distance between A and B has to be right.
    for in_b, in_a, length in from_a():
        middle = in_b + length // 2
        (event,) = [each for each in found if each[0] <= middle < each[2]]
        assert event[1] - event[0] == in_a - in_b
        assert event[0] == pytest.approx(in_b, abs=2) or event[0] < in_b
