"""Properties of the file and its container."""

from __future__ import annotations

from collections import Counter

from sage.ingest.v1.technical_pb2 import TechnicalFacts
from services.compare.technical import wording
from services.compare.technical.rows import Property, Severity

# A rate that differs by less is what encoders do by themselves.
_SAME_RATE = 0.1
# Half a frame of film: what rounding of containers makes of one length of pictures.
_SAME_SECONDS = 0.02
# What encoders of sound put before it and behind it, which the whole file's length counts.
_PADDED_SECONDS = 0.1


def graded_rate(a: int, b: int) -> Severity:
    """How much a difference of bit rates matters."""
    near = abs(a - b) <= _SAME_RATE * max(a, b)
    return Severity.INFO if near else Severity.NOTICE


def graded_pictures(a: float, b: float) -> Severity:
    """How much it matters that the pictures of one last longer, in seconds."""
    return Severity.INFO if abs(a - b) < _SAME_SECONDS else Severity.IMPORTANT


def graded_padded(a: float, b: float) -> Severity:
    """How much it matters that the whole lasts longer, in seconds."""
    return Severity.INFO if abs(a - b) < _PADDED_SECONDS else Severity.IMPORTANT


def graded_start(a: float, b: float) -> Severity:
    """How much it matters that something starts later, in seconds."""
    return Severity.INFO if abs(a - b) < _PADDED_SECONDS else Severity.NOTICE


def _drop_frame(facts: TechnicalFacts) -> str:
    if not facts.start_timecode:
        return ""
    return "yes" if ";" in facts.start_timecode else "no"


def _others(facts: TechnicalFacts) -> str:
    counts = Counter(facts.other_tracks)
    return wording.listed(
        name if count == 1 else f"{count} x {name}" for name, count in sorted(counts.items())
    )


FILE_PROPERTIES: tuple[Property[TechnicalFacts], ...] = (
    Property(
        name="Container",
        value=lambda it: wording.container(it.container, it.brand),
        severity=Severity.NOTICE,
        meaning="Not every player and not every delivery takes every container.",
    ),
    Property(
        name="Size",
        value=lambda it: wording.size(it.size_bytes),
        severity=Severity.INFO,
        meaning="The files are not the same byte for byte.",
    ),
    Property(
        name="SHA-256",
        value=lambda it: it.sha256,
        severity=Severity.INFO,
        meaning="The files are not the same byte for byte.",
    ),
    Property(
        name="Bit rate",
        value=lambda it: wording.bit_rate(it.bit_rate),
        severity=Severity.NOTICE,
        meaning="All tracks together take another rate, which deliveries may limit.",
        graded=lambda a, b: graded_rate(a.bit_rate, b.bit_rate),
        unsaid=Severity.INFO,
    ),
    Property(
        name="Duration",
        value=lambda it: wording.length(it.duration),
        severity=Severity.IMPORTANT,
        meaning="One file says that it plays longer than the other.",
        graded=lambda a, b: graded_padded(a.duration, b.duration),
    ),
    Property(
        name="Start stamp",
        value=lambda it: wording.seconds(it.start),
        severity=Severity.NOTICE,
        meaning="The clocks inside the files begin at other times; players do not show that.",
        graded=lambda a, b: graded_start(a.start, b.start),
    ),
    Property(
        name="Start time code",
        value=lambda it: it.start_timecode,
        severity=Severity.IMPORTANT,
        meaning="The same frame has another time code: lists for one do not fit the other.",
    ),
    Property(
        name="Drop frame",
        value=_drop_frame,
        severity=Severity.IMPORTANT,
        meaning="The time codes count differently and drift apart by 3.6 s an hour.",
    ),
    Property(
        name="Reel",
        value=lambda it: it.reel,
        severity=Severity.NOTICE,
        meaning="Editing software looks for the sources of lists by the reel's name.",
    ),
    Property(
        name="Other tracks",
        value=_others,
        severity=Severity.INFO,
        meaning="One file has tracks besides picture, sound and subtitles that the other lacks.",
    ),
    Property(
        name="Written by",
        value=lambda it: it.writing_application,
        severity=Severity.INFO,
        meaning="Other programs, or versions, wrote the files.",
    ),
)
