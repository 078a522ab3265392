"""What a video is: facts of whole ones, precise reasons for all else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.probe import probe
from tests.fixtures.clips import REEL, Piece, cut
from tests.fixtures.damage import overwrite, sound_file, still_image, truncate
from tests.fixtures.media import ClipLibrary


def test_facts_of_an_mp4(reel: Path) -> None:
    info = probe(reel)
    assert (info.width, info.height, info.frame_rate) == (320, 180, 25.0)
    assert (info.video_codec, info.audio_codec, info.has_audio) == ("h264", "aac", True)
    assert info.duration == pytest.approx(14.0)
    assert "mp4" in info.container
    assert info.rotation == 0
    assert info.missing_bytes == 0


@pytest.mark.parametrize("name", ["reel.mkv", "reel.mov", "reel.ts", "reel.webm", "reel.avi"])
def test_containers_agree(name: str, clip_library: ClipLibrary) -> None:
    info = probe(clip_library.get(name))
    assert (info.width, info.height) == (320, 180)
    assert info.duration == pytest.approx(14.0, abs=0.05)
    assert info.has_audio


@pytest.mark.parametrize(
    ("name", "options", "codec"),
    [
        ("hevc.mp4", {"video_codec": "libx265"}, "hevc"),
        ("av1.mp4", {"video_codec": "libsvtav1"}, "av1"),
        (
            "prores.mov",
            {"video_codec": "prores_ks", "crf": None, "pixel_format": "yuv422p10le"},
            "prores",
        ),
        ("mpeg4.mp4", {"video_codec": "mpeg4", "crf": None}, "mpeg4"),
        ("444.mp4", {"pixel_format": "yuv444p"}, "h264"),
    ],
)
def test_codecs(name: str, options: dict[str, Any], codec: str, clip_library: ClipLibrary) -> None:
    info = probe(clip_library.get(name, cut(REEL, 0, 2), **options))
    assert info.video_codec == codec
    assert info.duration == pytest.approx(2.0, abs=0.05)


def test_a_phone_video_has_the_size_that_players_show(clip_library: ClipLibrary) -> None:
    info = probe(clip_library.get("phone.mp4", cut(REEL, 0, 1), rotation=90))
    assert (info.width, info.height, info.rotation) == (180, 320, 90)


def test_without_sound(clip_library: ClipLibrary) -> None:
    info = probe(clip_library.get("mute.mp4", cut(REEL, 0, 1), sound=False))
    assert (info.has_audio, info.audio_codec) == (False, None)


def test_a_raw_stream_announces_nothing_and_is_measured(clip_library: ClipLibrary) -> None:
    info = probe(clip_library.get("raw.h264", cut(REEL, 0, 3), sound=False))
    assert info.duration == pytest.approx(3.0)


def test_a_fragmented_file(clip_library: ClipLibrary) -> None:
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    info = probe(clip_library.get("fragments.mp4", container_options=options))
    assert info.duration == pytest.approx(14.0)
    assert info.missing_bytes == 0


def test_reads_from_any_file_object(reel: Path) -> None:
    assert probe(io.BytesIO(reel.read_bytes())) == probe(reel)


@pytest.mark.parametrize(
    ("content", "reason", "says"),
    [
        (b"", MediaReason.EMPTY_FILE, "empty"),
        (b"This is a letter. " * 100, MediaReason.NOT_A_VIDEO, "text"),
        (np.random.default_rng(3).bytes(50_000), MediaReason.NOT_A_VIDEO, "no known kind"),
        (b"\x00\x00\x00\x1cftypavif" + bytes(500), MediaReason.NOT_A_VIDEO, "an image"),
        # Playlists and scripts would make the demuxer open what the uploader names.
        (b"#EXTM3U\n#EXTINF:9,\n/etc/hostname\n", MediaReason.NOT_A_VIDEO, "text"),
        (b"ffconcat version 1.0\nfile 'other.mp4'\n", MediaReason.NOT_A_VIDEO, "text"),
        (b"\xff\xfe#EXTM3U\n#EXTINF:9,\nfile:x\n", MediaReason.NOT_A_VIDEO, "no known kind"),
    ],
)
def test_what_is_no_video(content: bytes, reason: MediaReason, says: str) -> None:
    with pytest.raises(MediaError, match=says) as caught:
        probe(io.BytesIO(content))
    assert caught.value.reason is reason


def test_an_image_named_mp4(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="an image") as caught:
        probe(still_image(tmp_path / "holiday.mp4"))
    assert caught.value.reason is MediaReason.NOT_A_VIDEO


@pytest.mark.parametrize(("cover", "says"), [(False, "no picture"), (True, "only a cover")])
def test_sound_alone_and_with_cover_art(cover: bool, says: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=says) as caught:
        probe(sound_file(tmp_path / "song.mp4", cover=cover))
    assert caught.value.reason is MediaReason.NO_VIDEO_STREAM


def test_cut_off_before_the_index(reel: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="end of the file is missing") as caught:
        probe(truncate(reel, tmp_path / "cut.mp4", 0.7))
    assert caught.value.reason is MediaReason.TRUNCATED


def test_cut_off_behind_the_index_tells_how_much_is_missing(
    clip_library: ClipLibrary, tmp_path: Path
) -> None:
    whole = clip_library.get("faststart.mp4", container_options={"movflags": "faststart"})
    info = probe(truncate(whole, tmp_path / "cut.mp4", 0.6))
    assert info.missing_bytes == pytest.approx(0.4 * whole.stat().st_size, rel=0.01)


def test_a_damaged_index(reel: Path, tmp_path: Path) -> None:
    # The index of this file is in its last two hundredths.
    with pytest.raises(MediaError) as caught:
        probe(overwrite(reel, tmp_path / "bad.mp4", 0.985, 1.0))
    assert caught.value.reason in (MediaReason.UNDECODABLE, MediaReason.TRUNCATED)


def test_pictures_of_noise(clip_library: ClipLibrary, tmp_path: Path) -> None:
    piece = (Piece("street", 0.0, 2.0),)
    options = {"movflags": "faststart"}
    whole = clip_library.get("short.mp4", piece, sound=False, container_options=options)
    with pytest.raises(MediaError) as caught:
        probe(overwrite(whole, tmp_path / "noise.mp4", 0.08, 1.0))
    assert caught.value.reason is MediaReason.UNDECODABLE
