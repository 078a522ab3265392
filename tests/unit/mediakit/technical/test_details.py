"""The small rules behind the facts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mediakit.technical.cues import plain
from services.mediakit.technical.hdr import caption_kinds
from services.mediakit.technical.picture import level_of, ratio
from services.mediakit.technical.regularity import timing_of
from services.mediakit.technical.timecodes import from_group, from_s12m


@settings(max_examples=20)
@given(
    rate=st.sampled_from(
        [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60)]
    ),
    unit=st.sampled_from([Fraction(1, 1000), Fraction(1, 90000), Fraction(1, 12800)]),
    count=st.integers(3, 200),
    first=st.integers(0, 5000),
)
def test_rounding_of_a_container_is_no_variable_rate(
    rate: Fraction, unit: Fraction, count: int, first: int
) -> None:
    stamps = [round((first + number) / rate / unit) for number in range(count)]
    timing = timing_of(list(reversed(stamps)), float(unit))
    assert timing is not None
    assert timing.constant
    assert timing.pictures == count


@settings(max_examples=20)
@given(count=st.integers(5, 200), data=st.data())
def test_a_picture_that_is_left_out_is_a_variable_rate(count: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(1, count - 2))
    timing = timing_of([512 * n for n in range(count) if n != lost], 1 / 12800)
    assert timing is not None
    assert not timing.constant
    assert timing.longest == pytest.approx(2 * timing.shortest)


def test_few_pictures_have_no_rate() -> None:
    assert timing_of([0, 512], 1 / 12800) is None


@pytest.mark.parametrize(
    ("triplets", "kinds"),
    [
        (b"", set()),
        (b"\xfc\x94\x20", {"CEA-608"}),
        (b"\xfc\x80\x80\xfd\x80\x80", set()),
        (b"\xff\x02\x21\xfe\x41\x42", {"CEA-708"}),
        (b"\xfc\x94\x20\xff\x02\x21", {"CEA-608", "CEA-708"}),
        (b"\xf8\x94\x20", set()),
    ],
)
def test_captions_are_told_from_what_only_fills_their_place(
    triplets: bytes, kinds: set[str]
) -> None:
    assert caption_kinds(triplets) == kinds


@pytest.mark.parametrize(
    ("codec", "level", "text"),
    [
        ("h264", 41, "4.1"),
        ("h264", 9, "1b"),
        ("hevc", 153, "5.1"),
        ("av1", 8, "4.0"),
        ("mpeg2video", 8, "Main"),
        ("prores", -99, ""),
    ],
)
def test_levels_read_as_in_their_standards(codec: str, level: int, text: str) -> None:
    assert level_of(codec, level) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1920, 1080), "16:9"),
        (Fraction(64, 45), "64:45"),
        (Fraction(853, 480), "16:9"),
        (Fraction(1998, 1080), "37:20"),
    ],
)
def test_aspects_are_fractions_that_people_know(value: Fraction, text: str) -> None:
    assert ratio(value) == text


@pytest.mark.parametrize(
    ("word", "rate", "text"),
    [
        (0x12345610, Fraction(25), "10:56:34:12"),
        (0x52345610, Fraction(30000, 1001), "10:56:34;12"),
        (0x52345610, Fraction(25), "10:56:34:12"),
        (0x12345690, Fraction(50), "10:56:34:25"),
        (0x12B45610, Fraction(60), "10:56:34:25"),
    ],
)
def test_a_time_code_in_bcd(word: int, rate: Fraction, text: str) -> None:
    assert from_s12m(word, rate) == text


def test_a_group_of_pictures_has_a_time_code_unless_it_is_all_zeros() -> None:
    assert from_group(1 << 24 | 10 << 19 | 59 << 13 | 1 << 12 | 58 << 6 | 29) == "10:59:58;29"
    assert from_group(1 << 12) == ""


def test_a_text_has_no_styles() -> None:
    line = rb"{\an8\pos(1,2)}{\i1}One{\i0}\N two \hthree"
    assert plain(line) == "One\ntwo  three"
