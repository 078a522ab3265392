"""Which sound track of B is compared with which of A."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.compare.sound.track_pairs import named, only_one, pair_name, pair_notes, paired
from services.compare.timeline import SoundTrack


def _tracks(*described: tuple[str, str]) -> list[SoundTrack]:
    """Tracks of these languages and titles, numbered from 1."""
    return [
        SoundTrack(number=number, language=language, title=title)
        for number, (language, title) in enumerate(described, 1)
    ]


def _numbers(a: list[SoundTrack], b: list[SoundTrack]) -> list[tuple[int | None, int | None]]:
    return [
        (pair.a.number if pair.a else None, pair.b.number if pair.b else None)
        for pair in paired(a, b)
    ]


def test_the_main_tracks_are_partners_whatever_they_are() -> None:
    a, b = _tracks(("deu", "")), _tracks(("eng", ""))
    assert _numbers(a, b) == [(1, 1)]


def test_languages_go_together_in_any_order() -> None:
    a = _tracks(("deu", ""), ("eng", ""), ("fra", ""))
    b = _tracks(("deu", ""), ("fra", ""), ("eng", ""))
    assert _numbers(a, b) == [(1, 1), (2, 3), (3, 2)]


def test_a_title_decides_between_tracks_of_one_language() -> None:
    a = _tracks(("deu", ""), ("eng", "Film"), ("eng", "Commentary"))
    b = _tracks(("deu", ""), ("eng", "Commentary"), ("eng", "Film"))
    assert _numbers(a, b) == [(1, 1), (2, 3), (3, 2)]


def test_what_has_no_partner_is_told_at_its_place() -> None:
    a = _tracks(("deu", ""), ("eng", ""), ("fra", ""))
    b = _tracks(("deu", ""), ("fra", ""))
    pairs = paired(a, b)
    assert _numbers(a, b) == [(1, 1), (2, None), (3, 2)]
    [lost] = only_one(pairs[1])
    assert lost.description == "B lacks sound track 2 (eng) of A."
    assert (lost.a_track, lost.b_track) == (2, 0)


def test_a_file_without_sound_has_only_the_others_tracks() -> None:
    b = _tracks(("deu", ""), ("eng", ""))
    assert _numbers([], b) == [(None, 1), (None, 2)]
    assert _numbers([], []) == []


_described = st.lists(
    st.tuples(st.sampled_from(["", "deu", "eng"]), st.sampled_from(["", "x"])), max_size=6
)


@given(_described, _described)
def test_every_track_is_in_one_pair(a: list[tuple[str, str]], b: list[tuple[str, str]]) -> None:
    numbers = _numbers(_tracks(*a), _tracks(*b))
    assert sorted(it for it, _ in numbers if it) == list(range(1, len(a) + 1))
    assert sorted(it for _, it in numbers if it) == list(range(1, len(b) + 1))
    # Nobody stays alone while there is somebody on the other side.
    assert sum(None not in pair for pair in numbers) == min(len(a), len(b))


def test_tracks_that_could_not_be_decoded_are_paired_but_not_compared() -> None:
    a, b = _tracks(("deu", ""))[0], SoundTrack(number=1, language="deu", heard=False)
    [pair] = paired([a], [b])
    assert not pair.compared
    assert pair_notes([pair]) == (
        "Sound track 1 (deu) of A was not compared with 1 (deu) of B: not both could be decoded.",
    )


def test_what_was_compared_is_told() -> None:
    pairs = paired(_tracks(("deu", ""), ("eng", "")), _tracks(("deu", ""), ("eng", "Film")))
    assert pair_notes(pairs) == (
        "Sound tracks compared: 1 (deu) of A with 1 (deu) of B; "
        "2 (eng) of A with 2 (eng, Film) of B.",
    )


def test_names() -> None:
    plain, [english] = SoundTrack(number=3), _tracks(("eng", "Film"))
    assert (named(plain), named(english)) == ("3", "1 (eng, Film)")
    assert pair_name(plain, plain) == "Sound track 3"
    assert pair_name(plain, english) == "Sound track 3 of A and 1 (eng, Film) of B"
