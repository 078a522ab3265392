"""What is wrong with a further sound track ends that track alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.mediakit.container import open_media
from services.mediakit.decoding import Decoded, packets
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.further_sound import FurtherDecoding
from services.mediakit.limits import StampGuard
from tests.fixtures.clips import soundtrack
from tests.fixtures.encoding import SOUND_RATE, Encoding, SoundTrack, encode


class Refusing(StampGuard):
    """Takes no sound from a time on."""

    def sound(self, start: float, seconds: float) -> None:
        if start > 0.5:
            raise MediaError(MediaReason.GAP_TOO_LONG, "too long")


@pytest.fixture(scope="module")
def three_tracks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("further") / "three.mp4"
    pictures = [np.full((64, 64, 3), 90, np.uint8)] * 25
    tracks = [SoundTrack(soundtrack(name)[None, :SOUND_RATE]) for name in ("a", "b", "c")]
    encode(path, pictures, 25, tracks, Encoding())
    return path


def heard(path: Path, guard: StampGuard) -> dict[int, float]:
    """By track, in the file's order without the main one, until when it was heard."""
    ends: dict[int, float] = {}
    with open_media(path) as media:
        seen = Decoded()
        further = FurtherDecoding(media, seen, guard)
        for stream, packet in packets(media, seen, sound=True, further=True):
            if stream is not media.video and stream is not media.audio:
                for time, piece in further.sounds_of(stream, packet):
                    ends[piece.track] = time + piece.frame.samples / piece.frame.sample_rate
    assert not seen.damaged
    return ends


def test_all_tracks_but_the_main_one_are_decoded(three_tracks: Path) -> None:
    assert heard(three_tracks, StampGuard()) == pytest.approx({0: 1.0, 1: 1.0}, abs=0.05)


def test_a_track_whose_stamps_are_refused_is_given_up(three_tracks: Path) -> None:
    assert heard(three_tracks, Refusing()) == pytest.approx({0: 0.5, 1: 0.5}, abs=0.05)
