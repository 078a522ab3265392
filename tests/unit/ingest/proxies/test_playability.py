from __future__ import annotations

from dataclasses import replace

import pytest

from services.ingest.ports import MediaFacts
from services.ingest.proxies.playability import Cause, obstacle

MP4 = MediaFacts(
    duration=2.0,
    width=1920,
    height=1080,
    frame_rate=25.0,
    video_codec="h264",
    pixel_format="yuv420p",
    video_profile="High",
    audio_codec="aac",
    container="mov,mp4,m4a,3gp,3g2,mj2",
    missing_bytes=0,
)
WEBM = replace(
    MP4,
    container="matroska,webm",
    video_codec="vp9",
    video_profile="Profile 0",
    audio_codec="opus",
)


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        (MP4, None),
        (replace(MP4, audio_codec=None), None),
        (replace(MP4, pixel_format="yuvj420p", video_profile=""), None),
        (replace(MP4, video_codec="av1", video_profile="Main", pixel_format="yuv420p10le"), None),
        (WEBM, None),
        (replace(WEBM, video_codec="vp8", audio_codec="vorbis"), None),
        (replace(WEBM, video_codec="av1"), None),
        (replace(MP4, video_codec="hevc", video_profile="Main"), Cause.VIDEO_CODEC),
        (replace(MP4, video_codec="prores", pixel_format="yuv422p10le"), Cause.VIDEO_CODEC),
        (replace(MP4, video_codec="dnxhd", pixel_format="yuv422p"), Cause.VIDEO_CODEC),
        (replace(MP4, video_codec="mpeg4", video_profile="Advanced Simple"), Cause.VIDEO_CODEC),
        (replace(MP4, video_profile="Extended"), Cause.VIDEO_CODEC),
        (replace(MP4, pixel_format="yuv420p10le", video_profile="High 10"), Cause.PIXEL_FORMAT),
        (replace(MP4, pixel_format="yuv422p", video_profile="High 4:2:2"), Cause.PIXEL_FORMAT),
        (replace(WEBM, pixel_format="yuv444p", video_profile="Profile 1"), Cause.PIXEL_FORMAT),
        (replace(MP4, audio_codec="pcm_s16le"), Cause.AUDIO_CODEC),
        (replace(MP4, audio_codec="ac3"), Cause.AUDIO_CODEC),
        (replace(MP4, container="matroska,webm"), Cause.CONTAINER),
        (replace(WEBM, container="avi"), Cause.CONTAINER),
        (replace(MP4, container="mpegts"), Cause.CONTAINER),
        (replace(MP4, container="mxf", video_codec="mpeg2video"), Cause.CONTAINER),
        (replace(MP4, container="mpeg", video_codec="mpeg2video"), Cause.CONTAINER),
        (replace(MP4, container="something new"), Cause.CONTAINER),
    ],
    ids=lambda it: (
        f"{it.container.split(',')[0]}-{it.video_codec}-{it.pixel_format}-{it.audio_codec}"
        if isinstance(it, MediaFacts)
        else str(it)
    ),
)
def test_a_file_plays_in_every_browser_or_says_why_not(
    facts: MediaFacts, cause: Cause | None
) -> None:
    assert obstacle(facts) == cause
