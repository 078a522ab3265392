"""Artifacts reach clients in pieces, and a damaged one is told of only when it is damaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embed.artifacts.delivery import (
    Delivery,
    Facts,
    Frames,
    Segments,
    Sound,
    TrackLevels,
    batches,
)
from services.embed.artifacts.embeddings import Embedding, TrackFacts
from services.embed.artifacts.stored_forms import encode_vectors
from services.embed.artifacts.tracks import VectorTrack
from services.embed.tasks.task_state import Failure, Modality
from services.servicekit.errors import SageError
from tests.fixtures.embeddings import make_embedding
from tests.fixtures.frame_tracks import encode_frame_track
from tests.unit.embed.artifacts.test_stored_forms import frame_track, vector_track

_PREFIX = "vectors/"


class _Store:
    """Objects by key; the first readings of one may go wrong."""

    def __init__(self, objects: dict[str, bytes], misread: Iterable[bytes] = ()) -> None:
        self.objects = objects
        self.misread = list(misread)

    async def get(self, key: str) -> bytes:
        return self.misread.pop(0) if self.misread else self.objects[key]


class _Damages:
    """Remembers which artifacts were found damaged."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def __call__(self, embedding: Embedding, key: str, failure: Failure) -> None:
        self.told.append((key, failure.reason))


def _embedding(*modalities: Modality, fine: bool = False) -> Embedding:
    return make_embedding(
        id="e1",
        tracks=tuple(
            TrackFacts(modality=it, segment_count=5, dimension=8, has_fine_samples=fine)
            for it in modalities
        ),
        vectors_prefix=_PREFIX,
        frame_track_key="frames",
    )


def _vectors(*modalities: Modality, fine: bool = False) -> dict[str, bytes]:
    stored = encode_vectors(vector_track(5, 8, fine=fine))
    return {_PREFIX + it.value: stored for it in modalities}


async def _segments(delivery: Delivery, embedding: Embedding, *only: Modality) -> list[Segments]:
    return [part async for part in delivery.segments(embedding, only, include_fine=True)]


async def test_modalities_come_one_after_the_other_with_their_finer_samples() -> None:
    both = (Modality.VISUAL, Modality.AUDIO)
    delivery = Delivery(_Store(_vectors(*both, fine=True)), _Damages())
    parts = await _segments(delivery, _embedding(*both, fine=True))
    assert [(part.modality, part.fine, len(part.vectors)) for part in parts] == [
        (Modality.VISUAL, False, 5),
        (Modality.VISUAL, True, 20),
        (Modality.AUDIO, False, 5),
        (Modality.AUDIO, True, 20),
    ]


async def test_only_what_is_asked_for_is_read() -> None:
    delivery = Delivery(_Store(_vectors(Modality.AUDIO)), _Damages())
    parts = await _segments(delivery, _embedding(Modality.VISUAL, Modality.AUDIO), Modality.AUDIO)
    assert [part.modality for part in parts] == [Modality.AUDIO]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4000), st.sampled_from([1, 512, 3000, 400_000]))
def test_pieces_put_together_are_the_track_and_none_is_far_beyond_a_mebibyte(
    count: int, dimension: int
) -> None:
    count = min(count, 4_000_000 // dimension)
    times = np.arange(count + 1.0)
    vectors = np.zeros((count, dimension), np.float32)
    vectors[:, 0] = np.arange(count)
    track = VectorTrack(vectors=vectors, starts=times[:-1], ends=times[1:])
    parts = list(batches(Modality.VISUAL, track, fine=False))
    assert [part.first for part in parts] == [int(part.starts[0]) for part in parts]
    assert np.concatenate([part.vectors[:, 0] for part in parts]).tolist() == list(range(count))
    assert all(len(part.vectors) == 1 or part.vectors.nbytes <= 1 << 20 for part in parts)


async def test_a_frame_track_is_told_part_by_part() -> None:
    stored = encode_frame_track(frame_track(700, sound_steps=3000, tracks=2))
    delivery = Delivery(_Store({"frames": stored}), _Damages())
    parts = [part async for part in delivery.frame_track(_embedding())]
    frames = [part for part in parts if isinstance(part, Frames)]
    sound = [part for part in parts if isinstance(part, Sound)]
    levels = [part for part in parts if isinstance(part, TrackLevels)]
    [facts] = [part for part in parts if isinstance(part, Facts)]
    assert sum(len(part.times) for part in frames) == 700
    assert [part.first for part in frames] == _firsts([len(part.times) for part in frames])
    assert [part.first for part in sound] == _firsts([len(part.levels) for part in sound])
    assert {part.track for part in levels} == {0, 1}
    assert len(facts.facts.sound_tracks) == 2
    assert [part.duration for part in parts] == pytest.approx([70.0] * len(parts))


def _firsts(lengths: list[int]) -> list[int]:
    return [sum(lengths[:number]) for number in range(len(lengths))]


async def test_what_was_not_made_is_not_found() -> None:
    delivery = Delivery(_Store({}), _Damages())
    without = replace(_embedding(), frame_track_key="")
    with pytest.raises(SageError, match="embeddings/e1/frameTrack") as caught:
        await anext(delivery.frame_track(without))
    assert caught.value.reason_name == "NOT_FOUND"
    with pytest.raises(SageError, match="embeddings/e1/detailTrack"):
        await anext(delivery.detail_track(without, []))


async def test_vectors_that_are_damaged_twice_are_told_of() -> None:
    damages = _Damages()
    objects = {key: data[:-5] for key, data in _vectors(Modality.VISUAL).items()}
    with pytest.raises(SageError, match="Embed the video again") as caught:
        await _segments(Delivery(_Store(objects), damages), _embedding(Modality.VISUAL))
    assert caught.value.reason_name == "INVALID_VECTORS"
    assert damages.told == [(_PREFIX + "VISUAL", "INVALID_VECTORS")]


async def test_vectors_that_are_gone_are_told_of() -> None:
    damages = _Damages()
    with pytest.raises(SageError, match="it is gone from the store"):
        await _segments(Delivery(_Store({}), damages), _embedding(Modality.VISUAL))
    assert damages.told == [(_PREFIX + "VISUAL", "INVALID_VECTORS")]


async def test_vectors_that_were_only_misread_are_not() -> None:
    damages = _Damages()
    store = _Store(_vectors(Modality.VISUAL), misread=[b"half of the answer"])
    with pytest.raises(SageError):
        await _segments(Delivery(store, damages), _embedding(Modality.VISUAL))
    assert not damages.told
    assert await _segments(Delivery(store, damages), _embedding(Modality.VISUAL))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
async def test_a_frame_track_that_ends_early_is_told_of(kept: float) -> None:
    damages = _Damages()
    whole = encode_frame_track(frame_track(700, sound_steps=100))
    store = _Store({"frames": whole[: int(len(whole) * kept)]})
    with pytest.raises(SageError) as caught:
        _ = [part async for part in Delivery(store, damages).frame_track(_embedding())]
    assert caught.value.reason_name == "INVALID_VECTORS"
    assert damages.told == [("frames", "INVALID_VECTORS")]
