"""Laws of comparing that hold whatever the videos are, on a real pair that was embedded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from services.compare.differences import compare_pair
from services.compare.outcome import EmbeddedVideo, Modality, PairDifferences
from services.compare.timeline import Region, RegionKind
from tests.fixtures.clips import NEW_SCENE, REEL, Piece, delete, flipped, write
from tests.fixtures.clips import replace as put_in_place
from tests.fixtures.embedded import as_loaded, embed

pytestmark = pytest.mark.slow("encodes and embeds videos")

# 1.8 s of another scene, then 1.2 s out, further on in A.
EDITED = put_in_place(delete(REEL, 10.0, 11.2).pieces, 2.0, 3.8, NEW_SCENE).pieces
FRAME = 0.041
DELAY = 0.26
Made = Callable[[tuple[Piece, ...], float], EmbeddedVideo]
Times = tuple[RegionKind, float, float, float, float]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder: Path = tmp_path_factory.mktemp("laws")

    @cache
    def embedded(pieces: tuple[Piece, ...], delay: float = 0.0) -> EmbeddedVideo:
        name = f"{hash((pieces, delay))}.mp4"
        return as_loaded(embed(write(folder / name, pieces, sound_delay=delay)))

    return embedded


def in_another_look(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(replace(piece, look=flipped) for piece in pieces)


def regions(found: PairDifferences, modality: Modality) -> list[Region]:
    (each,) = (each for each in found.modalities if each.modality is modality)
    return list(each.alignment.regions)


def edits(found: PairDifferences, modality: Modality = Modality.VISUAL) -> list[Times]:
    return [
        (each.kind, *each.in_a, *each.in_b)
        for each in regions(found, modality)
        if each.kind is not RegionKind.UNCHANGED
    ]


def same(left: list[Times], right: list[Times]) -> bool:
    return [each[0] for each in left] == [each[0] for each in right] and all(
        one[1:] == pytest.approx(other[1:], abs=FRAME)
        for one, other in zip(left, right, strict=True)
    )


def test_the_edits_are_found(made: Made) -> None:
    """Else the laws would hold for nothing."""
    found = edits(compare_pair(made(REEL, 0.0), made(EDITED, 0.0)))
    truth = [
        (RegionKind.REPLACED, 2.0, 3.8, 2.0, 3.8),
        (RegionKind.DELETED, 10.0, 11.2, 10.0, 10.0),
    ]
    assert same(found, truth)


@pytest.mark.parametrize("modality", [Modality.VISUAL, Modality.AUDIO])
def test_what_is_unchanged_is_as_long_on_both_sides(made: Made, modality: Modality) -> None:
    found = regions(compare_pair(made(REEL, 0.0), made(EDITED, 0.0)), modality)
    for region in found:
        if region.kind is RegionKind.UNCHANGED:
            assert region.seconds_a == pytest.approx(region.seconds_b, abs=FRAME)
    assert sum(region.seconds_a for region in found) == pytest.approx(14.02, abs=0.1)


def test_changing_a_and_b_over_mirrors_the_answer(made: Made) -> None:
    there = compare_pair(made(REEL, 0.0), made(EDITED, 0.0))
    back = compare_pair(made(EDITED, 0.0), made(REEL, 0.0))
    mirrored = [
        (kind.mirrored, b_start, b_end, a_start, a_end)
        for kind, a_start, a_end, b_start, b_end in edits(back)
    ]
    assert same(edits(there), mirrored)


def test_a_look_over_all_of_b_changes_no_times(made: Made) -> None:
    plain = compare_pair(made(REEL, 0.0), made(EDITED, 0.0))
    other = compare_pair(made(REEL, 0.0), made(in_another_look(EDITED), 0.0))
    assert other.looks
    assert same(edits(plain), edits(other))


def test_the_same_look_over_both_changes_nothing(made: Made) -> None:
    plain = compare_pair(made(REEL, 0.0), made(EDITED, 0.0))
    both = compare_pair(made(in_another_look(REEL), 0.0), made(in_another_look(EDITED), 0.0))
    assert both.looks == plain.looks == ()
    assert same(edits(plain), edits(both))


def test_delaying_the_sound_changes_its_offset_alone(made: Made) -> None:
    late = compare_pair(made(REEL, 0.0), made(REEL, DELAY))
    assert edits(late) == []
    heard = regions(late, Modality.AUDIO)
    longest = max(heard, key=lambda region: region.seconds_a)
    assert longest.sound_offset == pytest.approx(DELAY, abs=0.015)
    assert longest.seconds_a > 12
