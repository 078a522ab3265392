"""Codec, size, scan, colour and HDR of the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice

from av.video.frame import VideoFrame

from services.mediakit.container import OpenMedia
from services.mediakit.decoding import Decoded, decode, ensure_complete
from services.mediakit.technical import colour_names
from services.mediakit.technical.facts import PictureFacts, PictureTiming
from services.mediakit.technical.hdr import carried
from services.mediakit.technical.regularity import timing_of

# So many pictures are looked at for what not each of them has to carry.
_PICTURES = 8
# AVFieldOrder. Of interleaved fields (4 and 5) the name says which line is early: QuickTime's
# `fiel`, and what encoders write, mean the first field by the first letter.
_PROGRESSIVE = 1
_SHOWN_FIRST = {
    2: "top field first",
    3: "bottom field first",
    4: "top field first",
    5: "bottom field first",
}
# FFmpeg's old names of formats say the range as well.
_FULL_RANGE = "yuvj"
_DOLBY_TAGS = ("dvh1", "dvhe", "dav1", "dva1", "dvav")
# By which share shapes are the same to people: 853 x 480 pixels are 16:9.
_SAME_SHAPE = 1_000


def picture_facts(media: OpenMedia, frames: Sequence[VideoFrame]) -> PictureFacts:
    """frames: the first pictures."""
    stream, decoder, first = media.video, media.video.codec_context, frames[0]
    beside = carried(frames)
    rate = stream.average_rate or stream.guessed_rate
    aspect = decoder.sample_aspect_ratio or Fraction(1)
    pixels, named = decoder.format, decoder.pix_fmt or ""
    return PictureFacts(
        codec=decoder.codec.canonical_name,
        codec_tag=tag_of(decoder.codec_tag),
        profile=decoder.profile or "",
        level=level_of(decoder.codec.canonical_name, decoder.level),
        bit_rate=decoder.bit_rate or stream.bit_rate or 0,
        width=decoder.width,
        height=decoder.height,
        sample_aspect=ratio(aspect),
        display_aspect=ratio(aspect * Fraction(decoder.width, decoder.height or 1)),
        frame_rate=_fraction(rate),
        scan=_scan(decoder.field_order, frames),
        field_order=_SHOWN_FIRST.get(decoder.field_order, ""),
        pixel_format=named.replace(_FULL_RANGE, "yuv"),
        bit_depth=pixels.components[0].bits if pixels and pixels.components else 0,
        primaries=colour_names.primaries(decoder.color_primaries),
        transfer=colour_names.transfer(decoder.color_trc),
        matrix=colour_names.matrix(decoder.colorspace),
        range="full" if _FULL_RANGE in named else colour_names.colour_range(decoder.color_range),
        mastering_display=beside.mastering_display,
        max_content_light=beside.max_content_light,
        max_average_light=beside.max_average_light,
        dolby_vision=beside.dolby_vision or tag_of(decoder.codec_tag) in _DOLBY_TAGS,
        hdr10_plus=beside.hdr10_plus,
        rotation=first.rotation,
        captions=beside.captions,
        start=round(float((stream.start_time or 0) * (stream.time_base or 0)), 6),
        duration=round(media.announced_pictures or media.announced_whole or 0.0, 6),
        timing=_listed_timing(media),
    )


def tag_of(tag: str) -> str:
    """A four-character code as text; empty where there is none, or it is only a number."""
    text = tag.replace("\x00", "").strip()
    return text if text.isascii() and text.isprintable() else ""


def level_of(codec: str, level: int) -> str:
    """A codec's level as its standard writes it; empty where the number means nothing."""
    known: dict[str, Callable[[int], str]] = {
        "h264": lambda it: "1b" if it == 9 else f"{it / 10:g}",
        "hevc": lambda it: f"{it / 30:g}",
        "av1": lambda it: f"{2 + it // 4}.{it % 4}",
        "mpeg2video": lambda it: {4: "High", 6: "High 1440", 8: "Main", 10: "Low"}.get(it, ""),
        "vp9": lambda it: f"{it / 10:g}",
    }
    return known[codec](level) if codec in known and level > 0 else ""


def ratio(value: Fraction) -> str:
    """`16:9`; what pixels make of it only nearly is rounded to a fraction that people know."""
    if value.numerator > 99 or value.denominator > 99:
        near = value.limit_denominator(50)
        if abs(near - value) * _SAME_SHAPE < value:
            value = near
    return f"{value.numerator}:{value.denominator}"


def first_pictures(media: OpenMedia) -> Sequence[VideoFrame]:
    """What tells of all pictures. Raises MediaError when there are none."""
    seen = Decoded()
    pictures = (
        frame for _, frame in decode(media, seen, sound=False) if isinstance(frame, VideoFrame)
    )
    frames = list(islice(pictures, _PICTURES))
    if not frames:
        ensure_complete(media, seen)
    return frames


def _scan(field_order: int, frames: Sequence[VideoFrame]) -> str:
    if field_order in _SHOWN_FIRST or any(frame.interlaced_frame for frame in frames):
        return "interlaced"
    return "progressive" if field_order == _PROGRESSIVE else ""


def _fraction(rate: Fraction | None) -> str:
    if not rate:
        return ""
    whole = rate.denominator == 1
    return str(rate.numerator) if whole else f"{rate.numerator}/{rate.denominator}"


def _listed_timing(media: OpenMedia) -> PictureTiming | None:
    """From the index, where that lists every picture: ISO media that is not in fragments."""
    stream = media.video
    entries = stream.index_entries
    if "mp4" not in media.format_name or not stream.frames or len(entries) < stream.frames:
        return None
    return timing_of([entry.timestamp for entry in entries], media.picture_unit)
