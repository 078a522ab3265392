"""Technical facts of a made-up file."""

from __future__ import annotations

from services.mediakit.technical.facts import (
    Cue,
    Loudness,
    MasteringDisplay,
    PictureFacts,
    PictureTiming,
    SoundFacts,
    SubtitleFacts,
    TechnicalFacts,
)

_PICTURE = PictureFacts(
    codec="hevc",
    codec_tag="hvc1",
    profile="Main 10",
    level="4.1",
    bit_rate=5_000_000,
    width=1920,
    height=1080,
    sample_aspect="1:1",
    display_aspect="16:9",
    frame_rate="25",
    scan="progressive",
    field_order="",
    pixel_format="yuv420p10le",
    bit_depth=10,
    primaries="bt2020",
    transfer="smpte2084",
    matrix="bt2020nc",
    range="limited",
    mastering_display=MasteringDisplay(primaries=(), least_luminance=0.005, most_luminance=1000.0),
    max_content_light=1000,
    max_average_light=400,
    dolby_vision=False,
    hdr10_plus=False,
    rotation=0,
    captions=(),
    start=0.0,
    duration=2.0,
    timing=PictureTiming(constant=True, shortest=0.04, longest=0.04, pictures=50),
)


def file_facts(size: int, *, whole: bool) -> TechnicalFacts:
    return TechnicalFacts(
        container="mov,mp4,m4a,3gp,3g2,mj2",
        brand="isom",
        size_bytes=size,
        bit_rate=5_200_000,
        start=0.0,
        duration=2.0,
        start_timecode="10:00:00:00",
        reel="",
        writing_application="",
        picture=_PICTURE,
        sounds=(
            SoundFacts(
                codec="aac",
                profile="LC",
                bit_rate=192_000,
                sample_rate=48_000,
                bit_depth=0,
                channels=2,
                layout="stereo",
                language="eng",
                title="",
                dispositions=("default",),
                start=0.0,
                duration=2.0,
                loudness=Loudness(integrated=-23.0, range=None, true_peak=-3.0) if whole else None,
            ),
        ),
        subtitles=(
            SubtitleFacts(
                codec="mov_text",
                language="eng",
                title="",
                dispositions=(),
                start=0.0,
                duration=1.0,
                cues=(Cue(start=0.0, end=1.0, text="Hello"),) if whole else None,
                cut_off=False,
            ),
        ),
        other_tracks=("time code",),
        whole_read=whole,
    )
