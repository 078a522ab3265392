"""What the embed service packs, the compare service unpacks."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from services.compare.detail.track import DamagedDetail, DetailChunk, DetailTrack
from services.compare.timeline import UInt8
from services.embed.artifacts.detail_track import QUANTUM, detail_chunks
from tests.fixtures.detail_tracks import detail_track, encode_detail_track


def pictures(count: int) -> list[tuple[float, UInt8]]:
    """Half of each picture stands still, half is another one every half second."""
    random = np.random.default_rng(1)
    still = random.integers(0, 255, (32, 80)).astype(np.uint8)
    moving = random.integers(0, 255, (count, 32, 40)).astype(np.uint8)
    for number in range(count):
        moving[number] = number * 5 % 200
    return [
        (0.5 * number, np.hstack([still, moving[number]]).astype(np.uint8))
        for number in range(count)
    ]


def test_pictures_come_back_within_the_coarseness_of_their_coding() -> None:
    given = pictures(80)
    track = detail_track(encode_detail_track(given, 40.0))
    assert track.times.tolist() == [time for time, _ in given]
    for number in (0, 79, 31, 32, 33, 5):
        off = track.picture(number) - given[number][1]
        assert np.sqrt((off**2).mean()) < QUANTUM / 2


def damaged(packed: bytes) -> DetailTrack:
    (chunk,) = detail_chunks(encode_detail_track(pictures(3), 1.5), ())
    return DetailTrack(
        [
            DetailChunk(
                rows=chunk.rows,
                columns=chunk.columns,
                quantum=QUANTUM,
                times=chunk.times,
                packed=packed,
            )
        ]
    )


@pytest.mark.parametrize(
    "packed",
    [b"", b"no stream", zlib.compress(b"too little"), zlib.compress(bytes(10_000_000))],
    ids=["nothing", "something else", "too little", "too much"],
)
def test_what_is_damaged_is_told(packed: bytes) -> None:
    with pytest.raises(DamagedDetail):
        damaged(packed).picture(0)


def test_a_track_without_pictures_has_no_times() -> None:
    chunks: list[DetailChunk] = []
    assert len(DetailTrack(chunks)) == 0
