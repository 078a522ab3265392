"""DecodeThreads give what decoding from start to end gives, and end when they should."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import pytest
from av.video.frame import VideoFrame

from services.mediakit import decode_threads, parallel_decode
from services.mediakit.container import open_media
from services.mediakit.decode_threads import FrameReducer
from services.mediakit.decoding import Decoded, decode
from services.mediakit.parallel_decode import decode_in_parallel, leave_out_last_filter
from tests.fixtures.clips import REEL, cut
from tests.fixtures.damage import flip_bits, truncate
from tests.fixtures.media import ClipLibrary

pytestmark = pytest.mark.slow("decodes whole videos in every way")

OPEN_HEVC = {
    "video_codec": "libx265",
    "codec_options": {"x265-params": "open-gop=1:bframes=4:b-adapt=0:scenecut=0:log-level=none"},
}
OPEN_H264 = {"codec_options": {"x264-params": "open-gop=1:bframes=3:scenecut=0"}}
Kept = tuple[float, bytes, int]


def keep(time: float, frame: VideoFrame) -> Kept:
    """All of a picture: its time, its pixels as they were decoded and how it must be turned."""
    return time, frame.to_ndarray().tobytes(), frame.rotation


def keep_all() -> FrameReducer[Kept]:
    def reduce(pictures: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, Kept]]:
        for time, frame in pictures:
            yield time, keep(time, frame)

    return reduce


def in_threads(path: Path, most_threads: int) -> tuple[list[Kept], list[float], Decoded]:
    """Pictures, times of the sound, and what was counted."""
    seen = Decoded()
    with open_media(path) as media:
        passed = list(decode_in_parallel(media, seen, keep_all, most_threads=most_threads))
    pictures = [kept for _, kept in passed if isinstance(kept, tuple)]
    return pictures, [time for time, kept in passed if not isinstance(kept, tuple)], seen


@lru_cache(maxsize=1)  # of the file that is decoded by one, two and three threads
def from_start_to_end(path: Path) -> tuple[list[Kept], list[float], Decoded]:
    seen = Decoded()
    pictures, sounds = [], []
    with open_media(path) as media:
        leave_out_last_filter(media.video.codec_context)
        for time, frame in decode(media, seen):
            if isinstance(frame, VideoFrame):
                pictures.append(keep(time, frame))
            else:
                sounds.append(time)
    return pictures, sounds, seen


@pytest.fixture(autouse=True)
def short_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of a second count as long enough, so that short videos have many."""
    monkeypatch.setattr(decode_threads, "_LEAST_PACKETS", 20)


@pytest.mark.parametrize("most_threads", [1, 2, 3])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("keyed.mp4", {}),
        ("keyed.mkv", {}),
        ("keyed.ts", {}),
        ("keyed.webm", {"rate": 30}),
        ("keyed.avi", {}),
        ("open_h264.mp4", OPEN_H264),
        ("open_hevc.mp4", OPEN_HEVC),
        ("open_hevc.mkv", OPEN_HEVC),
        ("open_hevc.ts", OPEN_HEVC),
        ("av1.mp4", {"video_codec": "libsvtav1"}),
        ("mpeg2.ts", {"video_codec": "mpeg2video", "crf": None}),
        ("variable.mp4", {"variable_rate": True}),
        ("turned.mp4", {"rotation": 90}),
        ("raw.h264", {"sound": False}),
        ("no_groups.mp4", {"codec_options": {"x264-params": "scenecut=0:keyint=infinite"}}),
    ],
)
def test_threads_see_what_one_decoder_sees(
    name: str, options: dict[str, Any], most_threads: int, clip_library: ClipLibrary
) -> None:
    path = clip_library.get(name, cut(REEL, 0, 6), key_frame_every=25, **options)
    pictures, sounds, counted = in_threads(path, most_threads)
    expected_pictures, expected_sounds, expected = from_start_to_end(path)
    assert [picture[0] for picture in pictures] == [picture[0] for picture in expected_pictures]
    assert pictures == expected_pictures
    assert sounds == expected_sounds
    assert counted == expected


@pytest.mark.parametrize("name", ["keyed.mp4", "open_hevc.mp4"])
def test_groups_are_shared_out(
    name: str, clip_library: ClipLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = OPEN_HEVC if "hevc" in name else {}
    path = clip_library.get(name, cut(REEL, 0, 6), key_frame_every=25, **options)
    runs: list[tuple[str, int]] = []
    both_at_work = threading.Barrier(2, timeout=30)

    def make_reducer() -> FrameReducer[None]:
        def reduce(pictures: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, None]]:
            count = 0
            for time, _ in pictures:
                if count == 0 and not runs:
                    both_at_work.wait()
                count += 1
                yield time, None
            runs.append((threading.current_thread().name, count))

        return reduce

    with open_media(path) as media:
        list(decode_in_parallel(media, Decoded(), make_reducer, most_threads=2))
    assert {thread for thread, _ in runs} == {"decoder-0", "decoder-1"}
    assert len(runs) >= 5
    assert sum(count for _, count in runs) == 150


def test_a_video_whose_stamps_jump_back_stays_together(
    clip_library: ClipLibrary, tmp_path: Path
) -> None:
    """Two recordings in one transport stream, the second one begins at zero again."""
    joined = tmp_path / "joined.ts"
    first = clip_library.get("keyed.ts", cut(REEL, 0, 3), key_frame_every=25)
    second = clip_library.get("keyed.ts", cut(REEL, 0, 3), key_frame_every=25, size=(160, 90))
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    pictures, _, counted = in_threads(joined, 3)
    expected_pictures, _, expected = from_start_to_end(joined)
    assert pictures == expected_pictures
    assert counted == expected


@pytest.mark.parametrize("most_threads", [1, 3])
def test_damaged_groups_harm_no_others(
    most_threads: int, clip_library: ClipLibrary, tmp_path: Path
) -> None:
    whole = clip_library.get("keyed.mp4", cut(REEL, 0, 6), key_frame_every=25)
    damaged = flip_bits(whole, tmp_path / "damaged.mp4", 12)
    pictures, _, counted = in_threads(damaged, most_threads)
    intact = {picture[:2] for picture in from_start_to_end(whole)[0]}
    assert 0 < counted.damaged < 100
    assert len(intact.intersection(picture[:2] for picture in pictures)) > 25


@pytest.mark.parametrize("most_threads", [1, 3])
def test_a_file_that_ends_early_gives_what_is_there(
    most_threads: int, clip_library: ClipLibrary, tmp_path: Path
) -> None:
    whole = clip_library.get("keyed.mkv", cut(REEL, 0, 6), key_frame_every=25)
    pictures, _, counted = in_threads(truncate(whole, tmp_path / "cut.mkv", 0.6), most_threads)
    assert 60 < len(pictures) < 120
    assert counted.pictures == len(pictures)
    assert counted.picture_end == pytest.approx(pictures[-1][0] + 0.04)


@pytest.mark.parametrize("is_much", [False, True])
def test_sound_is_decoded_after_the_pictures_unless_much_of_it_waits(
    is_much: bool, clip_library: ClipLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_much:
        monkeypatch.setattr(parallel_decode, "_MOST_SOUND_BYTES", 20_000)
    path = clip_library.get("keyed.mp4", cut(REEL, 0, 6), key_frame_every=25)
    with open_media(path) as media:
        passed = list(decode_in_parallel(media, Decoded(), keep_all, most_threads=2))
    sounds = [time for time, kept in passed if not isinstance(kept, tuple)]
    assert sounds == from_start_to_end(path)[1]
    pictures_before = [isinstance(kept, tuple) for _, kept in passed[: -len(sounds)]]
    assert all(pictures_before) != is_much


def decoder_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("decoder-")]


@pytest.mark.parametrize("error", [MemoryError, SystemExit])
def test_what_a_reducer_raises_reaches_the_caller(error: type[BaseException], reel: Path) -> None:
    def make_reducer() -> FrameReducer[None]:
        def reduce(pictures: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, None]]:
            for time, _ in pictures:
                if time > 5:
                    raise error("no room for this picture")
                yield time, None

        return reduce

    with open_media(reel) as media:
        passing = decode_in_parallel(media, Decoded(), make_reducer, most_threads=2)
        with pytest.raises(error, match="no room"):
            list(passing)
    assert decoder_threads() == []


def test_a_reducer_may_lose_interest(
    clip_library: ClipLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode_threads, "_MOST_WAITING_PACKETS", 30)

    def make_reducer() -> FrameReducer[None]:
        def reduce(pictures: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, None]]:
            for time, _ in itertools.islice(pictures, 3):
                yield time, None

        return reduce

    with open_media(clip_library.get("silent.mp4", REEL, sound=False)) as media:
        times = [t for t, _ in decode_in_parallel(media, Decoded(), make_reducer, most_threads=2)]
    assert times[:3] == [0.0, 0.04, 0.08]
    assert len(times) % 3 == 0
    assert times[-1] > 5


def test_threads_that_can_not_all_be_started_leave_none(
    reel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def at_most_one(thread: threading.Thread) -> None:
        if thread.name == "decoder-1":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", at_most_one)
    with open_media(reel) as media, pytest.raises(RuntimeError, match="new thread"):
        list(decode_in_parallel(media, Decoded(), keep_all, most_threads=2))
    assert decoder_threads() == []


def test_read_errors_reach_the_caller(reel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_threads, "_MOST_WAITING_PACKETS", 30)
    with reel.open("rb") as file, open_media(file) as media:
        passing = decode_in_parallel(media, Decoded(), keep_all, most_threads=2)
        next(passing)
        file.close()
        with pytest.raises(ValueError, match="closed file"):
            list(passing)
    assert decoder_threads() == []


def test_closing_the_iterator_ends_the_threads(reel: Path) -> None:
    with open_media(reel) as media:
        with closing(decode_in_parallel(media, Decoded(), keep_all, most_threads=2)) as passing:
            next(passing)
            assert decoder_threads() == ["decoder-0", "decoder-1"]
        assert decoder_threads() == []


def test_threads_wait_for_a_slow_caller(
    clip_library: ClipLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode_threads, "_VALUES_AHEAD", 8)
    monkeypatch.setattr(decode_threads, "_MOST_WAITING_PACKETS", 60)
    reduced = 0

    def make_reducer() -> FrameReducer[None]:
        def reduce(pictures: Iterator[tuple[float, VideoFrame]]) -> Iterator[tuple[float, None]]:
            nonlocal reduced
            for time, _ in pictures:
                reduced += 1
                yield time, None

        return reduce

    with open_media(clip_library.get("silent.mp4", REEL, sound=False)) as media:
        passing = decode_in_parallel(media, Decoded(), make_reducer, most_threads=2)
        next(passing)
        waiting = threading.Event()
        waiting.wait(0.5)
        assert reduced < 250
        assert len(list(passing)) == 349


def test_large_pictures_share_one_decoder() -> None:
    decoder = av.CodecContext.create("h264", "r")
    # On many cores frame threads of one decoder make more of them than a few decoders.
    for (decoder.width, decoder.height), cores, expected in (
        ((640, 360), 8, 8),
        ((1920, 1080), 2, 2),
        ((1920, 1080), 8, 4),
        ((1920, 1080), 32, 1),
        ((2560, 1440), 4, 2),
        ((3840, 2160), 2, 1),
        ((7680, 4320), 8, 1),
    ):
        assert parallel_decode._worthwhile(decoder, cores) == expected
