from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import about, at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import NTSC, SCC

# Loads "ABCD"; shown with the seventh word, six frames after the line's time.
LOAD = "9420 9420 c1c2 43c4 942c 942c 942f 942f"


def lines_of(content: bytes) -> list[str]:
    return [line for line in content.decode().splitlines()[1:] if line]


def test_a_caption_that_ends_earlier_is_erased() -> None:
    document = opened(SCC)
    places = shifted(document)
    second = document.items[1]
    places[second.key] = [Placement(start=second.start, end=second.start + 30 / NTSC)]
    lines = lines_of(document.written(places))
    assert lines[2].startswith("00:00:58;10\t9420")
    assert lines[3] == "00:00:59;24\t942c 942c"
    expected = about([(second.start, second.start + 30 / NTSC)])
    assert times(opened(SCC, document.written(places)))[1:2] == expected


def test_a_caption_whose_successor_went_is_erased_where_that_did_it() -> None:
    document = opened(SCC)
    places = shifted(document)
    places[document.items[2].key] = []
    lines = lines_of(document.written(places))
    assert lines[-1] == "01:00:00;17\t942c 942c"


def test_an_erasure_while_the_next_caption_is_loaded_goes_between_its_words() -> None:
    content = (
        f"Scenarist_SCC V1.0\n\n00:00:10:00\t{LOAD}\n\n00:00:20:00\t9420 9420 {'c1c2 ' * 20}942f\n"
    ).encode()
    document = read("a.scc", content, frame_rate=30)
    first, second = document.items
    end = (20 * 30 + 10) / NTSC
    written = document.written(
        {first.key: [Placement(start=first.start, end=end)], second.key: [at(second)]}
    )
    again = read("a.scc", written, frame_rate=30)
    assert times(again)[:1] == about([(first.start, end)])
    assert again.items[1].start == pytest.approx(second.start)
    assert lines_of(written)[1].startswith("00:00:19:28\t9420 9420 c1c2")


def test_captions_too_close_to_be_sent_wait() -> None:
    content = f"Scenarist_SCC V1.0\n\n00:00:10:00\t{LOAD}\n\n00:00:20:00\t{LOAD}\n".encode()
    document = read("a.scc", content, frame_rate=30)
    first, second = document.items
    near = first.start + 1 / NTSC
    written = document.written({first.key: [at(first)], second.key: [Placement(start=near, end=9)]})
    assert lines_of(written)[1].startswith("00:00:10:08\t9420")


def test_a_line_that_shows_one_caption_and_loads_the_next_is_one_line() -> None:
    content = (
        b"Scenarist_SCC V1.0\n\n00:00:10:00\t9420 9420 c1c2 43c4\n\n"
        b"00:00:12:00\t942f 942f 9420 9420 c1c2\n\n00:00:15:00\t942f 942f\n"
    )
    document = read("a.scc", content, frame_rate=30)
    assert times(document) == about([(360 / NTSC, 450 / NTSC), (450 / NTSC, None)])
    assert document.written(shifted(document)) == content


def test_captions_that_roll_up_are_timed_by_their_lines() -> None:
    content = (
        b"Scenarist_SCC V1.0\n\n00:00:10;00\t9425 9425 94ad 94ad 9470 9470 c1c2\n\n"
        b"00:00:12;00\t9425 9425 94ad 94ad 9470 9470 43c4\n\n00:00:14;00\t942c 942c\n"
    )
    document = read("a.scc", content, frame_rate=30)
    assert [round(item.start * NTSC) for item in document.items] == [300, 360]
    moved = document.written(shifted(document, 30 / NTSC))
    assert [line[:11] for line in lines_of(moved)] == ["00:00:11;00", "00:00:13;00", "00:00:15;00"]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("Scenarist_SCC V1.0\n\n00:00:01:00\t94\n", 3, "four hexadecimal"),
        ("Scenarist_SCC V1.0\n\n00:00:01:30\t942c\n", 3, "not at 29.97 a second"),
        ("00:00:01:00\t942c\n", 1, "does not begin with Scenarist_SCC"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.scc", text.encode(), frame_rate=25)
    assert caught.value.line == line


@settings(deadline=None, max_examples=30)
@given(
    kept=st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=5),
    pauses=st.lists(st.integers(20, 400), min_size=5, max_size=5),
    lengths=st.lists(st.integers(20, 300), min_size=5, max_size=5),
)
def test_captions_are_seen_from_and_to_the_frames_asked_for(
    kept: list[str], pauses: list[int], lengths: list[int]
) -> None:
    """With time enough to send them, whichever captions come in whichever order."""
    frame = 100
    places: dict[str, list[Placement]] = {}
    expected: list[tuple[float, float | None]] = []
    for key, pause, length in zip(kept, pauses, lengths, strict=False):
        frame += pause
        places.setdefault(key, []).append(
            Placement(start=frame / NTSC, end=(frame + length) / NTSC)
        )
        expected.append((frame / NTSC, (frame + length) / NTSC))
        frame += length
    again = opened(SCC, opened(SCC).written(places))
    assert times(again) == about(expected)
