"""Laws of the technical table: nothing differs from itself, and sides can be swapped."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sage.ingest.v1.technical_pb2 import Cue, Loudness, SubtitleFacts, TechnicalFacts
from services.compare.technical.comparing import compare_facts
from services.compare.technical.rows import Row
from services.compare.technical.text_matches import matches
from services.compare.technical.texts import TextDifference, TextKind, compare_texts
from tests.unit.compare.technical.files import file, picture, sound

few = st.sampled_from
languages = few(["", "eng", "deu"])
titles = few(["", "Main"])
purposes = st.lists(few(["default", "comment"]), max_size=2, unique=True).map(sorted)
numbers = st.floats(-60, 0)
cues = st.builds(
    lambda start, length, text: Cue(start=start, end=start + length, text=text),
    few([0.0, 1.0, 2.0, 5.0]),
    few([0.5, 2.0]),
    few(["One", "Two", "Three", "Four"]),
)
tracks = st.lists(cues, max_size=8).map(lambda found: sorted(found, key=lambda it: it.start))
sounds = st.builds(
    lambda language, title, purpose, rate, loud: sound(
        language, title=title, dispositions=purpose, bit_rate=rate, loudness=loud
    ),
    languages,
    titles,
    purposes,
    few([0, 96_000, 192_000]),
    st.one_of(st.none(), st.builds(Loudness, integrated=numbers, true_peak=numbers)),
)
subtitle_tracks = st.builds(
    SubtitleFacts,
    codec=few(["subrip", "mov_text"]),
    language=languages,
    dispositions=purposes,
    texts_read=st.just(True),
    cues=tracks,
)
files = st.builds(
    lambda rate, scan, bits, heard, shown, start: file(
        picture=picture(frame_rate=rate, scan=scan, bit_depth=bits, start=start),
        sounds=heard,
        subtitles=shown,
    ),
    few(["", "25", "24000/1001"]),
    few(["", "progressive", "interlaced"]),
    few([0, 8, 10]),
    st.lists(sounds, max_size=3),
    st.lists(subtitle_tracks, max_size=2),
    few([0.0, 0.01, 1.4]),
)


@settings(max_examples=30)
@given(files)
def test_nothing_differs_from_itself(a: TechnicalFacts) -> None:
    found = compare_facts(a, a)
    assert all(row.same and not row.meaning and row.a == row.b for row in found.rows)
    assert not found.texts


@settings(max_examples=30)
@given(files, files)
def test_swapped_files_have_swapped_rows(a: TechnicalFacts, b: TechnicalFacts) -> None:
    one, other = compare_facts(a, b), compare_facts(b, a)
    assert sorted(map(_row, one.rows)) == sorted(_swapped(row) for row in other.rows)
    assert len(one.texts) == len(other.texts)


@settings(max_examples=60)
@given(tracks, tracks)
def test_swapped_texts_have_swapped_differences(a: list[Cue], b: list[Cue]) -> None:
    one, other = compare_texts(a, b), compare_texts(b, a)
    assert one.shift == -other.shift
    mirror = [(it.kind, it.a, it.b) for it in map(_mirrored, other.differences)]
    assert _sorted((it.kind, it.a, it.b) for it in one.differences) == _sorted(mirror)


@settings(max_examples=60)
@given(tracks, tracks)
def test_matches_are_equal_texts_in_order(a: list[Cue], b: list[Cue]) -> None:
    same = matches([cue.text for cue in a], [cue.text for cue in b])
    assert same == sorted(same)
    assert all(a[i].text == b[j].text for i, j in same)


@settings(max_examples=60)
@given(tracks, tracks)
@example(
    [Cue(end=0.5, text=text) for text in ("Three", "One", "Two")],
    [Cue(end=0.5, text=text) for text in ("One", "One", "Two", "Three")],
)
def test_every_text_is_the_same_or_told_once(a: list[Cue], b: list[Cue]) -> None:
    told = [it for it in compare_texts(a, b).differences if it.kind is not TextKind.SHIFTED]
    told_of_a = [id(it.a) for it in told if it.a is not None]
    told_of_b = [id(it.b) for it in told if it.b is not None]
    assert len(set(told_of_a)) == len(told_of_a)
    assert len(set(told_of_b)) == len(told_of_b)
    same_of_a = [cue.text for cue in a if id(cue) not in told_of_a]
    same_of_b = [cue.text for cue in b if id(cue) not in told_of_b]
    assert same_of_a == same_of_b


def test_ten_thousand_equal_texts_take_no_time() -> None:
    music = ["♪"] * 10_000
    assert len(matches(music, ["…", *music[1:], "…"])) <= 10_000


def _row(row: Row) -> tuple[str, str, str, str, int]:
    return row.group.value, row.name, row.a, row.b, row.severity


def _swapped(row: Row) -> tuple[str, str, str, str, int]:
    return row.group.value, row.name, row.b, row.a, row.severity


def _mirrored(it: TextDifference) -> TextDifference:
    kinds = {TextKind.ONLY_IN_A: TextKind.ONLY_IN_B, TextKind.ONLY_IN_B: TextKind.ONLY_IN_A}
    return TextDifference(kinds.get(it.kind, it.kind), it.b, it.a)


def _sorted(differences: object) -> list[str]:
    return sorted(str(it) for it in differences)  # type: ignore[attr-defined]
