"""B is tiled by pieces, and each takes the right frames of A."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from services.compare.export.pieces import Span, pieces_of
from tests.unit.compare.export.edits import RATES, Edit, edit_of, edits


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(RATES).flatmap(lambda rate: edits(rate=rate)))
def test_pieces_tile_b_and_name_the_frames_of_a_that_it_shows(edit: Edit) -> None:
    for modality in (MODALITY_VISUAL, MODALITY_AUDIO):
        origins: list[int | None] = []
        for piece in pieces_of(edit.document, modality).pieces:
            assert piece.record.start == len(origins)
            known = piece.source is not None and piece.source.length == piece.record.length
            first = piece.source.start if piece.source is not None else 0
            origins += [
                first + each if known and piece.region.rate == 1 else None
                for each in range(piece.record.length)
            ]
            if piece.source is not None:
                assert 0 <= piece.source.start < piece.source.end <= edit.a_frames
        kept = [
            None if known is None else origin
            for origin, known in zip(origins, edit.origins, strict=True)
        ]
        assert kept == edit.origins


def test_a_cut_that_was_found_early_takes_the_right_frames() -> None:
    edit = edit_of([("GONE", 10), ("SAME", 100)])
    for region in edit.document.comparison.regions:
        if region.a_end > region.a_start and region.b_end > region.b_start:
            region.a_start += 0.013
            region.b_start += 0.013
    piece = pieces_of(edit.document, MODALITY_AUDIO).pieces[-1]
    assert piece.source is not None
    assert piece.source.start - piece.record.start == 10


def test_a_doubt_is_no_cut() -> None:
    edit = edit_of([("SAME", 50), ("NEW", 10), ("SAME", 50)])
    document = edit.document
    whole = pieces_of(document, MODALITY_VISUAL).pieces
    region = next(each for each in document.comparison.regions if each.modality == MODALITY_VISUAL)
    doubted = document.comparison.regions.add()
    doubted.CopyFrom(region)
    middle = (region.a_start + region.a_end) / 2
    region.a_end, doubted.a_start = middle, middle
    region.b_end, doubted.b_start = middle, middle
    doubted.confidence = 0.3
    found = pieces_of(document, MODALITY_VISUAL).pieces
    assert [(each.record, each.source) for each in found] == [
        (each.record, each.source) for each in whole
    ]


@pytest.mark.parametrize(("late", "source"), [(0.2, 45), (-0.2, 55)])
def test_sound_that_is_late_comes_from_earlier_in_a(late: float, source: int) -> None:
    edit = edit_of([("SAME", 50), ("NEW", 10), ("SAME", 50)])
    for region in edit.document.comparison.regions:
        region.sound_offset = late if region.modality == MODALITY_AUDIO else 0.0
    starts = [
        piece.source.start
        for piece in pieces_of(edit.document, MODALITY_AUDIO).pieces
        if piece.source is not None and piece.record.start == 60
    ]
    assert starts == [source]


def test_what_would_come_from_before_a_is_new() -> None:
    edit = edit_of([("SAME", 50)])
    for region in edit.document.comparison.regions:
        region.sound_offset = 0.2
    found = pieces_of(edit.document, MODALITY_AUDIO).pieces
    assert [(piece.record, piece.source) for piece in found] == [
        (Span(start=0, end=5), None),
        (Span(start=5, end=50), Span(start=0, end=45)),
    ]


def test_versions_of_different_rates_are_counted_each_by_its_own() -> None:
    edit = edit_of([("SAME", 250)])
    faster = edit_of([("SAME", 300)], rate=30).document
    document = type(faster)(
        comparison=edit.document.comparison,
        a_name="a",
        b_name="b",
        a_clock=edit.document.a_clock,
        b_clock=faster.b_clock,
    )
    (piece,) = pieces_of(document, MODALITY_VISUAL).pieces
    assert (piece.source, piece.record) == (Span(start=0, end=250), Span(start=0, end=300))
    assert piece.is_retimed
