"""Properties of the picture's colour."""

from __future__ import annotations

from sage.ingest.v1.technical_pb2 import PictureFacts
from services.compare.technical import wording
from services.compare.technical.rows import Property, Severity

_TRANSFERS = {"smpte2084": "smpte2084 (PQ)", "arib-std-b67": "arib-std-b67 (HLG)"}


def _light(value: int) -> str:
    return f"{value} cd/m²" if value else ""


def _luminance(it: PictureFacts) -> str:
    display = it.mastering_display
    if not display.most_luminance:
        return ""
    return f"{display.least_luminance:g} to {display.most_luminance:g} cd/m²"


def _primaries(it: PictureFacts) -> str:
    values = it.mastering_display.primaries
    names = ("R", "G", "B", "white")
    pairs = zip(names, values[::2], values[1::2], strict=False)
    return wording.listed(f"{name} {x:.4g} {y:.4g}" for name, x, y in pairs)


COLOUR_PROPERTIES: tuple[Property[PictureFacts], ...] = (
    Property(
        name="Pixel format",
        value=lambda it: it.pixel_format,
        severity=Severity.NOTICE,
        meaning="Pixels are stored with other depth or subsampling of colour.",
    ),
    Property(
        name="Bit depth",
        value=lambda it: f"{it.bit_depth} bit" if it.bit_depth else "",
        severity=Severity.IMPORTANT,
        meaning="With fewer bits, even gradients show bands, and HDR needs ten.",
    ),
    Property(
        name="Primaries",
        value=lambda it: it.primaries,
        severity=Severity.IMPORTANT,
        meaning="The same numbers are shown as other colours where the tags are believed.",
    ),
    Property(
        name="Transfer",
        value=lambda it: _TRANSFERS.get(it.transfer, it.transfer),
        severity=Severity.IMPORTANT,
        meaning="The same numbers are shown brighter or darker: SDR, PQ and HLG differ greatly.",
    ),
    Property(
        name="Matrix",
        value=lambda it: it.matrix,
        severity=Severity.IMPORTANT,
        meaning="Greens and reds are shown otherwise where the tags are believed.",
    ),
    Property(
        name="Range",
        value=lambda it: it.range,
        severity=Severity.IMPORTANT,
        meaning="With the wrong range, blacks are crushed or washed out.",
    ),
    Property(
        name="Mastering display",
        value=_primaries,
        severity=Severity.IMPORTANT,
        meaning="Displays map HDR by the display it was graded on, which is another or not told.",
    ),
    Property(
        name="Mastering luminance",
        value=_luminance,
        severity=Severity.IMPORTANT,
        meaning="Displays map HDR by the display it was graded on, which is another or not told.",
    ),
    Property(
        name="MaxCLL",
        value=lambda it: _light(it.max_content_light),
        severity=Severity.IMPORTANT,
        meaning="Displays map HDR by the brightest pixel, which is another or not told.",
    ),
    Property(
        name="MaxFALL",
        value=lambda it: _light(it.max_average_light),
        severity=Severity.IMPORTANT,
        meaning="Displays map HDR by the brightest frame, which is another or not told.",
    ),
    Property(
        name="Dolby Vision",
        value=lambda it: wording.yes(it.dolby_vision),
        severity=Severity.IMPORTANT,
        meaning="One carries Dolby Vision metadata, the other does not.",
    ),
    Property(
        name="HDR10+",
        value=lambda it: wording.yes(it.hdr10_plus),
        severity=Severity.IMPORTANT,
        meaning="One carries HDR10+ metadata, the other does not.",
    ),
)
