from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import about, at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import OTIO


def track(content: bytes) -> list[dict[str, Any]]:
    children: list[dict[str, Any]] = json.loads(content)["tracks"]["children"][0]["children"]
    return children


def values(child: dict[str, Any]) -> tuple[float, float]:
    range_ = child["source_range"]
    return range_["start_time"]["value"], range_["duration"]["value"]


def test_a_trimmed_clip_starts_later_in_its_media() -> None:
    document = opened(OTIO)
    children = track(
        document.written({"1": [Placement(start=2.0, end=4.0, taken_from=2.0, note="check")]})
    )
    gap, clip = children
    assert values(gap) == (0.0, 50.0)
    assert values(clip) == (275.0, 50.0)
    assert clip["metadata"] == {"sage": {"check": "check"}}


def test_a_split_clip_has_a_gap_between() -> None:
    document = opened(OTIO)
    written = document.written(
        {"1": [Placement(start=0.0, end=1.0), Placement(start=3.0, end=6.0, taken_from=2.0)]}
    )
    assert [(child["name"], *values(child)) for child in track(written)] == [
        ("opening", 250.0, 25.0),
        ("", 0.0, 50.0),
        ("opening", 275.0, 75.0),
    ]


def test_no_clip_lies_over_another() -> None:
    document = opened(OTIO)
    first, second, _ = document.items
    written = document.written({first.key: [at(first)], second.key: [at(second, -1.0)]})
    assert [values(child) for child in track(written)] == [
        (0.0, 25.0),
        (250.0, 100.0),
        (25.0, 25.0),
    ]


def test_markers_of_the_timeline_are_moved_and_remarked() -> None:
    document = opened(OTIO)
    places = shifted(document)
    places["3"] = [Placement(start=3.0, end=None, note="why")]
    (marker,) = json.loads(document.written(places))["tracks"]["markers"]
    assert marker["marked_range"]["start_time"]["value"] == 75.0
    assert marker["comment"] == "why"


def test_a_clip_without_a_range_of_its_own_shows_all_its_media() -> None:
    timeline = json.loads(OTIO.content)
    clip = timeline["tracks"]["children"][0]["children"][1]
    media = {"OTIO_SCHEMA": "ExternalReference.1", "available_range": clip["source_range"]}
    clip.update(source_range=None, media_references={"DEFAULT_MEDIA": media})
    document = read("a.otio", json.dumps(timeline).encode(), frame_rate=25)
    assert times(document)[0] == (1.0, 5.0)
    _, cut, *_ = track(document.written({"1": [Placement(start=1.0, end=2.0)]}))
    assert values(cut) == (250.0, 25.0)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"OTIO_SCHEMA": "Timeline.1",\n "tracks": }', 2, "not JSON"),
        ('{"OTIO_SCHEMA": "Clip.2"}', 1, "no timeline"),
        ('{"OTIO_SCHEMA": "Timeline.1"}', None, "no tracks"),
        (
            '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"children": [{"OTIO_SCHEMA": "Track.1", '
            '"children": [{"OTIO_SCHEMA": "Clip.2", "name": "x"}]}]}}',
            None,
            "The clip 'x' has no length",
        ),
        ('{"OTIO_SCHEMA": "Timeline.1", "tracks": ' + "[" * 100_000, None, "not JSON"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int | None, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.otio", text.encode(), frame_rate=25)
    assert caught.value.line == line


@settings(deadline=None, max_examples=20)
@given(
    pauses=st.lists(st.integers(0, 50), min_size=4, max_size=4),
    lengths=st.lists(st.integers(1, 50), min_size=4, max_size=4),
    keys=st.lists(st.sampled_from(["1", "2"]), min_size=4, max_size=4),
)
def test_clips_that_do_not_overlap_are_where_they_were_put(
    pauses: list[int], lengths: list[int], keys: list[str]
) -> None:
    frame = 0
    places: dict[str, list[Placement]] = {}
    expected: list[tuple[float, float | None]] = []
    for key, pause, length in zip(keys, pauses, lengths, strict=True):
        frame += pause
        stretch = (frame / 25, (frame + length) / 25)
        places.setdefault(key, []).append(Placement(start=stretch[0], end=stretch[1]))
        expected.append(stretch)
        frame += length
    assert times(opened(OTIO, opened(OTIO).written(places))) == about(expected)
