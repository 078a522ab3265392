"""Random access points are told from the coded pictures, not from the container's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet

from services.mediakit.container import open_media
from services.mediakit.random_access import Access, random_access
from tests.fixtures.clips import REEL, cut
from tests.fixtures.media import ClipLibrary

# Six seconds, a key frame at least every second.
PIECES = cut(REEL, 0, 6)
OPEN_HEVC = {
    "video_codec": "libx265",
    "key_frame_every": 25,
    "codec_options": {"x265-params": "open-gop=1:bframes=4:b-adapt=0:scenecut=0:log-level=none"},
}


def accesses(path: Path) -> list[Access | None]:
    """What is said of each packet of the pictures."""
    with open_media(path) as media:
        ask = random_access(media.video.codec_context)
        assert ask is not None
        return [ask(packet) for packet in media.container.demux(media.video) if packet.size]


def key_frames(path: Path) -> int:
    with open_media(path) as media:
        return sum(p.is_keyframe for p in media.container.demux(media.video) if p.size)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("keyed.mp4", {}),
        ("keyed.mkv", {}),
        ("keyed.ts", {}),
        ("keyed.webm", {}),
        (
            "keyed_hevc.mp4",
            {"video_codec": "libx265", "codec_options": {"x265-params": "open-gop=0"}},
        ),
    ],
)
def test_closed_groups_begin_at_every_key_frame(
    name: str, options: dict[str, Any], clip_library: ClipLibrary
) -> None:
    path = clip_library.get(name, PIECES, key_frame_every=25, **options)
    found = Counter(accesses(path))
    assert found[Access.CLOSED] == key_frames(path) >= 6
    assert found[Access.OPEN] == 0


def test_open_groups_of_hevc_are_called_open(clip_library: ClipLibrary) -> None:
    found = Counter(accesses(clip_library.get("open_hevc.mp4", PIECES, **OPEN_HEVC)))
    assert found[Access.OPEN] >= 3
    assert found[Access.LEADING] >= found[Access.OPEN]
    assert found[Access.CLOSED] >= 1


def test_key_frames_that_later_pictures_look_past_do_not_count(clip_library: ClipLibrary) -> None:
    path = clip_library.get(
        "open_h264.mp4",
        PIECES,
        key_frame_every=25,
        codec_options={"x264-params": "open-gop=1:bframes=3:scenecut=0"},
    )
    assert key_frames(path) > 3
    assert [access for access in accesses(path) if access] == [Access.CLOSED]


def test_other_codecs_are_not_asked(clip_library: ClipLibrary) -> None:
    path = clip_library.get("mpeg4.mp4", cut(REEL, 0, 1), video_codec="mpeg4", crf=None)
    with open_media(path) as media:
        assert random_access(media.video.codec_context) is None


class TestParameterSets:
    """A decoder that begins in the middle has only what the container or the packet tells it."""

    SPS, PPS, SEI, IDR, OTHER = b"\x67sps", b"\x68pps", b"\x06sei", b"\x65idr", b"\x41other"
    RECORD = b"\x01\x64\x00\x1f\xff\xe1\x00"

    @staticmethod
    def asked(extradata: bytes | None) -> Callable[[Packet[Any]], Access | None]:
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = extradata
        ask = random_access(decoder)
        assert ask is not None
        return ask

    @staticmethod
    def recorded(*units: bytes) -> Packet[Any]:
        return key_packet(b"".join(len(unit).to_bytes(4, "big") + unit for unit in units))

    @staticmethod
    def separated(*units: bytes) -> Packet[Any]:
        return key_packet(b"".join(b"\0\0\0\1" + unit for unit in units))

    def test_sets_in_the_record_serve_every_picture(self) -> None:
        ask = self.asked(self.RECORD)
        assert ask(self.recorded(self.SEI, self.IDR)) is Access.CLOSED

    def test_once_sets_are_sent_a_picture_must_bring_its_own(self) -> None:
        ask = self.asked(self.RECORD)
        assert ask(self.recorded(self.PPS, self.OTHER)) is None
        assert ask(self.recorded(self.SEI, self.IDR)) is None
        assert ask(self.recorded(self.PPS, self.IDR)) is None
        assert ask(self.recorded(self.SPS, self.PPS, self.SEI, self.IDR)) is Access.CLOSED

    def test_without_a_record_a_picture_must_bring_its_own(self) -> None:
        ask = self.asked(None)
        assert ask(self.separated(self.IDR)) is None
        assert ask(self.separated(self.SPS, self.PPS, self.IDR)) is Access.CLOSED

    def test_sets_behind_a_picture_are_not_its_own(self) -> None:
        assert self.asked(None)(self.separated(self.SPS, self.IDR, self.PPS)) is None

    @pytest.mark.parametrize("data", [b"", b"\0\0\1", b"\0\0\0\x09\x65", b"\xff" * 40])
    def test_nonsense_is_no_random_access(self, data: bytes) -> None:
        for extradata in (None, self.RECORD):
            assert self.asked(extradata)(key_packet(data)) is not Access.OPEN


@pytest.mark.parametrize(
    ("header", "access"),
    [
        (0b1000_0010, Access.CLOSED),  # profile 0, key frame
        (0b1000_0110, None),  # inter frame
        (0b1000_1000, None),  # shows a frame again
        (0b1011_0001, Access.CLOSED),  # profile 3 has one bit more
        (0b1011_0011, None),
        (0b0000_0010, None),  # no frame marker
    ],
)
def test_headers_of_vp9(header: int, access: Access | None) -> None:
    ask = random_access(av.CodecContext.create("vp9", "r"))
    assert ask is not None
    assert ask(key_packet(bytes([header, 0]))) is access


def key_packet(data: bytes) -> Packet[Any]:
    packet: Packet[Any] = av.Packet(data)
    packet.is_keyframe = True
    return packet
