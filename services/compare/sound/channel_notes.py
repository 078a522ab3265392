"""How the channels and the loudness of two sound tracks differ, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.compare.outcome import SoundDifference, SoundDifferenceKind, SoundTrackPair
from services.compare.sound import channel_differences, loudness
from services.compare.sound.channel_differences import (
    LEAST_BALANCE,
    gains_of_channels,
    order_of_channels,
    other_channels,
    silent_channels,
    throughout,
)
from services.compare.sound.heard_steps import Steps, steps_along
from services.compare.sound.loudness import loudness_changes
from services.compare.sound.offsets import SoundLine
from services.compare.sound.spoken_times import exact, stretches
from services.compare.sound.track_pairs import ComparedTracks
from services.compare.timeline import SoundTrack

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


def channels_and_loudness(
    compared: ComparedTracks, parts: Sequence[SoundLine]
) -> list[SoundDifference]:
    """What differs in layout and channels, and in loudness unless a channel explains it.

    parts: where the sound is the same content, so that levels can be held against each other.
    """
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


def _places(channels: Sequence[str]) -> tuple[str, ...]:
    """The channels, surround ones by one name wherever they stand, and any single one as mono."""
    if len(channels) == 1:
        return _MONO
    moved = tuple(_SURROUND.get(name, name) for name in channels)
    return moved if len(set(moved)) == len(moved) else tuple(channels)


def _unnamed(channels: Sequence[str]) -> bool:
    return all(name.isdigit() for name in channels)


def _layouts(
    compared: ComparedTracks, channels_a: Sequence[str], channels_b: Sequence[str]
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


def _channels(
    compared: ComparedTracks, steps: Steps, channels: Sequence[str]
) -> list[SoundDifference]:
    kinds = SoundDifferenceKind
    if len(channels) < 2 or not len(steps.times):
        return []
    found: list[SoundDifference] = []
    silent = throughout(silent_channels(steps))
    order = order_of_channels(steps, silent)
    if order is not None:
        found.append(compared.difference(kinds.CHANNEL_ORDER, _order(order, channels)))
        steps = replace(steps, b=steps.b[:, order])
    silences = silent_channels(steps)
    for silence in silences:
        side = "B" if silence.in_b else "A"
        where = f" {stretches(silence.stretches)}" if silence.stretches else ""
        name = _channel(channels[silence.channel])
        found.append(
            compared.difference(kinds.CHANNEL, f"the {name} channel of {side} is silent{where}")
        )
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


def _loudness(compared: ComparedTracks, steps: Steps) -> list[SoundDifference]:
    changes = loudness_changes(steps, compared.a.channels, compared.b.channels)
    found = []
    for change in changes:
        more = "louder" if change.change > 0 else "quieter"
        where = ""
        if change.start is not None and change.end is not None:
            where = f", from {exact(change.start)} to {exact(change.end)}"
        much = f"{abs(change.change):.1f} LU (loudness units)"
        text = f"B's sound is {much} {more} than A's{where}"
        found.append(compared.difference(SoundDifferenceKind.LOUDNESS, text, change.change))
    return found


def _channel(name: str) -> str:
    return _CHANNELS.get(name, name)


def _gain(decibels: float) -> str:
    return f"{round(decibels, 1) + 0.0:+.1f} dB"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
