"""Every sound track of a file is heard, and what is wrong with one concerns that one alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from services.embed.artifacts.tracks import SoundTrack as Described
from tests.fixtures.clips import soundtrack
from tests.fixtures.encoding import SOUND_RATE, Encoding, SoundTrack, encode
from tests.fixtures.frame_tracks import FrameTrack, decode_frame_track
from tests.unit.embed.engines.local.embedding import embed, frame_tracks

SECONDS = 3


def grey_pictures(seconds: float = SECONDS) -> list[NDArray[np.uint8]]:
    return [np.full((64, 64, 3), 40 + n, np.uint8) for n in range(round(25 * seconds))]


def heard(name: str, seconds: float = SECONDS) -> NDArray[np.float32]:
    return soundtrack(name)[: round(seconds * SOUND_RATE)]


@pytest.fixture(scope="module")
def two_tracks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stereo with a silent right channel, then German mono, which goes on for longer."""
    path = tmp_path_factory.mktemp("tracks") / "two.mkv"
    left = heard("man")
    tracks = [
        SoundTrack(np.stack([left, np.zeros_like(left)]), "stereo"),
        SoundTrack(heard("street", SECONDS + 1)[None], "mono", "ger"),
    ]
    encode(path, grey_pictures(), 25, tracks, Encoding())
    return path


@pytest.fixture(scope="module")
def stored(two_tracks: Path) -> FrameTrack:
    return decode_frame_track(embed(two_tracks).frame_track)


def test_all_tracks_are_described(stored: FrameTrack) -> None:
    assert stored.facts is not None
    assert stored.facts.picture_end == pytest.approx(SECONDS)
    assert stored.facts.sound_tracks == (
        Described(
            number=1,
            language="",
            title="",
            layout="stereo",
            channels=("FL", "FR"),
            heard=True,
        ),
        Described(number=2, language="ger", title="", layout="mono", channels=("FC",), heard=True),
    )


def test_each_channel_has_levels(stored: FrameTrack) -> None:
    left, right = stored.channels[0].T
    assert len(left) == pytest.approx(50 * SECONDS, abs=3)
    assert np.median(left) > 1000  # -50 dB
    assert right.max() < 200


def test_other_tracks_have_bands_and_go_on_as_long_as_they_do(stored: FrameTrack) -> None:
    assert list(stored.further) == [1]
    assert len(stored.further[1]) == pytest.approx(50 * (SECONDS + 1), abs=3)
    assert len(stored.channels[1]) == len(stored.further[1])
    assert stored.further[1].any(axis=1).mean() > 0.9


def test_the_main_sound_is_what_it_is_without_the_other(tmp_path: Path, stored: FrameTrack) -> None:
    left = heard("man")
    alone = tmp_path / "one.mkv"
    track = SoundTrack(np.stack([left, np.zeros_like(left)]), "stereo")
    encode(alone, grey_pictures(), 25, [track], Encoding())
    of_one = decode_frame_track(embed(alone).frame_track)
    steps = min(len(of_one.sound), len(stored.sound))
    np.testing.assert_array_equal(of_one.sound[:steps], stored.sound[:steps])
    assert not of_one.further


def test_a_frame_track_made_alone_is_the_same(two_tracks: Path, stored: FrameTrack) -> None:
    alone = decode_frame_track(frame_tracks(two_tracks).frames)
    assert alone.facts == stored.facts
    np.testing.assert_equal(alone.channels, stored.channels)
    np.testing.assert_equal(alone.further, stored.further)


def test_the_picture_ends_by_itself_where_sound_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "longer.mp4"
    encode(path, grey_pictures(1), 25, heard("man"), Encoding())
    stored = decode_frame_track(embed(path).frame_track)
    assert stored.facts is not None
    assert stored.facts.picture_end == pytest.approx(1.0)
    assert stored.duration == pytest.approx(SECONDS, abs=0.05)


def test_a_video_without_sound_has_no_tracks(tmp_path: Path) -> None:
    path = tmp_path / "mute.mp4"
    encode(path, grey_pictures(1), 25, None, Encoding())
    stored = decode_frame_track(embed(path).frame_track)
    assert stored.facts is not None
    assert stored.facts.sound_tracks == ()
    assert not stored.channels
