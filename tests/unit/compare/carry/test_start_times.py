"""Whether times are time codes, told by where they lie."""

from __future__ import annotations

import pytest

from services.compare.carry.document import Document
from services.compare.carry.formats import read
from services.compare.carry.formats.time_scales import FROM_ZERO, Starts
from services.compare.carry.start_times import (
    best_fit,
    beyond_the_end,
    seconds_read,
    starts_from,
    told,
)

HOUR = Starts(read=3600.0, written=7200.0)
ONE_HOUR = (3600.0, 7200.0)


def subtitles(*starts: str) -> bytes:
    return "".join(
        f"{number}\n{start},000 --> {start},900\nWords\n\n"
        for number, start in enumerate(starts, 1)
    ).encode()


def fitted(content: bytes, duration: float) -> tuple[Document, Starts]:
    def as_read(starts: Starts) -> Document:
        return read("a.srt", content, frame_rate=25, starts=starts)

    return best_fit(as_read, [FROM_ZERO, HOUR], duration)


@pytest.mark.parametrize(
    ("timecode", "rate", "seconds"),
    [
        ("01:00:00:00", 25.0, 3600.0),
        ("10:00:00;00", 30000 / 1001, 36000.0),
        ("01:00:00:12", 24000 / 1001, 3600.5),
        ("", 25.0, None),
        ("soon", 25.0, None),
    ],
)
def test_time_codes_are_seconds_as_they_are_read(
    timecode: str, rate: float, seconds: float | None
) -> None:
    assert seconds_read(timecode, rate) == seconds


def test_times_that_only_lie_in_the_video_as_time_codes_are_some() -> None:
    document, starts = fitted(subtitles("01:00:02", "01:00:04"), 60.0)
    assert starts == HOUR
    assert [item.start for item in document.items] == pytest.approx([2, 4])


def test_times_from_the_beginning_of_the_video_are_no_time_codes() -> None:
    document, starts = fitted(subtitles("00:00:02", "00:00:04"), 60.0)
    assert starts == FROM_ZERO
    assert [item.start for item in document.items] == pytest.approx([2, 4])


def test_times_that_can_be_either_are_what_is_usual() -> None:
    assert fitted(subtitles("01:10:00"), 7200.0)[1] == FROM_ZERO


@pytest.mark.parametrize(
    ("read_start", "own", "said_other", "written"),
    [
        (3600.0, (3600.0, 7200.0), None, 7200.0),  # each as its own file says
        (3600.0, (3600.0, None), None, 3600.0),  # a file that says nothing: as the other one
        (3600.0, (3600.0, 7200.0), 0.0, 0.0),  # what somebody says goes first
        (0.0, (3600.0, 7200.0), None, 0.0),  # no time codes, in neither
    ],
)
def test_where_the_other_version_begins(
    read_start: float,
    own: tuple[float | None, float | None],
    said_other: float | None,
    written: float,
) -> None:
    assert starts_from(read_start, own, said_other) == Starts(read=read_start, written=written)


def test_it_is_said_which_time_codes_were_taken() -> None:
    assert told(HOUR, HOUR, "A") == (
        "Its times were read as time codes: A begins at 01:00:00, the other version at 02:00:00."
    )
    assert told(FROM_ZERO, HOUR, "B") == (
        "Its times were read from the beginning of B, not from its time code 01:00:00."
    )


def test_a_file_whose_times_all_lie_after_the_end_hints_at_time_codes() -> None:
    document = read("a.srt", subtitles("10:00:02"), frame_rate=25)
    (note,) = beyond_the_end(document, 60.0, "A")
    assert note == (
        "All of its times lie after the end of A, which lasts 1:00.000; the first is 10:00:02.000. "
        "If they are time codes, say which one A begins with (the start time code), perhaps "
        "10:00:00:00."
    )


def test_a_file_with_a_time_in_the_video_hints_at_nothing() -> None:
    document = read("a.srt", subtitles("00:00:02", "10:00:02"), frame_rate=25)
    assert list(beyond_the_end(document, 60.0, "A")) == []
