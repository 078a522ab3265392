"""Detail tracks are asked for when it is known where, and never stand in the way of an answer."""

from __future__ import annotations

import numpy as np
import pytest

from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.compare.timeline import UInt8
from tests.emulators.embed_service import embedding
from tests.unit.compare.api.calls import compute, refusal, scenes
from tests.unit.compare.conftest import CompareService, error_info
from tests.unit.compare.detail.pages import letter, page, put, shown, stored_detail, video

SECONDS = 6.0


def changed(pictures: UInt8) -> UInt8:
    """One letter is another for the second half."""
    out = pictures.copy()
    for picture in out[len(out) // 2 :]:
        put(picture, 2, 7, letter(5_000_000))
    return out


def add(service: CompareService, side: str, pictures: UInt8, *, with_detail: bool = True) -> None:
    vectors = scenes(1, 3)
    service.embed.add(
        embedding(f"embeddings/{side}", video=f"videos/{side}"),
        {MODALITY_VISUAL: vectors},
        video(pictures).frames,
        stored_detail(pictures) if with_detail else None,
    )


def add_both(service: CompareService) -> None:
    plain = shown(page(1), SECONDS)
    add(service, "a", plain)
    add(service, "b", changed(plain))


async def test_a_changed_letter_is_a_difference_with_a_box(
    compare_service: CompareService,
) -> None:
    add_both(compare_service)
    comparison = await compute(compare_service)
    same, different = comparison.regions
    assert (same.a_end, different.a_start) == (3.0, 3.0)
    assert different.HasField("box")
    assert not comparison.summary.reencode_only
    assert not comparison.summary.notes
    assert compare_service.embed.spans == [[(0.0, SECONDS)]] * 2
    distances = [segment.distance for segment in comparison.distances[0].segments]
    assert np.array(distances)[2] == pytest.approx(different.score)


@pytest.mark.parametrize(
    ("lacking", "told"), [("a", "A was"), ("b", "B was"), ("ab", "A and B were")]
)
async def test_without_detail_a_note_says_what_a_new_embedding_would_add(
    compare_service: CompareService, lacking: str, told: str
) -> None:
    plain = shown(page(1), SECONDS)
    for side, pictures in (("a", plain), ("b", changed(plain))):
        add(compare_service, side, pictures, with_detail=side not in lacking)
    comparison = await compute(compare_service)
    (note,) = [each for each in comparison.summary.notes if "as small as a letter" in each]
    assert f"{told} embedded before" in note
    assert "embed the video again" in note
    assert len(comparison.regions) == 1
    assert compare_service.embed.calls["StreamDetailTrack"] == 0


async def test_what_is_no_detail_track_is_refused(compare_service: CompareService) -> None:
    add_both(compare_service)
    compare_service.embed.damaged_detail = True
    error = await refusal(compare_service)
    assert error_info(error).reason == "INVALID_VECTORS"
