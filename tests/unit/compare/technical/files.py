"""Facts of made-up files."""

from __future__ import annotations

from typing import Any

from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_FULL,
    Cue,
    Loudness,
    PictureFacts,
    PictureTiming,
    SoundFacts,
    SubtitleFacts,
    TechnicalFacts,
)


def picture(**changes: Any) -> PictureFacts:
    usual: dict[str, Any] = {
        "codec": "h264",
        "codec_tag": "avc1",
        "profile": "High",
        "level": "4.1",
        "bit_rate": 5_000_000,
        "width": 1920,
        "height": 1080,
        "sample_aspect": "1:1",
        "display_aspect": "16:9",
        "frame_rate": "25",
        "scan": "progressive",
        "pixel_format": "yuv420p",
        "bit_depth": 8,
        "primaries": "bt709",
        "transfer": "bt709",
        "matrix": "bt709",
        "range": "limited",
        "duration": 10.0,
        "timing": PictureTiming(constant=True, shortest=0.04, longest=0.04, pictures=250),
    }
    return PictureFacts(**{**usual, **changes})


def sound(
    language: str = "eng", *, integrated: float = -23.0, peak: float = -3.0, **changes: Any
) -> SoundFacts:
    usual: dict[str, Any] = {
        "codec": "aac",
        "profile": "LC",
        "bit_rate": 192_000,
        "sample_rate": 48_000,
        "channels": 2,
        "layout": "stereo",
        "language": language,
        "dispositions": ["default"],
        "duration": 10.0,
        "loudness": Loudness(integrated=integrated, true_peak=peak),
    }
    return SoundFacts(**{**usual, **changes})


def subtitles(*cues: tuple[float, float, str], language: str = "eng") -> SubtitleFacts:
    return SubtitleFacts(
        codec="mov_text",
        language=language,
        texts_read=True,
        cues=[Cue(start=start, end=end, text=text) for start, end, text in cues],
    )


def file(**changes: Any) -> TechnicalFacts:
    usual: dict[str, Any] = {
        "video": "videos/a",
        "view": TECHNICAL_FACTS_VIEW_FULL,
        "sha256": "0" * 64,
        "size_bytes": 6_000_000,
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "brand": "isom",
        "bit_rate": 5_200_000,
        "duration": 10.0,
        "start_timecode": "10:00:00:00",
        "picture": picture(),
        "sounds": [sound()],
    }
    return TechnicalFacts(**{**usual, **changes})
