"""A proxy has the pictures of its original at their times, whatever the original is."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.ingest.media.proxy.encoder import make_proxy
from services.mediakit.container import open_media
from services.mediakit.decoding import Decoded, decode
from services.mediakit.errors import MediaError
from services.mediakit.probe import MediaInfo, probe
from services.mediakit.sandbox.cancellation import Cancellation
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary

SECOND = clips.cut(clips.REEL, 3.5, 4.5)
# What WebM counts in.
MILLISECOND = 0.0005


def never() -> bool:
    return False


def proxy_of(path: Path, *, cancelled: Callable[[], bool] = never) -> io.BytesIO:
    """The proxy's file."""
    received = io.BytesIO()

    def give(at: int, piece: bytes) -> None:
        received.seek(at)
        received.write(piece)

    with path.open("rb") as file:
        make_proxy(file, give, duration=1.0, progressed=lambda *_: None, cancelled=cancelled)
    return received


def stamps(file: Path | io.BytesIO) -> list[float]:
    with open_media(file) as media:
        return [time for time, _ in decode(media, Decoded(), sound=False)]


def key_frames(file: io.BytesIO) -> list[float]:
    with open_media(file) as media:
        packets = media.container.demux(media.video)
        return [float(it.pts * it.time_base) for it in packets if it.is_keyframe and it.size]  # type: ignore[operator]


def middle(file: Path | io.BytesIO) -> np.ndarray[Any, Any]:
    """The first picture, small, as it is shown."""
    with open_media(file) as media:
        for _, frame in decode(media, Decoded(), sound=False):
            small = frame.reformat(64, 36, "rgb24").to_ndarray()  # type: ignore[union-attr]
            return np.rot90(small, frame.rotation // 90 % 4).astype(int)  # type: ignore[union-attr]
    raise AssertionError("no picture")


ORIGINALS: dict[str, dict[str, Any]] = {
    "variable.mp4": {"variable_rate": True},
    "film.mov": {
        "video_codec": "prores_ks",
        "audio_codec": "pcm_s16le",
        "crf": None,
        "pixel_format": "yuv422p10le",
    },
    "broadcast.mpg": {"video_codec": "mpeg2video", "audio_codec": "mp2", "crf": None},
    "fields.mkv": {
        "video_codec": "mpeg2video",
        "crf": None,
        "codec_options": {"flags": "+ilme+ildct"},
    },
    "old.avi": {"video_codec": "mpeg4", "audio_codec": "mp2", "crf": None},
}


@pytest.mark.parametrize("name", ORIGINALS)
def test_every_picture_is_there_at_its_time(clip_library: ClipLibrary, name: str) -> None:
    original = clip_library.get(name, SECOND, **ORIGINALS[name])
    proxy = proxy_of(original)
    assert stamps(proxy) == pytest.approx(stamps(original), abs=MILLISECOND)
    found = probe(proxy)
    assert (found.video_codec, found.pixel_format, found.audio_codec) == ("vp9", "yuv420p", "opus")
    assert np.abs(middle(proxy) - middle(original)).mean() < 6


def test_a_seek_finds_a_key_frame_within_half_a_second(clip_library: ClipLibrary) -> None:
    original = clip_library.get("variable.mp4", SECOND, variable_rate=True)
    keys = key_frames(proxy_of(original))
    assert keys[0] == 0.0
    assert all(later - earlier <= 0.6 for earlier, later in pairwise(keys))
    assert len(keys) == 2


def test_a_turned_video_is_upright(clip_library: ClipLibrary) -> None:
    original = clip_library.get("turned.mp4", SECOND, rotation=90)
    proxy = proxy_of(original)
    found: MediaInfo = probe(proxy)
    assert (found.width, found.height, found.rotation) == (180, 320, 0)
    with open_media(original) as media:
        _, frame = next(iter(decode(media, Decoded(), sound=False)))
        shown = np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90 % 4)  # type: ignore[union-attr,call-arg]
    with open_media(proxy) as media:
        _, copy = next(iter(decode(media, Decoded(), sound=False)))
        made = copy.to_ndarray(format="rgb24")  # type: ignore[call-arg]
    assert np.abs(made.astype(int) - shown.astype(int)).mean() < 6


def test_the_work_ends_when_nobody_waits_for_it(clip_library: ClipLibrary) -> None:
    with pytest.raises(Cancellation):
        proxy_of(
            clip_library.get("old.avi", SECOND, **ORIGINALS["old.avi"]), cancelled=lambda: True
        )


def test_what_is_no_video_has_no_proxy(tmp_path: Path) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_bytes(b"a letter" * 100)
    with pytest.raises(MediaError):
        proxy_of(letter)
