"""What grows with a video: CPU and bytes for each minute that is embedded, and each GB."""

from __future__ import annotations

import asyncio
import secrets
import struct
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.load.costs import cost_of, idle
from tests.bench.load.measuring import Processes
from tests.bench.load.people import Person
from tests.fixtures.clips import REEL, Piece, duration, source_file
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import running_stack

SIZES = {"320 x 180": (320, 180), "1080p": (1920, 1080)}
# Two of the clips, since whole ones are held in memory while a film of that size is made.
_PIECES = REEL[1:3]
_SECONDS = 60.0
_UPLOADED = 256 * 1024 * 1024
_IDLE_SECONDS = 5.0
_GB = 1e9


@dataclass(frozen=True, kw_only=True)
class Growth:
    """cpu: seconds by part. stored: bytes that were kept beside the video itself."""

    what: str
    cpu: Mapping[str, float]
    stored: int


def show(library: ClipLibrary) -> None:
    films = {
        name: library.get("minute.mp4", _minute(), size=size, crf=23)
        for name, size in SIZES.items()
    }
    print("## What grows with a video\n")
    print("| what | seconds of CPU, by part | bytes kept beside it |\n|---|---|---|")
    # Nothing else is to happen meanwhile.
    with (
        tempfile.TemporaryDirectory(prefix="sage-lengths-") as home,
        running_stack(Path(home), SAGE_INGEST_MAKE_PROXIES="false") as stack,
    ):
        seen = Processes(stack.process.pid)
        for each in asyncio.run(_measure(stack.url, films, seen, Path(home) / "objects")):
            told = ", ".join(f"{part} {cpu:.2f}" for part, cpu in each.cpu.items() if cpu >= 0.01)
            print(f"| {each.what} | {told} | {each.stored:,} |", flush=True)
    print()


def _minute() -> Sequence[Piece]:
    return _PIECES * round(_SECONDS / duration(_PIECES))


async def _measure(
    url: str, films: Mapping[str, Path], seen: Processes, objects: Path
) -> list[Growth]:
    found = []
    async with Person(url, b"") as person:
        # What only the first file costs.
        await person.embed(await person.upload(source_file("man").read_bytes()))
        resting = await idle(seen, _IDLE_SECONDS)
        for name, film in films.items():
            video = await person.upload(film.read_bytes())
            before = _stored(objects)
            cost = await cost_of(partial(person.embed, video), seen, resting, 1, warm=False)
            minutes = duration(_minute()) / 60
            found.append(
                Growth(
                    what=f"embedding a minute of {name}",
                    cpu={part: cpu / minutes for part, cpu in cost.cpu.items()},
                    stored=round((_stored(objects) - before) / minutes),
                )
            )
        large = _large(source_file("man").read_bytes())
        before = _stored(objects)
        cost = await cost_of(partial(person.upload, large), seen, resting, 1, warm=False)
        found.append(
            Growth(
                what="a GB that comes in",
                cpu={part: cpu * _GB / len(large) for part, cpu in cost.cpu.items()},
                stored=_stored(objects) - before - len(large),
            )
        )
    return found


def _large(clip: bytes) -> bytes:
    """A file of many parts: players skip the box that is added."""
    noise = secrets.token_bytes(_UPLOADED)
    return clip + struct.pack(">I4s", 8 + len(noise), b"free") + noise


def _stored(objects: Path) -> int:
    return sum(each.stat().st_size for each in objects.rglob("*") if each.is_file())
