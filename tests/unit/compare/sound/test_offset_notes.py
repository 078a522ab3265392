"""What people are told of sound that is early or late, and where that changes."""

import pytest

from services.compare.sound.offset_notes import offset_notes
from services.compare.timeline import Region, RegionKind


def late(start: float, end: float, offset: float) -> Region:
    return Region(
        kind=RegionKind.UNCHANGED,
        a_start=start,
        a_end=end,
        b_start=start,
        b_end=end,
        sound_offset=offset,
    )


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (0.4, "The sound is 0.400 s later than in A, from 0:00 to 1:00."),
        (-0.15, "The sound is 0.150 s earlier than in A, from 0:00 to 1:00."),
        (
            0.03,
            "The sound is 0.030 s later than in A, from 0:00 to 1:00, "
            "which few people would notice.",
        ),
    ],
)
def test_people_are_told_in_a_sentence(offset: float, said: str) -> None:
    assert offset_notes([late(0, 60, offset)]) == [said]


def test_people_are_told_what_a_change_of_the_offset_takes_away_and_adds() -> None:
    notes = offset_notes([late(0, 20, 0.0), late(20, 30, -0.6), late(30, 40, 0.0)])
    assert notes[1:] == [
        "At 0:20 B's sound leaves out 0.600 s of A's.",
        "At 0:30 B's sound has 0.600 s that A's has not.",
    ]


def test_a_change_that_nobody_could_tell_as_missing_is_not_told() -> None:
    notes = offset_notes([late(0, 20, 0.05), late(20, 30, 0.1)])
    assert [note.split(",")[0] for note in notes] == [
        "The sound is 0.050 s later than in A",
        "The sound is 0.100 s later than in A",
    ]
