"""Technical properties in policies."""

from __future__ import annotations

import pytest

from sage.compare.v1.technical_pb2 import TechnicalGroup, TechnicalRow
from sage_cli.policy.properties import PROPERTIES, Property, key_of, parse_property
from services.compare.technical import colour_rows, file_rows, picture_rows, track_rows


def row(group: str, name: str) -> TechnicalRow:
    return TechnicalRow(group=TechnicalGroup.Value(f"TECHNICAL_GROUP_{group.upper()}"), name=name)


@pytest.mark.parametrize(
    ("text", "group", "name"),
    [
        ("frame_rate", "picture", "frame_rate"),
        ("size", "picture", "size"),
        ("file.size", "file", "size"),
        ("primaries", "colour", "primaries"),
        ("channels", "sound", "channels"),
        ("colour", "colour", ""),
        ("subtitles.texts", "subtitles", "texts"),
    ],
)
def test_a_name_without_a_group_is_the_picture_s_first(text: str, group: str, name: str) -> None:
    assert parse_property(text) == Property(group=group, name=name)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("framerate", "`frame_rate`"), ("sound.codecs", "`sound.codec`"), ("zzz", "--all")],
)
def test_an_unknown_name_is_answered_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        parse_property(text)


def test_a_property_is_told_by_its_row_and_by_a_track_without_a_partner() -> None:
    codec = parse_property("sound.codec")
    assert codec.is_told_by(row("sound", "Codec"))
    assert codec.is_told_by(row("sound", "Track"))
    assert not codec.is_told_by(row("picture", "Codec"))
    assert not codec.is_told_by(row("sound", "Bit rate"))
    assert parse_property("colour").is_told_by(row("colour", "Matrix"))


def test_loudness_needs_all_of_the_file() -> None:
    assert parse_property("true_peak").needs_all_of_the_file
    assert parse_property("subtitles").needs_all_of_the_file
    assert not parse_property("frame_rate").needs_all_of_the_file


def test_every_property_that_the_service_tells_can_be_named() -> None:
    told = {
        "file": [it.name for it in file_rows.FILE_PROPERTIES],
        "picture": [it.name for it in picture_rows.PICTURE_PROPERTIES],
        "colour": [it.name for it in colour_rows.COLOUR_PROPERTIES],
        "sound": [it.name for it in track_rows.SOUND_PROPERTIES],
        "subtitles": [it.name for it in track_rows.SUBTITLE_PROPERTIES],
    }
    names = {group: [key_of(row(group, name)) for name in its] for group, its in told.items()}
    # Its texts are a row of another kind.
    names["subtitles"].append("texts")
    assert names == {group: list(known) for group, known in PROPERTIES.items()}
