"""Random edits of the test clips, of which the truth is known to the frame.

A is the reel of real clips; B is made of stretches of it and of footage that A does not have, in
one of several encodings.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fixtures.clips import RATE, REEL, Piece, cut, duration, write

FRAME = 1 / RATE
REEL_FRAMES = round(duration(REEL) * RATE)
# Footage that the reel does not have.
_NEW = (Piece("street", 7.6, 10.0), Piece("man", 2.0, 4.0))
_SPEEDS = (0.9, 1.1, 1.25)
# What is left between two cuts is at least so long, in frames: 0.8 s.
_APART = 20
_OPERATIONS = ("insert", "delete", "replace", "move", "retime")
_ENCODINGS: Sequence[tuple[str, dict[str, Any]]] = (
    ("mp4", {"crf": 23}),
    ("mp4", {"crf": 33}),
    ("mp4", {"crf": 24, "rate": 30}),
    ("mp4", {"crf": 26, "size": (240, 136)}),
    ("webm", {}),
    ("mkv", {"crf": 28, "audio_codec": "flac"}),
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of B. start, end: frames of A that it shows, `speed` times as fast; new: footage
    instead."""

    start: int = 0
    end: int = 0
    speed: float = 1.0
    new: Piece | None = None

    def pieces(self) -> tuple[Piece, ...]:
        if self.new is not None:
            return (self.new,)
        shown = cut(REEL, self.start * FRAME, self.end * FRAME)
        return tuple(dataclasses.replace(each, speed=self.speed) for each in shown)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A stretch that both have, in seconds of each."""

    a_start: float
    a_end: float
    b_start: float
    b_end: float

    def to_b(self, time: float) -> float:
        share = (time - self.a_start) / (self.a_end - self.a_start)
        return self.b_start + share * (self.b_end - self.b_start)

    def mirrored(self) -> Kept:
        return Kept(a_start=self.b_start, a_end=self.b_end, b_start=self.a_start, b_end=self.a_end)


@dataclass
class Cut:
    """B while it is being cut. operations: what was done to A."""

    parts: list[Part] = field(default_factory=lambda: [Part(end=REEL_FRAMES)])
    operations: list[str] = field(default_factory=list)

    def split(self, at: int) -> int | None:
        """Makes frame `at` of A begin a part; the part's index, None where B has no such frame."""
        for index, part in enumerate(self.parts):
            whole = part.new is None and part.speed == 1
            if whole and part.start + _APART <= at <= part.end - _APART:
                halves = [
                    dataclasses.replace(part, end=at),
                    dataclasses.replace(part, start=at),
                ]
                self.parts[index : index + 1] = halves
                return index + 1
        return None

    def carve(self, start: int, end: int) -> int | None:
        """Makes a part of a stretch of A; its index, None where B does not have it as one."""
        for part in self.parts:
            whole = part.new is None and part.speed == 1
            if whole and part.start + _APART <= start and end <= part.end - _APART:
                index = self.parts.index(part)
                self.parts[index : index + 1] = [
                    dataclasses.replace(part, end=start),
                    dataclasses.replace(part, start=start, end=end),
                    dataclasses.replace(part, start=end),
                ]
                return index + 1
        return None

    def kept(self) -> list[Kept]:
        """What both have, in B's order."""
        found, at = [], 0.0
        for part in self.parts:
            length = duration(part.pieces())
            if part.new is None:
                found.append(
                    Kept(
                        a_start=part.start * FRAME,
                        a_end=part.end * FRAME,
                        b_start=at,
                        b_end=at + length,
                    )
                )
            at += length
        return found

    def length(self) -> float:
        return sum(duration(part.pieces()) for part in self.parts)


@dataclass(frozen=True)
class RandomEdit:
    """The same seed gives the same edit."""

    seed: int
    cut: Cut
    encoding: int

    @property
    def name(self) -> str:
        return "+".join(self.cut.operations)

    def write(self, folder: Path) -> Path:
        """B as a file."""
        extension, options = _ENCODINGS[self.encoding]
        pieces = [piece for part in self.cut.parts for piece in part.pieces()]
        return write(folder / f"edit{self.seed}.{extension}", pieces, **options)


def random_edit(seed: int) -> RandomEdit:
    chosen = random.Random(seed)
    made = Cut()
    wanted = chosen.choices(_OPERATIONS, k=chosen.choice((1, 1, 2, 3)))
    for _ in range(20):
        if len(made.operations) == len(wanted):
            break
        _apply(wanted[len(made.operations)], made, chosen)
    return RandomEdit(seed, made, chosen.randrange(len(_ENCODINGS)))


def _apply(operation: str, made: Cut, chosen: random.Random) -> None:
    length = chosen.randint(*{"retime": (50, 90), "move": (25, 75)}.get(operation, (8, 60)))
    start = chosen.randint(_APART, REEL_FRAMES - length - _APART)
    index = made.split(start) if operation == "insert" else made.carve(start, start + length)
    if index is None:
        return
    if operation == "insert":
        made.parts.insert(index, Part(new=_new(length, chosen)))
    elif operation == "replace":
        made.parts[index] = Part(new=_new(chosen.choice((length, length + 12)), chosen))
    elif operation == "retime":
        speed = chosen.choice(_SPEEDS)
        made.parts[index] = dataclasses.replace(made.parts[index], speed=speed)
    else:
        taken = made.parts.pop(index)
        if operation == "move":
            away = [at for at in range(REEL_FRAMES) if abs(at - start) > 2 * length]
            to = made.split(chosen.choice(away)) if away else None
            made.parts.insert(index if to is None else to, taken)
            if to is None:
                return
    made.operations.append(operation)


def _new(frames: int, chosen: random.Random) -> Piece:
    source = chosen.choice(_NEW)
    frames = min(frames, round(source.length * RATE))
    start = source.start + chosen.randint(0, round(source.length * RATE) - frames) * FRAME
    return dataclasses.replace(source, start=start, end=start + frames * FRAME)
