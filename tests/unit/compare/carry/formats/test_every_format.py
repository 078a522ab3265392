"""What holds for all formats."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.carry.document import Follows, Placement, UnknownFormat, UnreadableFile
from services.compare.carry.formats import FORMATS, read
from tests.unit.compare.carry.formats.carrying import about, at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import SAMPLES, Sample

EVERY = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())


@EVERY
def test_items_are_read(sample: Sample) -> None:
    document = opened(sample)
    assert times(document) == about(sample.times)
    assert [item.text for item in document.items] == sample.texts
    assert len({item.key for item in document.items}) == len(sample.times)
    assert document.follows is (Follows.SOUND if sample.is_sound else Follows.PICTURE)


@EVERY
def test_what_stays_is_written_byte_for_byte(sample: Sample) -> None:
    document = opened(sample)
    assert document.written(shifted(document)) == sample.content


@EVERY
def test_a_shift_moves_every_item(sample: Sample) -> None:
    document = opened(sample)
    shift = 125 * sample.step
    moved = opened(sample, document.written(shifted(document, shift)))
    expected = [
        (start + shift, None if end is None else end + shift) for start, end in sample.times
    ]
    assert times(moved) == about(expected)
    assert [item.text for item in moved.items if "<" not in item.text] == [
        text for text in sample.texts if "<" not in text
    ]


@EVERY
def test_each_version_has_the_time_code_that_it_begins_with(sample: Sample) -> None:
    """A file for A, which begins at the sample's own time code, written for a B that begins at
    another one, has the same times in B as it has in A."""
    document = opened(sample, written=sample.start + 7200.0)
    written = document.written(shifted(document))
    again = opened(replace(sample, start=sample.start + 7200.0), written)
    assert times(again) == about(sample.times)


@EVERY
def test_a_dropped_item_is_gone(sample: Sample) -> None:
    document = opened(sample)
    places = shifted(document)
    places[document.items[0].key] = []
    left = opened(sample, document.written(places))
    texts = [text for text in sample.texts if text != sample.texts[0]]
    assert [item.text for item in left.items if item.text != sample.texts[0]] == texts
    if sample is not SAMPLES["matroska"]:
        assert times(left) == about(sample.times[1:])


@EVERY
def test_a_split_item_is_there_twice(sample: Sample) -> None:
    document = opened(sample)
    places = shifted(document)
    last = document.items[-1]
    places[last.key] = [at(last), at(last, 250 * sample.step)]
    split = opened(sample, document.written(places))
    assert [item.text for item in split.items].count(sample.texts[-1]) == (
        sample.texts.count(sample.texts[-1]) + 1
    )
    assert times(split)[-1][0] == pytest.approx(last.start + 250 * sample.step, abs=1e-6)


@EVERY
def test_moved_items_are_in_order_of_time(sample: Sample) -> None:
    document = opened(sample)
    places = shifted(document, 1000 * sample.step)
    last = document.items[-1]
    places[last.key] = [at(last, -last.start)]
    starts = [item.start for item in opened(sample, document.written(places)).items]
    assert min(starts) == pytest.approx(0.0, abs=0.7)
    assert len(starts) == len(document.items)


@EVERY
def test_nothing_placed_leaves_a_file_without_items(sample: Sample) -> None:
    document = opened(sample)
    written = document.written({})
    for text in sample.texts:
        if len(text) > 3 and text.isalpha():
            assert text.encode() not in written


@EVERY
@settings(deadline=None, max_examples=8)
@given(steps=st.integers(1, 200_000))
def test_there_and_back_is_the_same_file(sample: Sample, steps: int) -> None:
    shift = steps * sample.step
    document = opened(sample)
    there = opened(sample, document.written(shifted(document, shift)))
    assert there.written(shifted(there, -shift)) == sample.content


@EVERY
@settings(deadline=None, max_examples=8)
@given(moves=st.lists(st.integers(0, 90_000), min_size=5, max_size=5))
def test_written_places_are_read_again(sample: Sample, moves: list[int]) -> None:
    """Wherever items go, a file is written that has them there, and that is read as the same."""
    if sample in (SAMPLES["scc"], SAMPLES["otio"]):
        return  # there, one caption waits for another, and no clip lies over another
    document = opened(sample)
    places = {
        item.key: [at(item, steps * sample.step)]
        for item, steps in zip(document.items, moves, strict=False)
    }
    moved = opened(sample, document.written(places))
    expected = sorted(place.start for (place,) in places.values())
    assert sorted(item.start for item in moved.items) == pytest.approx(expected, abs=1e-6)
    assert moved.written(shifted(moved)) == document.written(places)


@EVERY
def test_line_ends_and_marks_are_kept(sample: Sample) -> None:
    if sample is SAMPLES["csv"]:
        return
    text = sample.content.decode("utf-16" if sample is SAMPLES["premiere"] else "utf-8-sig")
    windows = text.replace("\r\n", "\n").replace("\n", "\r\n")
    for content in (
        windows.encode(),
        windows.encode("utf-8-sig"),
        windows.encode("utf-16"),
        b"\xfe\xff" + windows.encode("utf-16-be"),
    ):
        document = opened(sample, content)
        assert document.written(shifted(document)) == content
        assert times(document) == about(sample.times)
        moved = document.written(shifted(document, 25 * sample.step))
        assert len(moved) == pytest.approx(len(content), abs=600)


@EVERY
def test_a_remark_does_no_harm(sample: Sample) -> None:
    document = opened(sample)
    places = {item.key: [at(item, note='check "this" --> | here, -- x')] for item in document.items}
    assert len(opened(sample, document.written(places)).items) >= len(sample.times)


@EVERY
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_broken_files_are_refused_or_read(sample: Sample, data: st.DataObject) -> None:
    """Nothing but the two errors of the package comes out, whatever comes in."""
    content = bytearray(sample.content)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.sampled_from(b'0:;<>"\n\t-,{}[]A\x00\xff'))
    try:
        document = opened(sample, bytes(content))
    except (UnreadableFile, UnknownFormat):
        return
    document.written(shifted(document))
    document.written(shifted(document, 3 * sample.step))


def test_an_unknown_file_is_told_what_is_read() -> None:
    with pytest.raises(UnknownFormat, match=r"OpenTimelineIO.*SubRip"):
        read("letter.doc", b"Dear all,\n", frame_rate=25)


def test_the_content_counts_more_than_the_name() -> None:
    document = read("film.srt", SAMPLES["webvtt"].content, frame_rate=25)
    assert times(document) == SAMPLES["webvtt"].times


def test_every_format_has_a_name() -> None:
    assert len({format_.name for format_ in FORMATS}) == len(FORMATS)


def _many(name: str, count: int) -> bytes:
    """A file with so many items, a second each."""

    def clock(second: int, point: str = ".") -> str:
        return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{point}000"

    def code(second: int, separator: str = ":") -> str:
        return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{separator}10"

    rows = range(count)
    text = {
        "srt": lambda: "\n\n".join(
            f"{n + 1}\n{clock(n, ',')} --> {clock(n + 1, ',')}\nLine {n}" for n in rows
        ),
        "webvtt": lambda: (
            "WEBVTT\n\n"
            + "\n\n".join(f"{clock(n)} --> {clock(n + 1)} line:0\nLine {n}" for n in rows)
        ),
        "ass": lambda: (
            "[Script Info]\n[Events]\n"
            + "\n".join(
                f"Dialogue: 0,{clock(n)[1:-1]},{clock(n + 1)[1:-1]},A,,0,0,0,,Line {n}"
                for n in rows
            )
        ),
        "ttml": lambda: (
            '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>'
            + "\n".join(f'<p begin="{clock(n)}" end="{clock(n + 1)}">Line {n}</p>' for n in rows)
            + "</div></body></tt>"
        ),
        "scc": lambda: (
            "Scenarist_SCC V1.0\n\n"
            + "\n\n".join(f"{code(n, ';')}\t9420 9420 c7ef 942c 942c 942f 942f" for n in rows)
        ),
        "ffmetadata": lambda: (
            ";FFMETADATA1\n"
            + "\n".join(
                f"[CHAPTER]\nTIMEBASE=1/1\nSTART={n}\nEND={n + 1}\ntitle=Line" for n in rows
            )
        ),
        "matroska": lambda: (
            "<Chapters><EditionEntry>"
            + "\n".join(
                f"<ChapterAtom><ChapterTimeStart>{clock(n)}</ChapterTimeStart></ChapterAtom>"
                for n in rows
            )
            + "</EditionEntry></Chapters>"
        ),
        "ogm": lambda: "\n".join(
            f"CHAPTER{n % 100:02}={clock(n)}\nCHAPTER{n % 100:02}NAME=Line" for n in rows
        ),
        "csv": lambda: "start,comment\n" + "\n".join(f'{n}.5,"Line, {n}"' for n in rows),
        "premiere": lambda: (
            "Description\tIn\tOut\n" + "\n".join(f"Line\t{code(n)}\t{code(n + 1)}" for n in rows)
        ),
        "avid": lambda: "\n".join(f"a\t{code(n)}\tV1\tred\tLine\t1" for n in rows),
        "audacity": lambda: "\n".join(f"{n}.0\t{n}.5\tLine" for n in rows),
        "resolve": lambda: (
            "TITLE: x\n\n"
            + "\n\n".join(
                f"{n:03}  1  V  C  {code(n)} {code(n)} {code(n)} {code(n)}\n |C:Red |M:a |D:1"
                for n in rows
            )
        ),
        "edl": lambda: (
            "TITLE: x\n\n"
            + "\n".join(
                f"{n:03}  AX  V  C  {code(n)} {code(n + 1)} {code(n)} {code(n + 1)}" for n in rows
            )
        ),
    }[name]()
    return text.encode()


@pytest.mark.slow("reads and writes thousands of items in each format")
@pytest.mark.parametrize("name", sorted({*SAMPLES} - {"otio", "frameio", "edl_drop"}))
def test_time_grows_with_the_number_of_items(name: str) -> None:
    content = _many(name, 5_000)
    begun = time.process_time()
    document = read("many", content, frame_rate=30)
    assert len(document.items) == 5_000
    document.written(shifted(document, 1.0))
    # A quarter of a second on a machine of its own; with the square it would be many.
    assert time.process_time() - begun < 4


def test_a_placement_without_length_still_shows() -> None:
    document = opened(SAMPLES["srt"])
    written = document.written({"1": [Placement(start=2.0, end=2.0)]})
    assert b"00:00:02,000 --> 00:00:02,001" in written
