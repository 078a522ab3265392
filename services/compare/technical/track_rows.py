"""Properties of sound tracks and subtitle tracks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sage.ingest.v1.technical_pb2 import SoundFacts, SubtitleFacts
from services.compare.technical import wording
from services.compare.technical.file_rows import graded_rate, graded_start
from services.compare.technical.rows import Group, Property, Row, Severity, rows_of
from services.compare.technical.track_pairs import Named, Pair

Track = TypeVar("Track", bound=Named)

# EBU R 128 allows one unit where loudness cannot be met exactly; encoders move it by less than
# half of one.
_HEARD_LOUDNESS, _MEASURED_LOUDNESS = 1.0, 0.5
_HEARD_RANGE = 2.0
# What encoders add to peaks by themselves, and what EBU R 128 allows, in dBTP.
_ENCODED_PEAK = 1.0
_PEAK_LIMIT = -1.0


def _graded(difference: float, info: float, notice: float) -> Severity:
    if abs(difference) < info:
        return Severity.INFO
    return Severity.NOTICE if abs(difference) < notice else Severity.IMPORTANT


def _integrated(it: SoundFacts) -> str:
    loudness = it.loudness
    told = loudness.HasField("integrated")
    return wording.number(loudness.integrated, "LUFS") if told else ""


def _range(it: SoundFacts) -> str:
    loudness = it.loudness
    return wording.number(loudness.range, "LU") if loudness.HasField("range") else ""


def _peak(it: SoundFacts) -> str:
    loudness = it.loudness
    return wording.number(loudness.true_peak, "dBTP") if loudness.HasField("true_peak") else ""


def _graded_peak(a: SoundFacts, b: SoundFacts) -> Severity:
    """Passing the limit matters, however little."""
    peak_a, peak_b = a.loudness.true_peak, b.loudness.true_peak
    if abs(peak_a - peak_b) < _ENCODED_PEAK and (peak_a > _PEAK_LIMIT) == (peak_b > _PEAK_LIMIT):
        return Severity.INFO
    return Severity.NOTICE


_LANGUAGE = "Players choose tracks by language, and deliveries check it."
_DISPOSITION = "Players choose tracks by it: default, forced, for the hearing impaired."
_START = "The track begins at another time, and with it may be early or late."

SOUND_PROPERTIES: tuple[Property[SoundFacts], ...] = (
    Property(
        name="Codec",
        value=lambda it: wording.codec(it.codec),
        severity=Severity.IMPORTANT,
        meaning="What plays or takes in one track may not do so with the other.",
    ),
    Property(
        name="Profile",
        value=lambda it: it.profile,
        severity=Severity.NOTICE,
        meaning="Decoders may know one profile and not the other.",
        unsaid=Severity.INFO,
    ),
    Property(
        name="Bit rate",
        value=lambda it: wording.bit_rate(it.bit_rate),
        severity=Severity.NOTICE,
        meaning="The sound has been given another rate, and with it another quality.",
        graded=lambda a, b: graded_rate(a.bit_rate, b.bit_rate),
        unsaid=Severity.INFO,
    ),
    Property(
        name="Sample rate",
        value=lambda it: f"{it.sample_rate / 1000:g} kHz" if it.sample_rate else "",
        severity=Severity.NOTICE,
        meaning="The sound was resampled; video deliveries ask for 48 kHz.",
    ),
    Property(
        name="Bit depth",
        value=lambda it: f"{it.bit_depth} bit" if it.bit_depth else "",
        severity=Severity.NOTICE,
        meaning="Fewer bits bring more noise, and deliveries ask for 24.",
    ),
    Property(
        name="Channels",
        value=lambda it: f"{it.channels} ({it.layout})" if it.channels else "",
        severity=Severity.IMPORTANT,
        meaning="The sound comes out of other loudspeakers.",
    ),
    Property(
        name="Language",
        value=lambda it: it.language,
        severity=Severity.IMPORTANT,
        meaning=_LANGUAGE,
    ),
    Property(
        name="Title",
        value=lambda it: it.title,
        severity=Severity.INFO,
        meaning="People see other names of the track.",
    ),
    Property(
        name="Disposition",
        value=lambda it: wording.listed(it.dispositions),
        severity=Severity.NOTICE,
        meaning=_DISPOSITION,
    ),
    Property(
        name="Start stamp",
        value=lambda it: wording.seconds(it.start),
        severity=Severity.NOTICE,
        meaning=_START,
        graded=lambda a, b: graded_start(a.start, b.start),
    ),
    Property(
        name="Duration",
        value=lambda it: wording.length(it.duration),
        severity=Severity.NOTICE,
        meaning="The sound of one lasts longer than that of the other.",
        # Encoders pad to whole packets.
        graded=lambda a, b: _graded(a.duration - b.duration, 0.1, 0.5),
    ),
    Property(
        name="Integrated loudness",
        value=_integrated,
        severity=Severity.IMPORTANT,
        meaning="One sounds louder; EBU R 128 asks for -23 LUFS, within one unit at most.",
        graded=lambda a, b: _graded(
            a.loudness.integrated - b.loudness.integrated, _MEASURED_LOUDNESS, _HEARD_LOUDNESS
        ),
    ),
    Property(
        name="True peak",
        value=_peak,
        severity=Severity.NOTICE,
        meaning="Deliveries limit true peaks, EBU R 128 at -1 dBTP; above, decoders may distort.",
        graded=_graded_peak,
    ),
    Property(
        name="Loudness range",
        value=_range,
        severity=Severity.NOTICE,
        meaning="The sound was compressed, or opened: soft parts are closer to loud ones in one.",
        graded=lambda a, b: min(
            _graded(a.loudness.range - b.loudness.range, _HEARD_RANGE, 2 * _HEARD_RANGE),
            Severity.NOTICE,
        ),
        unsaid=Severity.INFO,
    ),
)

SUBTITLE_PROPERTIES: tuple[Property[SubtitleFacts], ...] = (
    Property(
        name="Codec",
        value=lambda it: wording.codec(it.codec),
        severity=Severity.NOTICE,
        meaning="What shows one track may not show the other, and styles may be lost.",
    ),
    Property(
        name="Language",
        value=lambda it: it.language,
        severity=Severity.IMPORTANT,
        meaning=_LANGUAGE,
    ),
    Property(
        name="Title",
        value=lambda it: it.title,
        severity=Severity.INFO,
        meaning="People see other names of the track.",
    ),
    Property(
        name="Disposition",
        value=lambda it: wording.listed(it.dispositions),
        severity=Severity.NOTICE,
        meaning=_DISPOSITION,
    ),
)


def track_rows(
    pairs: Sequence[Pair[Track]], properties: Sequence[Property[Track]], group: Group
) -> Iterator[Row]:
    """The rows of all pairs; a track without a partner is one row."""
    several = len(pairs) > 1
    for pair in pairs:
        if pair.a is not None and pair.b is not None:
            label = pair.label if several else ""
            yield from rows_of(properties, group, pair.a[1], pair.b[1], label)
        else:
            yield _only_one(pair, properties, group)


def _only_one(pair: Pair[Track], properties: Sequence[Property[Track]], group: Group) -> Row:
    what = "a sound track" if group is Group.SOUND else "a subtitle track"
    text = {side: _described(it[1], properties) for side, it in _sides(pair)}
    return Row(
        group=group,
        name="Track",
        a=text.get("a", ""),
        b=text.get("b", ""),
        severity=Severity.IMPORTANT,
        meaning=f"One file has {what} that the other lacks.",
        track=pair.label,
    )


def _sides(pair: Pair[Track]) -> Iterator[tuple[str, tuple[int, Track]]]:
    if pair.a is not None:
        yield "a", pair.a
    if pair.b is not None:
        yield "b", pair.b


def _described(track: Track, properties: Sequence[Property[Track]]) -> str:
    """What it is, in a line: codec, channels, language, title."""
    wanted = ("Codec", "Channels", "Language", "Title")
    texts = [each.value(track) for each in properties if each.name in wanted]
    return wording.listed(text for text in texts if text)
