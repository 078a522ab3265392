"""Laws of stretches and lines."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.geometry import Line, Span, Stretch, overlap, true_runs, uncovered
from services.compare.timeline import GAPS, PAIRED, Region, RegionKind

times = st.integers(0, 200).map(lambda tenth: tenth / 10)
spans = st.tuples(times, times).map(lambda pair: (min(pair), max(pair)))
lines = st.builds(Line, offset=st.floats(-100, 100), rate=st.sampled_from([0.5, 1.0, 1.25, 2.0]))


@given(lines, times)
def test_a_line_leads_there_and_back(line: Line, time: float) -> None:
    assert line.to_b(line.to_a(time)) == pytest.approx(time, abs=1e-9)


@given(lines, lines)
def test_lines_meet_where_both_show_the_same(one: Line, other: Line) -> None:
    if one.rate != other.rate:
        meeting = one.meets(other)
        assert meeting == pytest.approx(other.meets(one), abs=1e-9)
        assert one.to_a(meeting) == pytest.approx(other.to_a(meeting), abs=1e-6)


@given(spans, spans)
def test_a_diagonal_goes_from_corner_to_corner(in_a: Span, in_b: Span) -> None:
    stretch = Stretch(a_start=in_a[0], a_end=in_a[1], b_start=in_b[0], b_end=in_b[1])
    if stretch.seconds_b > 0:
        line = stretch.diagonal()
        assert line.to_a(stretch.b_start) == pytest.approx(stretch.a_start, abs=1e-9)
        assert line.to_a(stretch.b_end) == pytest.approx(stretch.a_end, abs=1e-9)
        if stretch.seconds_a > 0:
            middle = sum(in_a) / 2
            assert stretch.in_proportion(middle) == pytest.approx(line.to_b(middle), abs=1e-9)


@given(spans, st.lists(spans, max_size=5))
def test_what_is_uncovered_and_what_is_taken_make_the_whole(whole: Span, taken: list[Span]) -> None:
    free = uncovered(whole, taken)
    for tenth in range(int(whole[0] * 10), int(whole[1] * 10)):
        moment = tenth / 10 + 0.05
        is_taken = any(start < moment < end for start, end in taken)
        assert is_taken != any(start < moment < end for start, end in free)


def test_short_leftovers_are_not_told() -> None:
    assert uncovered((0.0, 10.0), [(0.2, 4.0), (6.0, 10.0)], shortest=0.5) == [(4.0, 6.0)]


@given(spans, spans)
def test_an_overlap_is_the_same_from_both_sides(one: Span, other: Span) -> None:
    assert overlap(one, other) == overlap(other, one) <= min(one[1] - one[0], other[1] - other[0])


@given(st.lists(st.booleans(), max_size=30))
def test_runs_are_where_the_flags_are(flags: list[bool]) -> None:
    found = np.zeros(len(flags), bool)
    runs = true_runs(np.array(flags, bool))
    for first, last in runs:
        assert first < last
        found[first:last] = True
    assert found.tolist() == flags
    assert all(before[1] < after[0] for before, after in pairwise(runs))


@given(st.sampled_from(RegionKind), spans, spans, st.floats(-1, 1))
def test_mirroring_twice_is_the_same_region(
    kind: RegionKind, in_a: Span, in_b: Span, sound_offset: float
) -> None:
    region = Region(
        kind=kind,
        a_start=in_a[0],
        a_end=in_a[1],
        b_start=in_b[0],
        b_end=in_b[1],
        rate=2.0,
        sound_offset=sound_offset,
    )
    there = region.mirrored()
    assert (there.in_a, there.in_b, there.rate) == (region.in_b, region.in_a, 0.5)
    assert there.mirrored() == region
    assert (kind in PAIRED) != (kind in GAPS)
