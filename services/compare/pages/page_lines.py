"""The timeline of two videos that are made of pages, as lines between frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.compare.detail.track import DetailPictures
from services.compare.frames.assembly import Timeline
from services.compare.frames.fingerprints import Frames
from services.compare.frames.lines import FrameLine
from services.compare.frames.local_changes import MAX_SCORE, SCORE_PER_DETAIL, Change
from services.compare.geometry import Span
from services.compare.looks import Look
from services.compare.pages.edges import Edges, agreed
from services.compare.pages.likeness import Likeness, likeness_of
from services.compare.pages.pairing import PagePair, paired
from services.compare.pages.stills import Page, pages_of
from services.compare.pages.tuning import TUNED, PagesTuning
from services.compare.timeline import FrameTrack


@dataclass(frozen=True, kw_only=True)
class PagesOfBoth:
    """The pages of both videos, and which of them are the same."""

    a: Sequence[Page]
    b: Sequence[Page]
    likeness: Likeness
    tuning: PagesTuning

    def timeline(self, a: Frames, b: Frames, shortest_move: float) -> Timeline | None:
        """The timeline in the frames' times; None where pages cannot tell it, as when all of them
        last longer in one video.

        shortest_move: shorter moves are not told, in seconds. Raises DamagedDetail.
        """
        edges_a, edges_b = Edges.of(self.a, a), Edges.of(self.b, b)
        slack = self.tuning.same_frames * max(a.step, b.step)
        may_differ = slack + self.tuning.unsure_end * (
            edges_a.is_page_unsure[:, None] | edges_b.is_page_unsure
        )
        lengths_a, lengths_b = np.diff(edges_a.times), np.diff(edges_b.times)
        equal = np.abs(lengths_a[:, None] - lengths_b) <= may_differ
        pairs = paired(self.likeness.same, equal, lengths_a, lengths_b, tuning=self.tuning)
        found = [pair for pair in [*pairs.shared, *pairs.moved] if pair.is_same]
        if sum(equal[pair.a, pair.b] for pair in found) <= self.tuning.equally_long * len(found):
            return None
        edges_a, edges_b = agreed(
            edges_a,
            edges_b,
            [
                [(pair.a, pair.b) for pair in some if equal[pair.a, pair.b]]
                for some in (pairs.shared, pairs.moved)
            ],
        )
        chain, moved = (
            [
                part
                for pair in some
                for part in _parts(
                    edges_a.page(pair.a), edges_b.page(pair.b), is_equal=equal[pair.a, pair.b]
                )
            ]
            for some in (pairs.shared, pairs.moved)
        )
        lines = _joined(chain, slack)
        changes: list[list[Change]] = [[] for _ in lines]
        for pair in pairs.shared:
            if not pair.is_same:
                middle = sum(edges_b.page(pair.b)) / 2
                at = next(n for n, line in enumerate(lines) if line.b_end > middle)
                changes[at].append(self._change(pair, edges_a.page(pair.a)))
        return Timeline(
            chain=lines,
            moved=[line for line in _joined(moved, slack) if line.duration >= shortest_move],
            replaced=[[] for _ in lines],
            changes=changes,
        )

    def _change(self, pair: PagePair, in_a: Span) -> Change:
        start, end = in_a
        difference = self.likeness.difference(pair.a, pair.b)
        score = min(SCORE_PER_DETAIL * difference.apart / 255, MAX_SCORE)
        return Change(start=start, end=end, score=score, box=difference.box)


def find_pages(
    frames: tuple[FrameTrack, FrameTrack],
    levelled: tuple[FrameTrack, FrameTrack],
    detail: tuple[DetailPictures, DetailPictures],
    look: Look | None,
    check: Callable[[], None],
    *,
    tuning: PagesTuning = TUNED,
) -> PagesOfBoth | None:
    """What is known of the pages of two videos that are made of pages; None for any others.

    frames, levelled: as they are, and without the look. check: called between steps; raises to stop
    the work. Raises DamagedDetail.
    """
    of_a = pages_of(frames[0], detail[0], check, tuning=tuning)
    of_b = pages_of(frames[1], detail[1], check, tuning=tuning) if of_a else None
    if not of_a or not of_b or len(of_a) == len(of_b) == 1:
        return None
    likeness = likeness_of((of_a, of_b), detail, levelled, look, check, tuning=tuning)
    return PagesOfBoth(a=of_a, b=of_b, likeness=likeness, tuning=tuning)


def _parts(in_a: Span, in_b: Span, *, is_equal: bool) -> list[FrameLine]:
    at_start, at_end = in_a[0] - in_b[0], in_a[1] - in_b[1]
    if is_equal:
        return [_line(*in_b, at_start)]
    # It stands longer in one of them: where inside it, nothing that is seen can say.
    half = min(in_a[1] - in_a[0], in_b[1] - in_b[0]) / 2
    return [_line(in_b[0], in_b[0] + half, at_start), _line(in_b[1] - half, in_b[1], at_end)]


def _line(b_start: float, b_end: float, offset: float) -> FrameLine:
    return FrameLine(b_start=b_start, b_end=b_end, rate=1.0, offset=offset)


def _joined(parts: Sequence[FrameLine], slack: float) -> list[FrameLine]:
    """Parts in order of B, those that go on as one; of their offsets the middle one counts."""
    runs: list[list[FrameLine]] = []
    for part in parts:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and part.b_start - last.b_end <= slack
            and abs(part.offset - last.offset) <= slack
        ):
            runs[-1].append(part)
        else:
            runs.append([part])
    return [
        _line(
            run[0].b_start,
            run[-1].b_end,
            sorted(part.offset for part in run)[len(run) // 2],
        )
        for run in runs
    ]
