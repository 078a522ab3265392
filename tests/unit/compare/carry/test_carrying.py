"""Whole files carried over a cut: 10 to 14 s of the old version are not in the new one."""

from __future__ import annotations

from services.compare.carry import formats
from services.compare.carry.carrying import carry_over
from services.compare.carry.fates import Fate
from services.compare.timeline import RegionKind
from tests.unit.compare.timemap.edits import map_of, regions_of, step

CUT = map_of(
    regions_of(
        [
            step(RegionKind.UNCHANGED, 250, 0),
            step(RegionKind.DELETED, 100, 0),
            step(RegionKind.UNCHANGED, 500, 0),
        ]
    )
)

EDIT_LIST = b"""TITLE: CUT
FCM: NON-DROP FRAME

001  AX       V     C        00:01:00:00 00:01:20:00 00:00:00:00 00:00:20:00
"""

CHAPTERS = b""";FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=20000
title=One
"""


def carried(name: str, content: bytes) -> tuple[list[Fate], str]:
    document = formats.read(name, content, frame_rate=25)
    answer = carry_over(document, CUT, 1 / 25)
    return [each.fate for each in answer.items], answer.content.decode()


def test_an_event_of_an_edit_list_becomes_two() -> None:
    fates, text = carried("cut.edl", EDIT_LIST)
    assert fates == [Fate.SPLIT]
    assert "00:01:00:00 00:01:10:00 00:00:00:00 00:00:10:00" in text
    assert "00:01:14:00 00:01:20:00 00:00:10:00 00:00:16:00" in text


def test_a_chapter_stays_one() -> None:
    fates, text = carried("film.ffmetadata", CHAPTERS)
    assert fates == [Fate.TRIMMED]
    assert text.count("[CHAPTER]") == 1
    assert "START=0\nEND=16000\n" in text
