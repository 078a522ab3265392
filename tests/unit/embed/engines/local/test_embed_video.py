"""One decode for everything: segments, fine steps, frame track; and how far edits move vectors."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from services.embed.artifacts.tracks import VectorTrack
from services.embed.engines.local.parts import AUDIO, VISUAL, LocalEmbedding
from services.embed.ports import StoredTracks
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.probe import probe
from services.mediakit.sandbox.cancellation import Cancellation
from tests.fixtures.clips import (
    REEL,
    Piece,
    change_look,
    change_sound,
    cut,
    flipped,
    grey,
    replace,
    soundtrack,
    with_caption,
    with_logo,
)
from tests.fixtures.damage import flip_bits, overwrite, truncate
from tests.fixtures.encoding import SOUND_RATE, Encoding, encode
from tests.fixtures.frame_tracks import decode_frame_track
from tests.fixtures.media import ClipLibrary
from tests.unit.embed.engines.local.embedding import embed, frame_tracks


def distances(a: VectorTrack, b: VectorTrack) -> NDArray[np.float32]:
    """Cosine distances of segment i to segment i."""
    x, y = a.vectors.astype(np.float32), b.vectors.astype(np.float32)
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    cosine: NDArray[np.float32] = 1 - (x * y).sum(axis=1) / lengths
    return cosine


@pytest.fixture(scope="module")
def original(reel: Path) -> LocalEmbedding:
    return embed(reel)


@pytest.fixture
def outlasting(tmp_path: Path) -> Path:
    """A second of pictures with three seconds of sound."""
    path = tmp_path / "outlasting.mp4"
    pictures = (np.full((90, 160, 3), level, np.uint8) for level in range(100, 125))
    encode(path, pictures, 25, soundtrack("man")[: 3 * SOUND_RATE], Encoding())
    return path


class TestShape:
    def test_segments_and_steps_tile_the_video(self, original: LocalEmbedding) -> None:
        assert original.duration == 14.0
        for modality, dimension, fine_dimension in ((VISUAL, 1008, 1008), (AUDIO, 233, 83)):
            track = original.tracks[modality]
            assert track.vectors.shape == (7, dimension)
            np.testing.assert_array_equal(track.starts, np.arange(0, 14, 2))
            np.testing.assert_array_equal(track.ends, np.arange(2, 15, 2))
            assert track.fine is not None
            assert track.fine.vectors.shape == (28, fine_dimension)
            np.testing.assert_array_equal(track.fine.starts, np.arange(0, 14, 0.5))

    def test_visual_vectors_have_unit_length(self, original: LocalEmbedding) -> None:
        lengths = np.linalg.norm(original.tracks[VISUAL].vectors, axis=1)
        np.testing.assert_allclose(lengths, 1, atol=1e-5)

    def test_every_frame_has_a_time_and_a_fingerprint(self, original: LocalEmbedding) -> None:
        track = decode_frame_track(original.frame_track)
        np.testing.assert_allclose(track.times, np.arange(350) / 25)
        assert track.fingerprints.shape == (350, 16, 16, 3)
        assert track.duration == 14.0

    def test_the_sound_has_levels_every_fiftieth_of_a_second(
        self, original: LocalEmbedding
    ) -> None:
        sound = decode_frame_track(original.frame_track).sound
        # A coded sound is rounded up to whole packets.
        assert len(sound) == pytest.approx(700, abs=2)
        assert sound.any(axis=1).mean() > 0.9

    def test_the_tracks_alone_are_the_same(self, original: LocalEmbedding, reel: Path) -> None:
        assert frame_tracks(reel) == StoredTracks(
            frames=original.frame_track, detail=original.detail_track
        )

    def test_the_last_segment_ends_with_the_video(self, clip_library: ClipLibrary) -> None:
        made = embed(clip_library.get("odd.mp4", cut(REEL, 0, 4.52)))
        for track in made.tracks.values():
            np.testing.assert_allclose(track.starts, [0, 2, 4])
            np.testing.assert_allclose(track.ends, [2, 4, 4.52])
            assert track.fine is not None
            assert track.fine.ends[-1] == pytest.approx(4.52)

    def test_a_video_of_one_frame(self, clip_library: ClipLibrary) -> None:
        made = embed(clip_library.get("one.mp4", cut(REEL, 0, 0.04), sound=False))
        assert made.tracks[VISUAL].vectors.shape == (1, 1008)
        assert made.duration == pytest.approx(0.04)

    def test_other_segment_lengths(self, reel: Path) -> None:
        track = embed(reel, segment_duration=4.0).tracks[VISUAL]
        np.testing.assert_array_equal(track.ends, [4, 8, 12, 14])
        assert track.fine is not None
        np.testing.assert_array_equal(track.fine.starts[:3], [0, 1, 2])

    def test_without_sound_the_audio_track_is_absent(self, clip_library: ClipLibrary) -> None:
        made = embed(clip_library.get("mute.mp4", cut(REEL, 0, 1), sound=False))
        assert set(made.tracks) == {VISUAL}
        assert decode_frame_track(made.frame_track).sound.shape == (0, 16)

    def test_a_sound_that_outlasts_the_pictures_counts(self, outlasting: Path) -> None:
        made = embed(outlasting)
        assert made.duration == pytest.approx(3.0, abs=0.05)
        assert made.duration == pytest.approx(probe(outlasting).duration, abs=0.05)
        for track in made.tracks.values():
            assert track.duration == made.duration
        assert frame_tracks(outlasting).frames == made.frame_track

    def test_only_what_was_asked_for(self, reel: Path, original: LocalEmbedding) -> None:
        for modality in (VISUAL, AUDIO):
            made = embed(reel, modalities=(modality,))
            assert set(made.tracks) == {modality}
            assert made.frame_track == original.frame_track

    def test_reads_from_any_file_object(self, reel: Path, original: LocalEmbedding) -> None:
        made = embed(io.BytesIO(reel.read_bytes()))
        np.testing.assert_array_equal(made.tracks[VISUAL].vectors, original.tracks[VISUAL].vectors)


@pytest.mark.slow("encodes a video anew in each codec, and embeds it")
class TestReencodings:
    """The same content in another file is near: far below what a replaced scene gives."""

    @pytest.mark.parametrize(
        ("name", "options", "limit"),
        [
            ("crf23.mp4", {"crf": 23}, 0.02),
            ("reel.mkv", {}, 0.01),
            ("reel.ts", {}, 0.01),
            ("reel.webm", {"rate": 30}, 0.05),
            ("hevc.mp4", {"video_codec": "libx265", "crf": 23}, 0.05),
            ("large.mp4", {"size": (640, 360), "crf": 20}, 0.09),
            ("variable.mp4", {"variable_rate": True}, 0.06),
        ],
    )
    def test_stay_near(
        self,
        name: str,
        options: dict[str, Any],
        limit: float,
        clip_library: ClipLibrary,
        original: LocalEmbedding,
    ) -> None:
        made = embed(clip_library.get(name, **options))
        assert made.duration == pytest.approx(14.0, abs=0.05)
        assert distances(original.tracks[VISUAL], made.tracks[VISUAL]).max() < limit
        assert distances(original.tracks[AUDIO], made.tracks[AUDIO]).max() < 0.02

    def test_times_of_a_variable_rate_are_the_stamps(self, clip_library: ClipLibrary) -> None:
        made = embed(clip_library.get("variable.mp4", cut(REEL, 0, 4), variable_rate=True))
        track = decode_frame_track(made.frame_track)
        assert len(track.times) < 100
        on_the_grid = np.round(track.times * 25) / 25
        np.testing.assert_allclose(track.times, on_the_grid, atol=1e-4)
        assert np.diff(track.times).max() == pytest.approx(0.08, abs=1e-3)

    def test_a_transport_stream_starts_at_zero(self, clip_library: ClipLibrary) -> None:
        made = embed(clip_library.get("reel.ts", cut(REEL, 0, 2)))
        track = decode_frame_track(made.frame_track)
        assert track.times[0] == 0.0

    def test_a_raw_stream_gets_times_from_its_rate(self, clip_library: ClipLibrary) -> None:
        made = embed(clip_library.get("raw.h264", cut(REEL, 0, 3), sound=False))
        track = decode_frame_track(made.frame_track)
        np.testing.assert_allclose(track.times, np.arange(75) / 25)

    def test_a_phone_video_is_seen_upright(self, clip_library: ClipLibrary) -> None:
        turned = embed(clip_library.get("phone.mp4", cut(REEL, 0, 2), rotation=180))
        upright = embed(clip_library.get("upright.mp4", cut(REEL, 0, 2)))
        wrong = np.asarray(distances(turned.tracks[VISUAL], upright.tracks[VISUAL]))
        again = decode_frame_track(turned.frame_track).fingerprints[:, ::-1, ::-1]
        assert wrong.min() > 0.1
        np.testing.assert_array_equal(again, decode_frame_track(upright.frame_track).fingerprints)


@pytest.mark.slow("embeds an edited video for each kind of edit")
class TestEdits:
    def test_a_replaced_scene_is_far_and_the_rest_is_near(
        self, clip_library: ClipLibrary, original: LocalEmbedding
    ) -> None:
        pieces = replace(REEL, 4.0, 6.0, Piece("man", 2.0, 4.0)).pieces
        made = embed(clip_library.get("replaced.mp4", pieces, crf=28))
        found = distances(original.tracks[VISUAL], made.tracks[VISUAL])
        assert found[2] > 0.4
        assert np.delete(found, 2).max() < 0.09

    @pytest.mark.parametrize(
        ("look", "least"), [(flipped, 0.2), (grey, 0.03), (with_caption, 0.03), (with_logo, 0.015)]
    )
    def test_changed_pictures_move_their_segments_alone(
        self, look: object, least: float, clip_library: ClipLibrary, original: LocalEmbedding
    ) -> None:
        name = f"{getattr(look, '__name__', 'look')}.mp4"
        pieces = change_look(REEL, 4.0, 8.0, look).pieces  # type: ignore[arg-type]
        made = embed(clip_library.get(name, pieces))
        found = distances(original.tracks[VISUAL], made.tracks[VISUAL])
        assert found[2:4].min() > least
        assert found[[0, 1, 5, 6]].max() < 0.01

    @pytest.mark.parametrize(("sound", "least"), [("silence", 0.5), ("other", 0.3)])
    def test_changed_sound_moves_the_audio_track_alone(
        self, sound: str, least: float, clip_library: ClipLibrary, original: LocalEmbedding
    ) -> None:
        pieces = change_sound(REEL, 4.0, 8.0, sound).pieces
        made = embed(clip_library.get(f"sound_{sound}.mp4", pieces))
        found = distances(original.tracks[AUDIO], made.tracks[AUDIO])
        assert found[2:4].min() > least
        assert found[[0, 1, 5, 6]].max() < 0.05
        assert distances(original.tracks[VISUAL], made.tracks[VISUAL]).max() < 1e-3


@pytest.mark.slow("decodes whole damaged videos")
class TestPartialFiles:
    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("faststart.mp4", {"container_options": {"movflags": "faststart"}}),
            (
                "fragments.mp4",
                {"container_options": {"movflags": "frag_keyframe+empty_moov+default_base_moof"}},
            ),
            ("reel.mkv", {}),
            ("reel.webm", {}),
        ],
    )
    def test_say_how_much_could_be_read(
        self, name: str, options: dict[str, Any], clip_library: ClipLibrary, tmp_path: Path
    ) -> None:
        whole = clip_library.get(name, **options)
        with pytest.raises(MediaError, match=r"Only the first \d+\.\d s of \d+\.\d s") as caught:
            embed(truncate(whole, tmp_path / name, 0.6))
        assert caught.value.reason is MediaReason.TRUNCATED
        assert caught.value.read_seconds == pytest.approx(8.0, abs=1.5)
        assert caught.value.announced_seconds is not None

    def test_a_few_wrong_bits_are_counted_and_survived(
        self, clip_library: ClipLibrary, tmp_path: Path
    ) -> None:
        whole = clip_library.get("faststart.mp4", container_options={"movflags": "faststart"})
        made = embed(flip_bits(whole, tmp_path / "flips.mp4", 40))
        assert made.damaged > 0
        assert made.duration == pytest.approx(14.0)

    def test_a_video_that_is_mostly_noise_is_refused(
        self, clip_library: ClipLibrary, tmp_path: Path
    ) -> None:
        whole = clip_library.get("faststart.mp4", container_options={"movflags": "faststart"})
        with pytest.raises(MediaError, match="damaged") as caught:
            embed(overwrite(whole, tmp_path / "noise.mp4", 0.1, 0.99))
        assert caught.value.reason is MediaReason.UNDECODABLE


def test_progress_rises_to_one_and_follows_the_presentation_time(reel: Path) -> None:
    told: list[tuple[float, float]] = []
    embed(reel, on_progress=lambda fraction, seconds: told.append((fraction, seconds)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert told[-1] == (1.0, 14.0)
    assert all(fraction == pytest.approx(seconds / 14.0) for fraction, seconds in told)


def test_a_cancelled_embedding_stops_at_the_next_picture(reel: Path) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    with pytest.raises(Cancellation):
        embed(reel, cancelled=cancelled)
    assert asked == 11
