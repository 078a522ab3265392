"""What becomes of a timed item in the other version.

An item is kept, moved, trimmed, split or lost as the time map says; where the map does not know,
the item goes to its most likely place and is to be checked. A part of a subtitle that is too short
to be read is left out where a longer one stands; where none does, the report says so.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.compare.carry.document import Extent, Item, Placement
from services.compare.carry.runs import (
    OVERHANG,
    SHORTEST_READABLE,
    Manner,
    Run,
    doubtful_loss,
    runs_of,
)
from services.compare.timeline import RegionKind
from services.compare.timemap import Outcome, Piece, PieceMap

# Characters a second that adults can read (Netflix Timed Text Style Guide, English).
_FASTEST_READABLE = 20.0
# What is left of an item is nothing below this, in seconds: shorter edits cannot be told either.
_NOTHING_LEFT = 0.1
# A pace is another one when it is this many times as fast.
_FASTER = 1.02
# `<i>` and `{\\an8}` in subtitles are not read. What begins anew before it ended is no markup: to
# look for the end of each would take the square of the text's length.
_MARKUP = re.compile(r"<[^<>]*>|\{[^{}]*\}")


class Fate(enum.Enum):
    """What became of an item; the contract explains each."""

    KEPT = "KEPT"
    MOVED = "MOVED"
    TRIMMED = "TRIMMED"
    SPLIT = "SPLIT"
    LOST = "LOST"
    TO_CHECK = "TO_CHECK"


@dataclass(frozen=True, kw_only=True)
class CarriedItem:
    """An item, what became of it, and its places in order of time; remark: for people, or empty."""

    item: Item
    fate: Fate
    placements: tuple[Placement, ...] = ()
    remark: str = ""


def carried(items: Iterable[Item], by: PieceMap, frame: float, usual: Extent) -> list[CarriedItem]:
    """What becomes of each item, in the order given.

    by: from their version to the other. frame: seconds of one. usual: of items that say nothing.
    """
    return [_carried(item, by, Manner(frame=frame, extent=item.extent or usual)) for item in items]


def _carried(item: Item, by: PieceMap, manner: Manner) -> CarriedItem:
    if item.start < 0 or item.start >= by.end - manner.on_cut:
        return _outside(item, by)
    if item.end is None or item.end - item.start <= 2 * manner.on_cut:
        return _moment(item, by, manner)
    return _stretch(item, item.end, by, manner)


def _outside(item: Item, by: PieceMap) -> CarriedItem:
    """Nobody knows of what is not in the video: it stays as far from the start, or the end."""
    early = item.start < 0
    start = max(item.start if early else item.start + by.end_b - by.end, 0.0)
    where = "before the start" if early else "at the end, or after it,"
    return _at_moment(item, Fate.TO_CHECK, start, f"It is {where} of the video.")


def _moment(item: Item, by: PieceMap, manner: Manner) -> CarriedItem:
    found = by.at(min(item.start + manner.on_cut, by.end))
    piece = by.pieces[found.piece or 0]
    if found.outcome is Outcome.DELETED:
        return _moment_cut_away(item, by, manner)
    start = piece.to_b(max(item.start, piece.a_start))
    if found.outcome is Outcome.AMBIGUOUS:
        return _at_moment(item, Fate.TO_CHECK, start, _unknown(piece))
    moved = piece.kind is RegionKind.MOVED
    return _at_moment(item, Fate.MOVED if moved else Fate.KEPT, start)


def _moment_cut_away(item: Item, by: PieceMap, manner: Manner) -> CarriedItem:
    """Lost, unless it is so near to what follows that the cut may be a frame off."""
    near = by.at(min(item.start + manner.frame + manner.on_cut, by.end))
    piece = by.pieces[near.piece or 0]
    if not piece.paired:
        return CarriedItem(item=item, fate=Fate.LOST, remark="What it belongs to was cut away.")
    return _at_moment(
        item, Fate.TO_CHECK, piece.b_start, "It is on the last frame before one that is kept."
    )


def _at_moment(item: Item, fate: Fate, start: float, remark: str = "") -> CarriedItem:
    end = None if item.end is None else start + item.end - item.start
    placement = Placement(start=start, end=end, note=remark)
    return CarriedItem(item=item, fate=fate, placements=(placement,), remark=remark)


def _stretch(item: Item, end: float, by: PieceMap, manner: Manner) -> CarriedItem:
    runs = sorted(runs_of(item.start, end, by, manner), key=lambda run: run.b_start)
    doubt = doubtful_loss(item.start, end, by, manner)
    longest = max((run.length for run in runs), default=0.0)
    if doubt is not None and not runs:
        return _at_moment(item, Fate.TO_CHECK, doubt.b_start, _unknown(doubt))
    if doubt is None and longest < min(_NOTHING_LEFT, (end - item.start) / 2):
        remark = f"Only {longest:.2f} s of it are left." if runs else "It was cut away."
        return CarriedItem(item=item, fate=Fate.LOST, remark=remark)
    inner = min(end, by.end) - item.start
    missing = inner - sum(run.covered for run in runs)
    fate = Fate.TO_CHECK if doubt else _fate(runs, missing, manner)
    beyond = end - by.end
    if beyond > OVERHANG and fate in (Fate.KEPT, Fate.MOVED):
        fate = Fate.TRIMMED
    hurried = ""
    if manner.extent is Extent.READ:
        hurried = _hurried(item.text, end - item.start, runs)
    told = _unknown(doubt) if doubt else _told(fate, runs, missing, manner)
    ended = f"It reached {beyond:.2f} s beyond the end of the video." if beyond > OVERHANG else ""
    remark = " ".join(filter(None, [told, ended, hurried]))
    note = remark if fate is Fate.TO_CHECK else hurried
    placements = (_placement(item, run, manner, note) for run in runs)
    return CarriedItem(item=item, fate=fate, placements=tuple(placements), remark=remark)


def _placement(item: Item, run: Run, manner: Manner, note: str) -> Placement:
    begins_later = run.a_start - item.start > manner.on_cut
    return Placement(
        start=run.b_start,
        end=run.b_end,
        note=note,
        taken_from=run.a_start if begins_later else None,
    )


def _fate(runs: Sequence[Run], missing: float, manner: Manner) -> Fate:
    if any(run.unsure or run.reordered for run in runs):
        return Fate.TO_CHECK
    if manner.extent is Extent.PLAYED and _other_speed(runs, manner) is not None:
        return Fate.TO_CHECK
    if len(runs) > 1:
        return Fate.SPLIT
    if missing > _missed(runs, missing, manner):
        return Fate.TRIMMED
    return Fate.MOVED if runs[0].moved else Fate.KEPT


def _missed(runs: Sequence[Run], missing: float, manner: Manner) -> float:
    """How much of an item may be missing without being missed."""
    return manner.tolerated(sum(run.covered for run in runs) + missing)


def _told(fate: Fate, runs: Sequence[Run], missing: float, manner: Manner) -> str:
    """What a person should know of a fate."""
    if fate is Fate.TO_CHECK:
        unknown = (_unknown(run.unsure) for run in runs if run.unsure)
        speed = _other_speed(runs, manner)
        known = "Its parts stand in another order now."
        if speed is not None:
            known = f"It plays {speed:.3g} times as fast."
        return next(unknown, known)
    if fate is Fate.SPLIT:
        return f"It is in {len(runs)} parts now."
    if fate is Fate.TRIMMED and missing > _missed(runs, missing, manner):
        rest = " The rest was moved." if runs[0].moved else ""
        return f"{missing:.2f} s of it are left out.{rest}"
    new = sum(run.new for run in runs)
    return f"It runs on over {new:.2f} s of new content." if new >= _NOTHING_LEFT else ""


def _other_speed(runs: Sequence[Run], manner: Manner) -> float | None:
    """How many times as fast a part plays that has another speed; None when none has."""
    changed = (run for run in runs if abs(run.covered + run.new - run.length) > manner.missed)
    return next((run.rate for run in changed if abs(run.rate - 1) > _FASTER - 1), None)


def _unknown(piece: Piece) -> str:
    if not piece.paired:
        return "The comparison is not sure that it was cut away."
    if piece.kind is RegionKind.REPLACED:
        return "What it belongs to was replaced."
    return "The comparison is not sure of what it belongs to."


def _hurried(text: str, length: float, runs: Sequence[Run]) -> str:
    """What to say of text that can hardly be read any more, when it could before."""
    shortest = min(run.length for run in runs)
    if shortest < SHORTEST_READABLE and length > shortest * _FASTER:
        return f"It stands for {shortest:.2f} s, too short to be read."
    characters = len(" ".join(_MARKUP.sub("", text).split()))
    pace = characters / shortest
    if pace > _FASTEST_READABLE and length > shortest * _FASTER:
        return f"{pace:.0f} characters a second are too many to be read."
    return ""
