"""The technical table: what two files differ in, how it reads, and how much it matters."""

from __future__ import annotations

from typing import Any

import pytest

from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_BASIC,
    Loudness,
    MasteringDisplay,
    PictureTiming,
    TechnicalFacts,
)
from services.compare.technical.comparing import compare_facts
from services.compare.technical.rows import Severity
from tests.unit.compare.technical.files import file, picture, sound, subtitles

Told = tuple[str, str, str, str]
INFO, NOTICE, IMPORTANT = Severity.INFO, Severity.NOTICE, Severity.IMPORTANT


def differing(a: TechnicalFacts, b: TechnicalFacts) -> dict[str, tuple[str, str, Severity]]:
    rows = compare_facts(a, b).rows
    return {
        f"{row.group.value}: {row.name}{f' of {row.track}' if row.track else ''}": (
            row.a,
            row.b,
            row.severity,
        )
        for row in rows
        if not row.same
    }


@pytest.mark.parametrize(
    ("a", "b", "name", "told"),
    [
        ({"codec": "h264"}, {"codec": "hevc"}, "Codec", ("H.264", "HEVC", IMPORTANT)),
        ({"profile": "High"}, {"profile": ""}, "Profile", ("High", "", INFO)),
        ({"level": "4"}, {"level": "4.1"}, "Level", ("4", "4.1", NOTICE)),
        (
            {"width": 1920},
            {"width": 1280, "height": 720},
            "Size",
            ("1920 x 1080", "1280 x 720", IMPORTANT),
        ),
        (
            {"frame_rate": "25"},
            {"frame_rate": "30000/1001"},
            "Frame rate",
            ("25 fps", "29.97 fps (30000/1001)", IMPORTANT),
        ),
        (
            {},
            {"timing": PictureTiming(shortest=1 / 60, longest=0.05, pictures=250)},
            "Frame timing",
            ("constant", "variable (a frame takes 16.7 to 50.0 ms)", IMPORTANT),
        ),
        ({}, {"scan": "interlaced"}, "Scan", ("progressive", "interlaced", IMPORTANT)),
        (
            {"field_order": "top field first"},
            {"field_order": "bottom field first"},
            "Field order",
            ("top field first", "bottom field first", IMPORTANT),
        ),
        ({}, {"rotation": 90}, "Rotation", ("0°", "90°", IMPORTANT)),
        ({}, {"captions": ["CEA-608"]}, "Captions", ("", "CEA-608", IMPORTANT)),
        (
            {"bit_rate": 5_000_000},
            {"bit_rate": 5_200_000},
            "Bit rate",
            ("5.00 Mb/s", "5.20 Mb/s", INFO),
        ),
        (
            {"bit_rate": 5_000_000},
            {"bit_rate": 900_000},
            "Bit rate",
            ("5.00 Mb/s", "900 kb/s", NOTICE),
        ),
        ({"start": 0.0}, {"start": 1.48}, "Start stamp", ("0.000 s", "1.480 s", NOTICE)),
        ({"duration": 10.0}, {"duration": 10.01}, "Duration", ("10.000 s", "10.010 s", INFO)),
        ({"duration": 10.0}, {"duration": 10.04}, "Duration", ("10.000 s", "10.040 s", IMPORTANT)),
    ],
)
def test_of_the_picture(
    a: dict[str, Any], b: dict[str, Any], name: str, told: tuple[str, str, Severity]
) -> None:
    found = differing(file(picture=picture(**a)), file(picture=picture(**b)))
    assert found == {f"PICTURE: {name}": told}


def test_hdr_against_sdr() -> None:
    display = MasteringDisplay(
        primaries=[0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329],
        least_luminance=0.005,
        most_luminance=1000,
    )
    hdr = picture(
        pixel_format="yuv420p10le",
        bit_depth=10,
        primaries="bt2020",
        transfer="smpte2084",
        matrix="bt2020nc",
        mastering_display=display,
        max_content_light=1000,
        max_average_light=400,
        dolby_vision=True,
        hdr10_plus=True,
    )
    assert differing(file(), file(picture=hdr)) == {
        "COLOUR: Pixel format": ("yuv420p", "yuv420p10le", NOTICE),
        "COLOUR: Bit depth": ("8 bit", "10 bit", IMPORTANT),
        "COLOUR: Primaries": ("bt709", "bt2020", IMPORTANT),
        "COLOUR: Transfer": ("bt709", "smpte2084 (PQ)", IMPORTANT),
        "COLOUR: Matrix": ("bt709", "bt2020nc", IMPORTANT),
        "COLOUR: Mastering display": (
            "",
            "R 0.68 0.32, G 0.265 0.69, B 0.15 0.06, white 0.3127 0.329",
            IMPORTANT,
        ),
        "COLOUR: Mastering luminance": ("", "0.005 to 1000 cd/m²", IMPORTANT),
        "COLOUR: MaxCLL": ("", "1000 cd/m²", IMPORTANT),
        "COLOUR: MaxFALL": ("", "400 cd/m²", IMPORTANT),
        "COLOUR: Dolby Vision": ("", "yes", IMPORTANT),
        "COLOUR: HDR10+": ("", "yes", IMPORTANT),
    }


def test_of_the_file() -> None:
    other = file(
        container="matroska,webm",
        brand="",
        size_bytes=6_000_001,
        sha256="1" * 64,
        start_timecode="10:00:00;00",
        reel="A001",
        other_tracks=["data", "data", "time code"],
    )
    assert differing(file(), other) == {
        "FILE: Container": ("MP4 (isom)", "Matroska", NOTICE),
        "FILE: Size": ("6,000,000 bytes", "6,000,001 bytes", INFO),
        "FILE: SHA-256": ("0" * 64, "1" * 64, INFO),
        "FILE: Start time code": ("10:00:00:00", "10:00:00;00", IMPORTANT),
        "FILE: Drop frame": ("no", "yes", IMPORTANT),
        "FILE: Reel": ("", "A001", NOTICE),
        "FILE: Other tracks": ("", "2 x data, time code", INFO),
    }


@pytest.mark.parametrize(("longer", "severity"), [(0.05, INFO), (0.15, IMPORTANT)])
def test_padding_of_sound_is_no_longer_film(longer: float, severity: Severity) -> None:
    found = differing(file(), file(duration=10 + longer))
    assert found == {"FILE: Duration": ("10.000 s", f"{10 + longer:.3f} s", severity)}


@pytest.mark.parametrize(
    ("louder", "severity"), [(0.3, INFO), (0.7, NOTICE), (1.2, IMPORTANT), (-1.2, IMPORTANT)]
)
def test_loudness_matters_by_how_much_it_is(louder: float, severity: Severity) -> None:
    found = differing(file(), file(sounds=[sound(integrated=-23 + louder)]))
    level = f"{-23 + louder:.1f} LUFS"
    assert found == {"SOUND: Integrated loudness": ("-23.0 LUFS", level, severity)}


@pytest.mark.parametrize(
    ("a", "b", "severity"), [(-3.0, -3.4, INFO), (-3.0, -5.0, NOTICE), (-1.2, -0.8, NOTICE)]
)
def test_peaks_matter_most_at_the_limit(a: float, b: float, severity: Severity) -> None:
    found = differing(file(sounds=[sound(peak=a)]), file(sounds=[sound(peak=b)]))
    assert found == {"SOUND: True peak": (f"{a:.1f} dBTP", f"{b:.1f} dBTP", severity)}


def test_silence_has_no_loudness() -> None:
    silent = sound(loudness=Loudness())
    assert differing(file(sounds=[silent]), file(sounds=[silent])) == {}
    found = differing(file(), file(sounds=[silent]))
    assert found["SOUND: Integrated loudness"] == ("-23.0 LUFS", "", IMPORTANT)


def test_tracks_go_together_by_what_they_say_of_themselves() -> None:
    english, german, comment = sound("eng"), sound("deu"), sound("eng", title="Comment")
    a = file(sounds=[english, german, comment])
    b = file(sounds=[comment, english, sound("deu", channels=6, layout="5.1(side)")])
    assert differing(a, b) == {
        "SOUND: Channels of Track 2 / 3 (deu)": ("2 (stereo)", "6 (5.1(side))", IMPORTANT)
    }


def test_a_track_without_partner_is_one_row() -> None:
    a = file(sounds=[sound("eng"), sound("deu", title="Narrator")])
    assert differing(a, file()) == {
        "SOUND: Track of Track 2 (deu)": ("AAC, 2 (stereo), deu, Narrator", "", IMPORTANT)
    }
    assert differing(file(sounds=[]), file()) == {
        "SOUND: Track of Track 1 (eng)": ("", "AAC, 2 (stereo), eng", IMPORTANT)
    }


def test_texts_of_subtitles_are_counted_in_the_table_and_listed() -> None:
    a = file(subtitles=[subtitles((0, 1, "One"), (2, 3, "Two"), (4, 5, "Three"))])
    b = file(subtitles=[subtitles((0, 1, "One"), (2, 3, "Too"), (4.5, 5.5, "Three"))])
    found = compare_facts(a, b)
    (row,) = [row for row in found.rows if not row.same]
    assert (row.name, row.a, row.b, row.severity) == ("Texts", "3", "3", IMPORTANT)
    assert row.meaning == "2 texts differ: 1 with other words, 1 at another time."
    assert [text.difference.kind.value for text in found.texts] == ["CHANGED", "SHIFTED"]


def test_texts_that_all_come_later_are_one_difference() -> None:
    texts = [(float(n), n + 0.5, f"Text {n}") for n in range(5)]
    late = [(start + 1, end + 1, text) for start, end, text in texts]
    found = compare_facts(file(subtitles=[subtitles(*texts)]), file(subtitles=[subtitles(*late)]))
    assert [row.meaning for row in found.rows if not row.same] == [
        "All texts come 1.000 s later in B."
    ]
    assert not found.texts


def test_what_was_not_read_is_no_difference_and_is_said() -> None:
    header = file(
        view=TECHNICAL_FACTS_VIEW_BASIC, sha256="", sounds=[], picture=picture(timing=None)
    )
    found = compare_facts(header, header)
    assert not [row for row in found.rows if not row.same]
    assert found.notes == [
        "Only headers were read: loudness and the texts of subtitles were not compared."
    ]


def test_the_same_bytes_are_said_to_be_the_same() -> None:
    assert compare_facts(file(), file()).notes == ["The same file, byte for byte."]


def test_mono_is_measured_otherwise_than_it_is_heard() -> None:
    mono = sound(channels=1, layout="mono", integrated=-26.0)
    note = "EBU R 128 counts mono once. Played by two loudspeakers it is 3 LU louder than told."
    assert note in compare_facts(file(), file(sounds=[mono])).notes
    assert note not in compare_facts(file(sounds=[mono]), file(sounds=[mono])).notes
