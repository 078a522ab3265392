"""A file over range reads behaves like a file, and reads little."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mediakit.probe import probe
from services.mediakit.source import RangeReader
from tests.fixtures.media import ClipLibrary

DATA = bytes(range(256)) * 41


def ranges_of(data: bytes, asked: list[tuple[int, int]]) -> Callable[[int, int], bytes]:
    def fetch(offset: int, length: int) -> bytes:
        asked.append((offset, length))
        return data[offset : offset + length]

    return fetch


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(DATA) + 50), st.integers(-1, 3000)), max_size=25),
    st.integers(1, 2000),
    st.integers(1, 6),
)
def test_reads_what_a_file_would(
    steps: list[tuple[int, int]], block_bytes: int, read_ahead: int
) -> None:
    file = io.BytesIO(DATA)
    fetch = ranges_of(DATA, [])
    with RangeReader(
        len(DATA), fetch, block_bytes=block_bytes, cached_blocks=3, read_ahead=read_ahead
    ) as reader:
        for offset, size in steps:
            assert reader.seek(offset) == file.seek(offset)
            assert reader.read(size) == file.read(size)
            assert reader.tell() == file.tell()


def test_seeks_from_the_start_the_position_and_the_end() -> None:
    with RangeReader(len(DATA), ranges_of(DATA, [])) as reader:
        assert reader.seek(-6, io.SEEK_END) == len(DATA) - 6
        assert reader.read() == DATA[-6:]
        assert reader.seek(-4, io.SEEK_CUR) == len(DATA) - 4
        with pytest.raises(ValueError, match="before the start"):
            reader.seek(-1)


def test_a_sequential_reader_finds_the_next_blocks_fetched() -> None:
    asked: list[tuple[int, int]] = []
    with RangeReader(len(DATA), ranges_of(DATA, asked), block_bytes=512, read_ahead=4) as reader:
        while reader.read(100):
            pass
    blocks = -(-len(DATA) // 512)
    assert len(asked) < blocks / 2
    assert sum(length for _, length in asked) == len(DATA)


def test_jumping_between_two_places_fetches_each_once() -> None:
    asked: list[tuple[int, int]] = []
    with RangeReader(len(DATA), ranges_of(DATA, asked), block_bytes=512) as reader:
        for _ in range(5):
            for offset in (0, 6000):
                reader.seek(offset)
                reader.read(10)
    assert asked == [(0, 512), (5632, 512)]


def test_a_failing_fetch_reaches_the_reader_and_can_be_tried_again() -> None:
    failures = [ConnectionResetError("gone")]

    def fetch(offset: int, length: int) -> bytes:
        if failures:
            raise failures.pop()
        return DATA[offset : offset + length]

    with RangeReader(len(DATA), fetch) as reader:
        with pytest.raises(ConnectionResetError):
            reader.read(10)
        assert reader.read(10) == DATA[:10]


def test_a_short_answer_is_an_error() -> None:
    with (
        RangeReader(len(DATA), lambda offset, length: b"too short") as reader,
        pytest.raises(OSError, match="received 9"),
    ):
        reader.read(10)


@pytest.mark.slow("encodes a long video")
def test_a_video_whose_index_is_at_its_end_is_probed_with_a_part_of_its_bytes(
    clip_library: ClipLibrary,
) -> None:
    data = clip_library.get("large.mp4", size=(640, 360), crf=12).read_bytes()
    asked: list[tuple[int, int]] = []
    with RangeReader(
        len(data), ranges_of(data, asked), block_bytes=32 << 10, read_ahead=2
    ) as reader:
        info = probe(reader)  # type: ignore[arg-type]
    assert info.duration == pytest.approx(14.0)
    assert sum(length for _, length in asked) < len(data) / 4


def test_an_error_of_the_storage_is_not_mistaken_for_a_bad_video(reel: Path) -> None:
    data = reel.read_bytes()

    def fetch(offset: int, length: int) -> bytes:
        if offset > 0:
            raise ConnectionResetError("gone")
        return data[offset : offset + length]

    with (
        RangeReader(len(data), fetch, block_bytes=64 << 10) as reader,
        pytest.raises(ConnectionResetError),
    ):
        probe(reader)  # type: ignore[arg-type]
