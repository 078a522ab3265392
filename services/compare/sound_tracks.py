"""All sound tracks of two files with their partners: what differs beside the main sound's regions.

The main tracks are each other's partners, as their vectors are what was compared; the others go
together by language and title, then by their order. A track is compared along the picture's lines,
at offsets of its own, so that what becomes of one track says nothing about another.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.compare import channel_differences, loudness
from services.compare.channel_differences import (
    LEAST_BALANCE,
    gains_of_channels,
    order_of_channels,
    other_channels,
    silent_channels,
)
from services.compare.heard_steps import Steps, steps_along
from services.compare.level_differences import compare, running_mean
from services.compare.loudness import loudness_changes
from services.compare.outcome import (
    SoundDifference,
    SoundDifferenceKind,
    SoundTrackFindings,
    SoundTrackPair,
)
from services.compare.refine.two_level import true_runs
from services.compare.sound_levels import Change, SoundLevels
from services.compare.sound_lines import TOGETHER, slope
from services.compare.sound_offsets import SoundLine
from services.compare.spoken_times import exact, stretches
from services.compare.timeline import (
    SOUND_STEP_SECONDS,
    Float64,
    Region,
    RegionKind,
    SoundTrack,
)

# Other sound is so many bels apart, on average over so many steps.
_OTHER_SOUND, _OTHER_STEPS = np.float32(0.27), 100
_LEAST_HEARD = 0.1
# What levels find has this score; only that it is above any threshold matters.
_SCORE = 2.0
_THROUGHOUT_SHARE = 0.95
_MOSTLY = 0.6
_CHANNELS = {
    "FL": "left",
    "FR": "right",
    "FC": "centre",
    "LFE": "low-frequency",
    "BL": "surround left",
    "BR": "surround right",
    "SL": "side left",
    "SR": "side right",
    "BC": "back centre",
}
_MONO = ("FC",)
# Two names for where the surround channels stand.
_SURROUND = {"SL": "BL", "SR": "BR"}


@dataclass(frozen=True)
class _Compared:
    """One pair of tracks, and how to speak of it."""

    a: SoundTrack
    b: SoundTrack
    name: str

    def difference(
        self, kind: SoundDifferenceKind, text: str, amount: float | None = None
    ) -> SoundDifference:
        return SoundDifference(
            kind=kind,
            a_track=self.a.number,
            b_track=self.b.number,
            description=f"{self.name}: {text}." if self.name else f"{text[0].upper()}{text[1:]}.",
            amount=amount,
        )


def without_lines(
    tracks_a: Sequence[SoundTrack] | None, tracks_b: Sequence[SoundTrack] | None
) -> SoundTrackFindings:
    """The sound tracks where nothing says which moments belong together, or one side has none."""
    if tracks_a is None or tracks_b is None:
        return SoundTrackFindings()
    pairs = [replace(pair, compared=False) for pair in _paired(tracks_a, tracks_b)]
    return SoundTrackFindings(pairs=pairs, complete=not pairs)


def compare_sound_tracks(
    tracks_a: Sequence[SoundTrack] | None,
    tracks_b: Sequence[SoundTrack] | None,
    main: Sequence[Region],
    lines: Sequence[Region],
    shortest: float,
    check: Callable[[], None],
) -> SoundTrackFindings:
    """main: the main sound's regions. lines: where the pictures go together (see sound_lines.py).

    shortest: other sound of a further track that is shorter is not told, in seconds. check: called
    before each pair. A side that is None was embedded before sound tracks were known.
    """
    if tracks_a is None or tracks_b is None:
        return SoundTrackFindings(notes=[_made_before(tracks_a is None, tracks_b is None)])
    pairs = _paired(tracks_a, tracks_b)
    several = max(len(tracks_a), len(tracks_b)) > 1
    found: list[SoundDifference] = []
    for index, pair in enumerate(pairs):
        check()
        if pair.a is None or pair.b is None:
            found += _only_one(pair)
        elif pair.compared:
            compared = _Compared(pair.a, pair.b, _pair_name(pair.a, pair.b) if several else "")
            if index == 0:
                parts = [
                    SoundLine(region, region.sound_offset)
                    for region in main
                    if region.kind in (*TOGETHER, RegionKind.REPLACED)
                ]
                found += _channels_and_loudness(compared, parts)
            else:
                found += _further(compared, lines, shortest)
    notes: tuple[str, ...] = ()
    if several:
        notes = (*_notes(pairs), *_elsewhere(tracks_a, tracks_b, main, lines, shortest))
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


def _paired(tracks_a: Sequence[SoundTrack], tracks_b: Sequence[SoundTrack]) -> list[SoundTrackPair]:
    """The main tracks first, then A's others in order, then those that only B has."""
    partners: dict[int, SoundTrack] = {}
    left = list(tracks_b[1:])
    for alike in (_language_and_title, _language, _any):
        for index, track in enumerate(tracks_a[1:], 1):
            if index in partners:
                continue
            fitting = (each for each in left if alike(each) == alike(track))
            partner = next(fitting, None)
            if partner is not None:
                partners[index] = partner
                left.remove(partner)
    if tracks_a and tracks_b:
        partners[0] = tracks_b[0]
    elif tracks_b:
        left.insert(0, tracks_b[0])
    of_a = [_pair(track, partners.get(index)) for index, track in enumerate(tracks_a)]
    return of_a + [_pair(None, track) for track in left]


def _pair(a: SoundTrack | None, b: SoundTrack | None) -> SoundTrackPair:
    compared = a is not None and b is not None and a.heard and b.heard
    return SoundTrackPair(a=a, b=b, compared=compared)


def _language_and_title(track: SoundTrack) -> tuple[str, str]:
    return track.language, track.title


def _language(track: SoundTrack) -> str:
    return track.language


def _any(_: SoundTrack) -> str:
    return ""


def _only_one(pair: SoundTrackPair) -> list[SoundDifference]:
    kinds = SoundDifferenceKind
    sides = ((kinds.TRACK_ONLY_IN_A, pair.a, "A", "B"), (kinds.TRACK_ONLY_IN_B, pair.b, "B", "A"))
    return [
        SoundDifference(
            kind=kind,
            a_track=track.number if has == "A" else 0,
            b_track=track.number if has == "B" else 0,
            description=f"{lacks} lacks sound track {_named(track)} of {has}.",
        )
        for kind, track, has, lacks in sides
        if track is not None
    ]


def _further(
    compared: _Compared, lines: Sequence[Region], shortest: float
) -> list[SoundDifference]:
    """What differs in a track that no vectors are of."""
    levels = SoundLevels(compared.a.bands, compared.b.bands)
    together = [line for line in levels.placed(lines) if line.kind in TOGETHER]
    parts = [part for line in levels.offsets.along(together) for part in line]
    changes = _changes(compared, levels, parts, shortest)
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
    return found + _channels_and_loudness(compared, _without(parts, changes))


def _elsewhere(
    tracks_a: Sequence[SoundTrack],
    tracks_b: Sequence[SoundTrack],
    main: Sequence[Region],
    lines: Sequence[Region],
    shortest: float,
) -> list[str]:
    """Whether main tracks that differ are further tracks of the other side: another order."""
    replaced = sum(r.a_end - r.a_start for r in main if r.kind is RegionKind.REPLACED)
    together = [line for line in lines if line.kind in TOGETHER]
    seconds = sum(line.a_end - line.a_start for line in together)
    if not tracks_a or not tracks_b or replaced < _MOSTLY * seconds:
        return []
    notes = []
    of_a = [("A", "B", track, tracks_b[0]) for track in tracks_a[1:]]
    of_b = [("B", "A", tracks_a[0], track) for track in tracks_b[1:]]
    for side, other, a, b in of_b + of_a:
        if not (a.heard and b.heard):
            continue
        compared = _Compared(a, b, "")
        levels = SoundLevels(a.bands, b.bands)
        parts = [part for line in levels.offsets.along(together) for part in line]
        changed = sum(c.end - c.start for c in _changes(compared, levels, parts, shortest))
        if changed < (1 - _MOSTLY) * seconds:
            track, own = (b, a) if side == "B" else (a, b)
            notes.append(
                f"{other}'s main sound track {_named(own)} sounds like track {_named(track)} of "
                f"{side}: the tracks stand in another order."
            )
    return notes


def _changes(
    compared: _Compared, levels: SoundLevels, parts: Sequence[SoundLine], shortest: float
) -> list[Change]:
    found: list[Change] = []
    for part in parts:
        line = part.heard_within(len(compared.b.bands) * SOUND_STEP_SECONDS)
        clearly = _clearly_other(compared, line)
        found += levels.settled(line, clearly, 0.0, shortest)
    return found


def _clearly_other(compared: _Compared, line: Region) -> list[Change]:
    """Stretches of a line whose sound is another on average; their ends are rough."""
    first = round(line.a_start / SOUND_STEP_SECONDS)
    last = min(round(line.a_end / SOUND_STEP_SECONDS), len(compared.a.bands))
    if last <= first or not len(compared.b.bands):
        return []
    pace = slope(line)
    times = (np.arange(first, last, dtype=np.float64) + 0.5) * SOUND_STEP_SECONDS - line.a_start
    positions: Float64 = (line.b_start + times * pace) / SOUND_STEP_SECONDS - 0.5
    levels = compare(compared.a.bands[first:last], compared.b.bands, positions)
    heard = running_mean(levels.heard.astype(np.float32), _OTHER_STEPS)
    apart = running_mean(np.where(levels.heard, levels.difference, np.float32(0)), _OTHER_STEPS)
    other = (apart > _OTHER_SOUND * heard) & (heard > _LEAST_HEARD)
    return [
        Change((first + low) * SOUND_STEP_SECONDS, (first + high) * SOUND_STEP_SECONDS, _SCORE)
        for low, high in true_runs(other)
    ]


def _without(parts: Sequence[SoundLine], changes: Sequence[Change]) -> list[SoundLine]:
    """The parts, with their changes marked as REPLACED."""
    out: list[SoundLine] = []
    for part in parts:
        line = part.line
        pace = slope(line)
        inside = [c for c in changes if line.a_start <= c.start < line.a_end]
        edges = [line.a_start, *(t for c in inside for t in (c.start, c.end)), line.a_end]
        for index, (start, end) in enumerate(itertools.pairwise(edges)):
            if end <= start:
                continue
            piece = replace(
                line,
                kind=RegionKind.REPLACED if index % 2 else line.kind,
                a_start=start,
                a_end=end,
                b_start=line.b_start + (start - line.a_start) * pace,
                b_end=line.b_start + (end - line.a_start) * pace,
            )
            out.append(SoundLine(piece, part.offset))
    return out


def _channels_and_loudness(
    compared: _Compared, parts: Sequence[SoundLine]
) -> list[SoundDifference]:
    steps = steps_along(parts, compared.a.levels, compared.b.levels)
    channels_a, channels_b = _places(compared.a.channels), _places(compared.b.channels)
    if len(channels_a) == len(channels_b):
        # Files that do not say where their channels stand have them in the usual order.
        channels_a = channels_b if _unnamed(channels_a) else channels_a
        channels_b = channels_a if _unnamed(channels_b) else channels_b
    if channels_a != channels_b:
        found = [_layouts(compared, channels_a, channels_b)]
    else:
        found = _channels(compared, steps, channels_a)
    if any(each.kind is SoundDifferenceKind.CHANNEL for each in found):
        return found  # which makes the whole louder or quieter
    return found + _loudness(compared, steps)


def _places(channels: Sequence[str]) -> tuple[str, ...]:
    """The channels, surround ones by one name wherever they stand, and any single one as mono."""
    if len(channels) == 1:
        return _MONO
    moved = tuple(_SURROUND.get(name, name) for name in channels)
    return moved if len(set(moved)) == len(moved) else tuple(channels)


def _unnamed(channels: Sequence[str]) -> bool:
    return all(name.isdigit() for name in channels)


def _layouts(
    compared: _Compared, channels_a: Sequence[str], channels_b: Sequence[str]
) -> SoundDifference:
    text = f"A's sound is {_layout(compared.a)}, B's is {_layout(compared.b)}"
    for lacks, own, other in (("A", channels_a, channels_b), ("B", channels_b, channels_a)):
        missing = [name for name in other if name not in own]
        if missing and set(own) < set(other):
            text += f"; {lacks} lacks {_listed([_channel(name) for name in missing])}"
    return compared.difference(SoundDifferenceKind.LAYOUT, text)


def _layout(track: SoundTrack) -> str:
    count = len(track.channels)
    if count == 1:
        return "mono"
    return f"of {count} unnamed channels" if _unnamed(track.channels) else track.layout


def _channels(compared: _Compared, steps: Steps, channels: Sequence[str]) -> list[SoundDifference]:
    kinds = SoundDifferenceKind
    if len(channels) < 2 or not len(steps.times):
        return []
    found: list[SoundDifference] = []
    silences = silent_channels(steps)
    for silence in silences:
        side = "B" if silence.in_b else "A"
        where = f" {stretches(silence.stretches)}" if silence.stretches else ""
        name = _channel(channels[silence.channel])
        found.append(
            compared.difference(kinds.CHANNEL, f"the {name} channel of {side} is silent{where}")
        )
    silent = sorted({silence.channel for silence in silences if not silence.stretches})
    order = order_of_channels(steps, silent)
    if order is not None:
        found.append(compared.difference(kinds.CHANNEL_ORDER, _order(order, channels)))
        return found
    gains = gains_of_channels(steps, silent)
    if len(gains) > 1 and max(gains.values()) - min(gains.values()) >= LEAST_BALANCE:
        told = _listed([f"{_channel(channels[k])} {_gain(gain)}" for k, gain in gains.items()])
        found.append(
            compared.difference(kinds.CHANNEL, f"B's channels are balanced otherwise: {told}")
        )
    partly = {silence.channel for silence in silences}
    for other in other_channels(steps, [k for k in gains if k not in partly]):
        name, where = _channel(channels[other.channel]), stretches(other.stretches)
        found.append(compared.difference(kinds.CHANNEL, f"the {name} channel differs {where}"))
    return found


def _order(order: Sequence[int], channels: Sequence[str]) -> str:
    moved = [k for k, place in enumerate(order) if place != k]
    names = [_channel(channels[k]) for k in moved]
    if len(moved) == 2:
        return f"the {names[0]} and {names[1]} channels have changed places"
    into = [_channel(channels[order[k]]) for k in moved]
    return f"A's channels {_listed(names)} are B's {_listed(into)}"


def _loudness(compared: _Compared, steps: Steps) -> list[SoundDifference]:
    changes = loudness_changes(steps, compared.a.channels, compared.b.channels)
    found = []
    for change in changes:
        more = "louder" if change.change > 0 else "quieter"
        where = ""
        if change.start is not None and change.end is not None:
            where = f", from {exact(change.start)} to {exact(change.end)}"
        text = f"B's sound is {abs(change.change):.1f} LU {more} than A's{where}"
        found.append(compared.difference(SoundDifferenceKind.LOUDNESS, text, change.change))
    return found


def _notes(pairs: Sequence[SoundTrackPair]) -> tuple[str, ...]:
    """Which tracks were compared, and which could not be."""
    compared = [
        f"{_named(pair.a)} of A with {_named(pair.b)} of B"
        for pair in pairs
        if pair.a is not None and pair.b is not None and pair.compared
    ]
    notes = [f"Sound tracks compared: {'; '.join(compared)}."] if compared else []
    left_out = [
        f"Sound track {_named(pair.a)} of A was not compared with {_named(pair.b)} of B: not both "
        "could be decoded."
        for pair in pairs
        if pair.a is not None and pair.b is not None and not pair.compared
    ]
    return (*notes, *left_out)


def _pair_name(a: SoundTrack, b: SoundTrack) -> str:
    if _named(a) == _named(b):
        return f"Sound track {_named(a)}"
    return f"Sound track {_named(a)} of A and {_named(b)} of B"


def _named(track: SoundTrack) -> str:
    """`2 (ger, Commentary)`."""
    words = ", ".join(word for word in (track.language, track.title) if word)
    return f"{track.number} ({words})" if words else str(track.number)


def _channel(name: str) -> str:
    return _CHANNELS.get(name, name)


def _gain(decibels: float) -> str:
    return f"{round(decibels, 1) + 0.0:+.1f} dB"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


def what_was_looked_for(pairs: Sequence[SoundTrackPair]) -> str:
    """What it means that nothing was found in the tracks: from where on something is told."""
    channels = max((len(pair.a.channels) for pair in pairs if pair.a is not None), default=0)
    said = f"loudness within {loudness.LEAST_CHANGE:g} LU"
    if channels > 1:
        said += (
            f", no channel silent for {channel_differences.SHORTEST_SILENCE:g} s or out of place, "
            f"their balance within {LEAST_BALANCE:g} dB"
        )
    return said
