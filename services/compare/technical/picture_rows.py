"""Properties of the picture, but for its colour."""

from __future__ import annotations

from sage.ingest.v1.technical_pb2 import PictureFacts
from services.compare.technical import wording
from services.compare.technical.file_rows import graded_pictures, graded_rate, graded_start
from services.compare.technical.rows import Property, Severity


def _rate_mode(it: PictureFacts) -> str:
    if not it.HasField("timing"):
        return ""
    if it.timing.constant:
        return "constant"
    shortest, longest = (1000 * s for s in (it.timing.shortest, it.timing.longest))
    return f"variable (a frame takes {shortest:.1f} to {longest:.1f} ms)"


def _pictures(it: PictureFacts) -> str:
    return f"{it.timing.pictures:,}" if it.HasField("timing") else ""


PICTURE_PROPERTIES: tuple[Property[PictureFacts], ...] = (
    Property(
        name="Codec",
        value=lambda it: wording.codec(it.codec),
        severity=Severity.IMPORTANT,
        meaning="What plays or takes in one file may not do so with the other.",
    ),
    Property(
        name="Codec tag",
        value=lambda it: it.codec_tag,
        severity=Severity.INFO,
        meaning="Some players look at the tag: HEVC in MP4 plays on Apple's with hvc1 only.",
    ),
    Property(
        name="Profile",
        value=lambda it: it.profile,
        severity=Severity.NOTICE,
        meaning="Decoders, above all those in hardware, may know one profile and not the other.",
        unsaid=Severity.INFO,
    ),
    Property(
        name="Level",
        value=lambda it: it.level,
        severity=Severity.NOTICE,
        meaning="The higher level asks for a faster decoder, and deliveries limit it.",
        unsaid=Severity.INFO,
    ),
    Property(
        name="Bit rate",
        value=lambda it: wording.bit_rate(it.bit_rate),
        severity=Severity.NOTICE,
        meaning="The picture has been given another rate, and with it another quality.",
        graded=lambda a, b: graded_rate(a.bit_rate, b.bit_rate),
        unsaid=Severity.INFO,
    ),
    Property(
        name="Size",
        value=lambda it: f"{it.width} x {it.height}" if it.width else "",
        severity=Severity.IMPORTANT,
        meaning="The pictures have other numbers of pixels: one was scaled or cropped.",
    ),
    Property(
        name="Sample aspect",
        value=lambda it: it.sample_aspect,
        severity=Severity.NOTICE,
        meaning="Pixels have another shape; it matters where the display aspect differs as well.",
    ),
    Property(
        name="Display aspect",
        value=lambda it: it.display_aspect,
        severity=Severity.IMPORTANT,
        meaning="The pictures are shown in other shapes: stretched, cropped or with other bars.",
    ),
    Property(
        name="Rotation",
        value=lambda it: f"{it.rotation}°",
        severity=Severity.IMPORTANT,
        meaning="Players turn one of the pictures; what ignores that shows it lying on its side.",
    ),
    Property(
        name="Frame rate",
        value=lambda it: wording.frame_rate(it.frame_rate),
        severity=Severity.IMPORTANT,
        meaning="Motion looks otherwise, and frame numbers of one do not fit the other.",
    ),
    Property(
        name="Frame timing",
        value=_rate_mode,
        severity=Severity.IMPORTANT,
        meaning="Editing software and broadcasters want a constant rate; else sound may drift.",
    ),
    Property(
        name="Frames",
        value=_pictures,
        severity=Severity.NOTICE,
        meaning="One has more pictures than the other.",
    ),
    Property(
        name="Scan",
        value=lambda it: it.scan,
        severity=Severity.IMPORTANT,
        meaning="Interlaced pictures show combs on displays; deliveries ask for one or the other.",
    ),
    Property(
        name="Field order",
        value=lambda it: it.field_order,
        severity=Severity.IMPORTANT,
        meaning="With the wrong order of fields, motion jumps back and forth.",
    ),
    Property(
        name="Captions",
        value=lambda it: wording.listed(it.captions),
        severity=Severity.IMPORTANT,
        meaning="Closed captions among the pictures are missing in one, or of another kind.",
    ),
    Property(
        name="Start stamp",
        value=lambda it: wording.seconds(it.start),
        severity=Severity.NOTICE,
        meaning="The first pictures have other stamps; against the sound's it says how they sync.",
        graded=lambda a, b: graded_start(a.start, b.start),
    ),
    Property(
        name="Duration",
        value=lambda it: wording.length(it.duration),
        severity=Severity.IMPORTANT,
        meaning="The pictures of one play longer than those of the other.",
        graded=lambda a, b: graded_pictures(a.duration, b.duration),
    ),
)
