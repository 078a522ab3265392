"""What files say of themselves, and what only all of them tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.mediakit.technical.facts import Cue, TechnicalFacts
from services.mediakit.technical.json_form import packed, unpacked
from services.mediakit.technical.measuring import measure_facts
from services.mediakit.technical.reading import read_facts
from tests.fixtures.delivery import Delivery, write

TEXTS = [(0, 100, "Good {\\i1}morning{\\i0}"), (200, 350, "How are\\Nyou?")]
HDR10 = (
    "log-level=none:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
    "WP(15635,16450)L(10000000,1):max-cll=1000,400"
)


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("facts") / "delivery.mp4"
    return write(path, Delivery(timecode="10:00:00:00", subtitle_codec="mov_text", texts=TEXTS))


def facts_of(path: Path, delivery: Delivery) -> TechnicalFacts:
    return measure_facts(write(path, delivery))


def test_headers_tell_container_picture_and_tracks(mp4: Path) -> None:
    facts = read_facts(mp4)
    assert (facts.brand, facts.size_bytes) == ("isom", mp4.stat().st_size)
    assert facts.start_timecode == "10:00:00:00"
    assert facts.other_tracks == ("time code",)
    picture = facts.picture
    assert (picture.codec, picture.codec_tag, picture.level) == ("h264", "avc1", "1")
    assert (picture.width, picture.height, picture.display_aspect) == (64, 48, "4:3")
    assert (picture.frame_rate, picture.scan) == ("25", "progressive")
    assert (picture.pixel_format, picture.bit_depth) == ("yuv420p", 8)
    assert (picture.primaries, picture.transfer, picture.matrix) == ("bt709", "bt709", "bt709")
    assert picture.range == "limited"
    assert picture.timing is not None
    assert (picture.timing.constant, picture.timing.pictures) == (True, 10)
    (sound,) = facts.sounds
    assert (sound.codec, sound.layout, sound.language) == ("aac", "stereo", "eng")
    (subtitles,) = facts.subtitles
    assert (subtitles.codec, subtitles.cues, sound.loudness) == ("mov_text", None, None)
    assert not facts.whole_read


def test_all_of_the_file_tells_loudness_and_texts(mp4: Path) -> None:
    facts = measure_facts(mp4)
    loudness = facts.sounds[0].loudness
    assert loudness is not None
    # EBU Tech 3341: a tone of 1 kHz on both channels is as loud as its peaks.
    assert loudness.integrated == pytest.approx(-20.0, abs=0.1)
    assert loudness.true_peak == pytest.approx(-20.0, abs=1.0)
    assert loudness.range is None, "too short for a range"
    assert facts.subtitles[0].cues == (
        Cue(start=0.0, end=0.1, text="Good morning"),
        Cue(start=0.2, end=0.35, text="How are\nyou?"),
    )
    assert unpacked(packed(facts)) == facts


def test_matroska_says_the_same_in_its_own_way(tmp_path: Path, mp4: Path) -> None:
    facts = facts_of(
        tmp_path / "delivery.mkv",
        Delivery(timecode="01:00:00;02", subtitle_codec="subrip", texts=TEXTS, sound_codec="ac3"),
    )
    assert facts.container == "matroska,webm"
    assert facts.start_timecode == "01:00:00;02"
    assert facts.picture.timing is not None, "from the packets, as no index lists them"
    assert facts.picture.timing.constant
    assert facts.sounds[0].codec == "ac3"
    assert facts.subtitles[0].cues == measure_facts(mp4).subtitles[0].cues


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_rate_that_varies_is_seen(tmp_path: Path, suffix: str) -> None:
    stamps = [0, 1, 2, 4, 5, 6, 8, 9]
    timing = facts_of(tmp_path / f"variable.{suffix}", Delivery(stamps=stamps)).picture.timing
    assert timing is not None
    assert not timing.constant
    assert (timing.shortest, timing.longest) == pytest.approx((0.04, 0.08))


def test_interlaced_pictures_have_an_order_of_fields(tmp_path: Path) -> None:
    options = {"preset": "ultrafast", "x264-params": "bff=1"}
    picture = facts_of(tmp_path / "fields.mp4", Delivery(video_options=options)).picture
    assert (picture.scan, picture.field_order) == ("interlaced", "bottom field first")


def test_hdr_is_told_from_the_pictures(tmp_path: Path) -> None:
    picture = facts_of(
        tmp_path / "hdr.mp4",
        Delivery(
            video_codec="libx265",
            video_options={"preset": "ultrafast", "x265-params": HDR10},
            pixel_format="yuv420p10le",
            colours=(9, 16, 9),
        ),
    ).picture
    assert (picture.primaries, picture.transfer, picture.matrix) == (
        "bt2020",
        "smpte2084",
        "bt2020nc",
    )
    assert (picture.bit_depth, picture.profile) == (10, "Main 10")
    assert (picture.max_content_light, picture.max_average_light) == (1000, 400)
    display = picture.mastering_display
    assert display is not None
    assert display.primaries == (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)
    assert (display.least_luminance, display.most_luminance) == (0.0001, 1000.0)
