"""All sound tracks of two files with their partners: what differs beside the main sound's regions.

A track is compared along the picture's lines, with jumps and offsets of its own, so that what
becomes of one track says nothing about another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.compare.outcome import SoundDifference, SoundDifferenceKind, SoundTrackFindings
from services.compare.sound.channel_notes import channels_and_loudness
from services.compare.sound.levels import SoundLevels
from services.compare.sound.offsets import SoundLine
from services.compare.sound.spoken_times import exact, stretches
from services.compare.sound.track_content import changes_of, without_changes
from services.compare.sound.track_pairs import (
    ComparedTracks,
    named,
    only_one,
    pair_name,
    pair_notes,
    paired,
)
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import CONTINUED, Region, RegionKind, SoundTrack

_THROUGHOUT_SHARE = 0.95
_MOSTLY = 0.6


def without_lines(
    tracks_a: Sequence[SoundTrack] | None, tracks_b: Sequence[SoundTrack] | None
) -> SoundTrackFindings:
    """The sound tracks where nothing says which moments belong together, or one side has none."""
    if tracks_a is None or tracks_b is None:
        return SoundTrackFindings()
    pairs = [replace(pair, compared=False) for pair in paired(tracks_a, tracks_b)]
    return SoundTrackFindings(pairs=pairs, complete=not pairs)


def compare_sound_tracks(
    tracks_a: Sequence[SoundTrack] | None,
    tracks_b: Sequence[SoundTrack] | None,
    main: Sequence[Region],
    lines: Sequence[Region],
    shortest: float,
    check: Callable[[], None],
    *,
    tuning: SoundTuning = TUNED,
) -> SoundTrackFindings:
    """main: the main sound's regions. lines: where the pictures go together (see sound_lines.py).

    shortest: other sound of a further track that is shorter is not told, in seconds. check: called
    before each pair. A side that is None was embedded before sound tracks were known.
    """
    if tracks_a is None or tracks_b is None:
        return SoundTrackFindings(notes=[_made_before(tracks_a is None, tracks_b is None)])
    pairs = paired(tracks_a, tracks_b)
    several = max(len(tracks_a), len(tracks_b)) > 1
    found: list[SoundDifference] = []
    for index, pair in enumerate(pairs):
        check()
        if pair.a is None or pair.b is None:
            found += only_one(pair)
        elif pair.compared:
            compared = ComparedTracks(pair.a, pair.b, pair_name(pair.a, pair.b) if several else "")
            if index == 0:
                parts = [
                    SoundLine(region, region.sound_offset)
                    for region in main
                    if region.kind in (*CONTINUED, RegionKind.REPLACED)
                ]
                found += channels_and_loudness(compared, parts)
            else:
                found += _further(compared, lines, shortest, tuning=tuning)
    notes: tuple[str, ...] = ()
    if several:
        notes = (
            *pair_notes(pairs),
            *_elsewhere(tracks_a, tracks_b, main, lines, shortest, tuning=tuning),
        )
    return SoundTrackFindings(
        pairs=pairs,
        differences=found,
        complete=all(pair.compared for pair in pairs),
        notes=notes,
    )


def _made_before(a: bool, b: bool) -> str:
    which = "A and B were" if a and b else "A was" if a else "B was"
    each = "their embeddings" if a and b else "its embedding"
    return (
        "Of the sound only the sum of one track's channels was compared. To compare channels, "
        f"further sound tracks and loudness as well, delete {each} and embed again: {which} "
        "embedded before they were kept."
    )


def _further(
    compared: ComparedTracks, lines: Sequence[Region], shortest: float, *, tuning: SoundTuning
) -> list[SoundDifference]:
    """What differs in a track that no vectors are of."""
    levels = SoundLevels(compared.a.bands, compared.b.bands, tuning=tuning)
    together = [line for line in levels.placed(lines) if line.kind in CONTINUED]
    parts = [part for line in levels.offsets.along(together) for part in line]
    changes = changes_of(compared, levels, parts, shortest, tuning=tuning)
    seconds = sum(part.line.a_end - part.line.a_start for part in parts)
    changed = sum(change.end - change.start for change in changes)
    kinds = SoundDifferenceKind
    if seconds and changed >= _THROUGHOUT_SHARE * seconds:
        return [compared.difference(kinds.TRACK_CONTENT, "the sound differs throughout")]
    found: list[SoundDifference] = []
    if changes:
        where = stretches([(change.start, change.end) for change in changes])
        found.append(compared.difference(kinds.TRACK_CONTENT, f"the sound differs {where}"))
    for part in parts:
        if part.offset:
            late = "later" if part.offset > 0 else "earlier"
            where = f"from {exact(part.line.a_start)} to {exact(part.line.a_end)}"
            text = f"B's sound is {abs(part.offset):.3f} s {late} than A's, {where}"
            found.append(compared.difference(kinds.TRACK_OFFSET, text, part.offset))
    return found + channels_and_loudness(compared, without_changes(parts, changes))


def _elsewhere(
    tracks_a: Sequence[SoundTrack],
    tracks_b: Sequence[SoundTrack],
    main: Sequence[Region],
    lines: Sequence[Region],
    shortest: float,
    *,
    tuning: SoundTuning,
) -> list[str]:
    """Whether main tracks that differ are further tracks of the other side: another order."""
    replaced = sum(r.a_end - r.a_start for r in main if r.kind is RegionKind.REPLACED)
    together = [line for line in lines if line.kind in CONTINUED]
    seconds = sum(line.a_end - line.a_start for line in together)
    if not tracks_a or not tracks_b or replaced < _MOSTLY * seconds:
        return []
    notes = []
    of_a = [("A", "B", track, tracks_b[0]) for track in tracks_a[1:]]
    of_b = [("B", "A", tracks_a[0], track) for track in tracks_b[1:]]
    for side, other, a, b in of_b + of_a:
        if not (a.heard and b.heard):
            continue
        compared = ComparedTracks(a, b, "")
        levels = SoundLevels(a.bands, b.bands, tuning=tuning)
        parts = [part for line in levels.offsets.along(together) for part in line]
        changed = sum(
            c.end - c.start for c in changes_of(compared, levels, parts, shortest, tuning=tuning)
        )
        if changed < (1 - _MOSTLY) * seconds:
            track, own = (b, a) if side == "B" else (a, b)
            notes.append(
                f"{other}'s main sound track {named(own)} sounds like track {named(track)} of "
                f"{side}: the tracks stand in another order."
            )
    return notes
