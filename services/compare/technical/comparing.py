"""All technical differences of two files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_FULL,
    SoundFacts,
    SubtitleFacts,
    TechnicalFacts,
)
from services.compare.technical.colour_rows import COLOUR_PROPERTIES
from services.compare.technical.file_rows import FILE_PROPERTIES
from services.compare.technical.picture_rows import PICTURE_PROPERTIES
from services.compare.technical.rows import Group, Row, Severity, rows_of
from services.compare.technical.texts import TextDifference, TextFindings, TextKind, compare_texts
from services.compare.technical.track_pairs import Pair, paired
from services.compare.technical.track_rows import (
    SOUND_PROPERTIES,
    SUBTITLE_PROPERTIES,
    track_rows,
)

_WORDS = (
    (TextKind.CHANGED, "with other words"),
    (TextKind.SHIFTED, "at another time"),
    (TextKind.ONLY_IN_A, "only in A"),
    (TextKind.ONLY_IN_B, "only in B"),
)


@dataclass(frozen=True, kw_only=True)
class TrackText:
    """A text that differs, and the label of its track."""

    track: str
    difference: TextDifference


@dataclass(frozen=True, kw_only=True)
class TechnicalFindings:
    """rows: every property that one of the files has. texts: of subtitles. notes: for people."""

    rows: Sequence[Row]
    texts: Sequence[TrackText]
    notes: Sequence[str]


def compare_facts(a: TechnicalFacts, b: TechnicalFacts) -> TechnicalFindings:
    """Both are to be read in the same view."""
    sounds = paired(a.sounds, b.sounds)
    rows = [
        *rows_of(FILE_PROPERTIES, Group.FILE, a, b),
        *rows_of(PICTURE_PROPERTIES, Group.PICTURE, a.picture, b.picture),
        *rows_of(COLOUR_PROPERTIES, Group.COLOUR, a.picture, b.picture),
        *track_rows(sounds, SOUND_PROPERTIES, Group.SOUND),
    ]
    texts: list[TrackText] = []
    pairs = paired(a.subtitles, b.subtitles)
    rows += track_rows(pairs, SUBTITLE_PROPERTIES, Group.SUBTITLES)
    for pair in pairs:
        label = pair.label if len(pairs) > 1 else ""
        row, found = _texts(pair, label)
        rows += [row] if row is not None else []
        texts += [TrackText(track=label, difference=each) for each in found]
    return TechnicalFindings(rows=rows, texts=texts, notes=_notes(a, b, sounds))


def _texts(pair: Pair[SubtitleFacts], label: str) -> tuple[Row | None, Sequence[TextDifference]]:
    if pair.a is None or pair.b is None:
        return None, ()
    a, b = pair.a[1], pair.b[1]
    if not a.texts_read and not b.texts_read:
        return None, ()
    findings = TextFindings((), 0.0)
    severity, meaning = Severity.NONE, ""
    if a.texts_read and b.texts_read:
        findings = compare_texts(a.cues, b.cues)
        meaning = _meaning(findings)
        severity = Severity.IMPORTANT if meaning else Severity.NONE
    else:
        severity = Severity.NOTICE
        meaning = "The texts of one track could not be read, so they were not compared."
    row = Row(
        group=Group.SUBTITLES,
        name="Texts",
        a=_count(a),
        b=_count(b),
        severity=severity,
        meaning=meaning,
        track=label,
    )
    return row, findings.differences


def _count(track: SubtitleFacts) -> str:
    if not track.texts_read:
        return ""
    return f"{len(track.cues):,}" + (" and more" if track.cut_off else "")


def _meaning(findings: TextFindings) -> str:
    """`3 texts differ: 2 with other words, 1 only in A.`; empty when none does."""
    counts = Counter(each.kind for each in findings.differences)
    sentences = []
    if counts:
        total = sum(counts.values())
        parts = [f"{counts[kind]} {words}" for kind, words in _WORDS if counts[kind]]
        what = "text differs" if total == 1 else "texts differ"
        sentences.append(f"{total} {what}: {', '.join(parts)}.")
    if findings.shift:
        when = "later" if findings.shift > 0 else "earlier"
        sentences.append(f"All texts come {abs(findings.shift):.3f} s {when} in B.")
    return " ".join(sentences)


def _notes(a: TechnicalFacts, b: TechnicalFacts, sounds: Sequence[Pair[SoundFacts]]) -> list[str]:
    notes = []
    if a.sha256 and a.sha256 == b.sha256:
        notes.append("The same file, byte for byte.")
    if TECHNICAL_FACTS_VIEW_FULL not in (a.view, b.view):
        notes.append(
            "Only headers were read: loudness and the texts of subtitles were not compared."
        )
    if any(_mono_against_more(pair) for pair in sounds):
        notes.append(
            "EBU R 128 counts mono once. Played by two loudspeakers it is 3 LU louder than told."
        )
    for side, facts in (("A", a), ("B", b)):
        if any(track.cut_off for track in facts.subtitles):
            notes.append(
                f"{side} has more texts than were compared; the last ones of a track were left out."
            )
    return notes


def _mono_against_more(pair: Pair[SoundFacts]) -> bool:
    if pair.a is None or pair.b is None:
        return False
    a, b = pair.a[1], pair.b[1]
    measured = a.loudness.HasField("integrated") and b.loudness.HasField("integrated")
    return measured and (a.channels == 1) != (b.channels == 1)
