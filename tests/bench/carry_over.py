"""Whether what is carried over lands where the edit put it: random edits of real clips.

    python -m tests.bench.carry_over [--edits 200] [--first-seed 0] [--jobs 1]

Each edit is encoded to a file, embedded by the local engine and compared; subtitles, markers and
chapters of A are carried to B, and those that are whole there back to A again. Ends with status 1
when an item is silently wrong: not within a frame of the truth, and not said to be checked.
"""

from __future__ import annotations

import argparse
import pickle
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from sage.compare.v1.compare_pb2 import Comparison, ComparisonOptions
from sage.compare.v1.time_map_pb2 import Side
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL, Embedding
from services.compare.api import answer, convert
from services.compare.api.time_map import piece_map_of
from services.compare.carry.document import Extent, Item
from services.compare.carry.fates import CarriedItem, Fate, carried
from services.compare.differences import compare_pair
from services.compare.outcome import EmbeddedVideo, Modality
from services.compare.timemap import PieceMap
from services.embed.engines.local.parts import LocalEmbedding
from tests.bench.carry_edits import FRAME, REEL_FRAMES, Kept, RandomEdit, random_edit
from tests.bench.carry_judge import NEAR, Verdict, judged
from tests.fixtures.clips import REEL, write
from tests.fixtures.embedded import as_loaded, embed

_MESSAGE = {Modality.VISUAL: MODALITY_VISUAL, Modality.AUDIO: MODALITY_AUDIO}
_SUBTITLES, _MARKERS, _CHAPTERS = "subtitles", "markers", "chapters"
_FOLLOW = {
    _SUBTITLES: (MODALITY_AUDIO, Extent.READ),
    _MARKERS: (MODALITY_VISUAL, Extent.SPANNED),
    _CHAPTERS: (MODALITY_VISUAL, Extent.SPANNED),
}


@dataclass
class Result:
    """Of one edit. wrong: for people. back: how many items came back to A, and did not."""

    seed: int
    name: str
    verdicts: Counter[tuple[str, Verdict]] = field(default_factory=Counter)
    back: Counter[bool] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for embeddings, for later runs")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.edits)
    with ProcessPoolExecutor(chosen.jobs, mp_context=get_context("spawn")) as pool:
        results = []
        for result in pool.map(carried_edit, seeds, repeat(chosen.keep)):
            results.append(result)
            for line in result.wrong:
                print(f"  seed {result.seed} ({result.name}): {line}", flush=True)
    return report(results)


def report(results: Iterable[Result]) -> int:
    """Prints what came out; the exit status."""
    results = list(results)
    total = sum((each.verdicts for each in results), Counter[tuple[str, Verdict]]())
    back = sum((each.back for each in results), Counter[bool]())
    print(f"{len(results)} edits, {sum(each.seconds for each in results):.0f} s")
    print(f"  {'':<12}" + "".join(f"{each.value:>16}" for each in Verdict))
    for kind in _FOLLOW:
        print(f"  {kind:<12}" + "".join(f"{total[kind, each]:>16}" for each in Verdict))
    print(f"  there and back again: {back[True]} of {back.total()} within a frame")
    wrong = sum(count for (_, verdict), count in total.items() if verdict is Verdict.WRONG)
    return 1 if wrong or back[False] else 0


def carried_edit(seed: int, keep: Path | None = None) -> Result:
    began = time.monotonic()
    edit = random_edit(seed)
    truth = edit.cut.kept()
    result = Result(seed, edit.name)
    comparison = compared(reel(), as_loaded(_embedded(edit, keep)))
    for kind, items in items_of(seed).items():
        modality, usual = _FOLLOW[kind]
        by = piece_map_of(comparison, modality, Side.SIDE_A)
        there = carried(items, by, FRAME, usual)
        for each in there:
            verdict = judged(each, truth, usual)
            result.verdicts[kind, verdict] += 1
            if verdict is Verdict.WRONG:
                result.wrong.append(f"{kind}: {_told(each)}; {_cuts(truth)}")
        whole = [each for each in there if is_whole(each.item, truth)]
        for fine, told in back_again(whole, by.mirrored(), usual):
            result.back[fine] += 1
            if not fine:
                result.wrong.append(f"{kind}, back again: {told}")
    result.seconds = time.monotonic() - began
    return result


def _embedded(edit: RandomEdit, keep: Path | None) -> LocalEmbedding:
    kept = None if keep is None else keep / f"{edit.seed}.pickle"
    if kept is not None and kept.exists():
        made: LocalEmbedding = pickle.loads(kept.read_bytes())
        return made
    with tempfile.TemporaryDirectory() as folder:
        made = embed(edit.write(Path(folder)))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(made))
    return made


def items_of(seed: int) -> dict[str, list[Item]]:
    """Subtitles, markers on whole frames, and chapters without gaps between them."""
    chosen = random.Random(-1 - seed)
    end = REEL_FRAMES * FRAME
    starts = sorted(chosen.uniform(0.0, end - 3.0) for _ in range(8))
    subtitles = [(start, start + chosen.uniform(0.9, 2.8)) for start in starts]
    markers = [(chosen.randrange(REEL_FRAMES) * FRAME, None) for _ in range(16)]
    cuts = sorted(chosen.sample(range(25, REEL_FRAMES - 25, 10), 4))
    chapters = [
        (first * FRAME, last * FRAME)
        for first, last in zip([0, *cuts], [*cuts, REEL_FRAMES], strict=True)
    ]
    return {
        _SUBTITLES: [_item("Words that were said", *span) for span in subtitles],
        _MARKERS: [_item("", *span) for span in markers],
        _CHAPTERS: [_item("", *span) for span in chapters],
    }


def _item(text: str, start: float, end: float | None) -> Item:
    return Item(key=f"{start}-{end}", start=start, end=end, text=text, location="")


def is_whole(item: Item, truth: Sequence[Kept]) -> bool:
    """Whether B has all of it in one stretch, and no cut is near its ends."""
    end = item.start if item.end is None else item.end
    return any(kept.a_start + NEAR <= item.start and end <= kept.a_end - NEAR for kept in truth)


def back_again(
    there: Iterable[CarriedItem], back: PieceMap, usual: Extent
) -> Iterable[tuple[bool, str]]:
    """Of items that were not cut, whether each comes back to where it was."""
    for each in there:
        if each.fate not in (Fate.KEPT, Fate.MOVED):
            continue
        (place,) = each.placements
        item = Item(key="", start=place.start, end=place.end, text="", location="")
        (returned,) = carried([item], back, FRAME, usual)
        ends = {(one.start, one.end) for one in returned.placements}
        near = any(
            abs(start - each.item.start) <= NEAR
            and (end is None or abs(end - (each.item.end or end)) <= NEAR)
            for start, end in ends
        )
        yield near or returned.fate is Fate.TO_CHECK, f"{_told(each)} and {_told(returned)}"


@lru_cache(maxsize=1)
def reel() -> EmbeddedVideo:
    with tempfile.TemporaryDirectory() as folder:
        return as_loaded(embed(write(Path(folder) / "reel.mp4", REEL)))


def compared(a: EmbeddedVideo, b: EmbeddedVideo) -> Comparison:
    """As the compare service answers when nobody says how."""
    header = convert.header_of(_described(a, "a"), _described(b, "b"), ComparisonOptions())
    options = convert.options_of(header)
    found = compare_pair(a, b, options, mode=convert.mode_of(header))
    return answer.comparison_of(header, a, b, found)


def _described(video: EmbeddedVideo, name: str) -> Embedding:
    return Embedding(
        name=f"embeddings/{name}",
        video=f"videos/{name}",
        engine="local",
        tracks=[
            Embedding.Track(
                modality=_MESSAGE[modality],
                dimension=track.vectors.shape[1],
                segment_count=len(track.starts),
            )
            for modality, track in video.tracks.items()
        ],
    )


def _told(each: CarriedItem) -> str:
    end = "" if each.item.end is None else f"-{each.item.end:.3f}"
    places = ", ".join(
        f"{place.start:.3f}" + ("" if place.end is None else f"-{place.end:.3f}")
        for place in each.placements
    )
    return f"{each.item.start:.3f}{end} {each.fate.value} {places}".strip()


def _cuts(truth: Sequence[Kept]) -> str:
    return "B has " + ", ".join(
        f"A {kept.a_start:.2f}-{kept.a_end:.2f} at {kept.b_start:.2f}-{kept.b_end:.2f}"
        for kept in truth
    )


if __name__ == "__main__":
    sys.exit(main())
