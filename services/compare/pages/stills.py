"""The pages of one video: what its detail pictures show unchanged, for how long to the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.compare.detail.structure import compared, loudest
from services.compare.detail.track import DetailPictures
from services.compare.detail.tuning import TUNED as DETAIL
from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.pages.tuning import TUNED, PagesTuning
from services.compare.timeline import Float32, Float64, FrameTrack

Flags = NDArray[np.bool_]

_SIDE = 16
_BLOCK = 4096
# Levels by which no window of two pictures differs that are as good as equal.
_EQUAL = 1.0
# So many of a page's pictures are averaged, the last ones: encoders refine what stands.
_AVERAGED = 3


@dataclass(frozen=True, kw_only=True)
class Page:
    """Frames [first, end) that show one page.

    pictures: numbers of its detail pictures. is_start_sure: whether the frames tell when it comes
    on; else it is so to the half second or second between two pictures.
    """

    first: int
    end: int
    is_start_sure: bool
    pictures: tuple[int, ...]

    def picture(self, detail: DetailPictures) -> Float32:
        """(rows, columns) the page's luma. Raises DamagedDetail."""
        shown = [detail.picture(number) for number in self.pictures[-_AVERAGED:]]
        mean: Float32 = np.mean(shown, axis=0, dtype=np.float32)
        return mean

    def cells(self, frames: Frames) -> Float64:
        """(256, 3) the page's usual fingerprint."""
        index = np.unique(np.linspace(self.first, self.end - 1, 50).astype(np.int64))
        usual: Float64 = np.median(frames.flat[index], axis=0).reshape(-1, 3)
        return usual


def stands_still(track: FrameTrack, *, tuning: PagesTuning = TUNED) -> bool:
    """Whether a video may be nothing but still pages, as far as its frames say."""
    if len(track.times) < 2:
        return False
    prints = track.fingerprints
    still = 0
    for start in range(0, len(prints) - 1, _BLOCK):
        block = prints[start : start + _BLOCK + 1].astype(np.int16)
        changes = np.abs(np.diff(block, axis=0)).reshape(len(block) - 1, -1).max(axis=1)
        still += int(np.count_nonzero(changes <= tuning.still_levels))
    return still >= tuning.still_frames * (len(prints) - 1)


def pages_of(
    track: FrameTrack,
    detail: DetailPictures,
    check: Callable[[], None],
    *,
    tuning: PagesTuning = TUNED,
) -> list[Page] | None:
    """The pages of a video in order; None when it is not made of pages.

    check: called between pictures; raises to stop the work. Raises DamagedDetail.
    """
    frames = Frames(track)
    shown = _frame_numbers(frames, detail.times)
    if len(shown) == 0:
        return None
    strengths, colours = _steps(frames, detail, shown, check)
    is_other = (strengths > _limit(strengths, tuning=tuning)) | (colours > tuning.other_colours)
    runs = [[0]]
    for number in range(1, len(shown)):
        if is_other[number - 1]:
            runs.append([])
        runs[-1].append(number)
    lasting = [run for run in runs if len(run) >= tuning.least_pictures]
    if sum(map(len, lasting)) < tuning.least_in_pages * len(shown):
        return None
    starts = [
        _comes_on(frames, detail, shown, before, after, tuning=tuning)
        for before, after in pairwise(runs)
    ]
    ends = [*(first for first, _ in starts), len(frames)]
    return [
        Page(first=first, end=end, is_start_sure=is_sure, pictures=tuple(run))
        for (first, is_sure), end, run in zip([(0, True), *starts], ends, runs, strict=True)
    ]


def _frame_numbers(frames: Frames, times: Float64) -> IntArray:
    """Of each picture the frame that it was made of."""
    return frames.nearest(times + frames.step / 4) if len(times) else np.zeros(0, np.int64)


def _steps(
    frames: Frames, detail: DetailPictures, shown: IntArray, check: Callable[[], None]
) -> tuple[Float64, Float64]:
    """(n - 1,) how far each picture is from the one before: how strongly its detail differs, and
    by how many levels a cell of its frame's fingerprint does."""
    strengths, colours = np.zeros(len(shown) - 1), np.zeros(len(shown) - 1)
    for number in range(len(strengths)):
        check()
        old, new = detail.picture(number), detail.picture(number + 1)
        # No window is further apart than the loudest one, which takes less to find out.
        if loudest(old, new) > _EQUAL:
            strengths[number] = compared(old, new, tuning=DETAIL).strength.max()
        cells = frames.flat[shown[number : number + 2]].astype(np.int16)
        colours[number] = np.abs(cells[1] - cells[0]).max()
    return strengths, colours


def _limit(strengths: Float64, *, tuning: PagesTuning) -> float:
    """How strongly pictures of one page differ at most: encoders draw them anew now and then."""
    slight = strengths[(strengths > 0) & (strengths < tuning.other_page_most)]
    usual = float(np.quantile(slight, 0.25, method="lower")) if len(slight) else 0.0
    limits = tuning.other_page, tuning.other_page_most
    return float(np.clip(tuning.times_usual_anew * usual, *limits))


def _comes_on(
    frames: Frames,
    detail: DetailPictures,
    shown: IntArray,
    before: Sequence[int],
    after: Sequence[int],
    *,
    tuning: PagesTuning,
) -> tuple[int, bool]:
    """The first frame of a page that follows another one, each given by its pictures, and whether
    that is sure.

    The cells that differ in detail differ in the fingerprints by little, but for as long as the
    pages stand: what they are like on either side says which frame belongs to which.
    """
    beside = max(int(tuning.beside_end / frames.step), 1)
    low, high = int(shown[before[-1]]), int(shown[after[0]])
    first = max(int(shown[before[0]]), low - beside)
    last = min(int(shown[after[-1]]), high + beside)
    changed = _changed(detail.picture(before[-1]), detail.picture(after[0]), tuning=tuning)
    cells = frames.flat[first : last + 1].reshape(-1, _SIDE * _SIDE, 3).astype(np.float64)
    if changed.any() and not changed.all():
        cells = _without_refreshes(cells, changed, tuning=tuning)
    old, new = cells[: low - first + 1].mean(axis=0), cells[high - first :].mean(axis=0)
    step = new - old
    if changed.any():
        step[~changed] = 0
    if np.abs(step).max() <= tuning.least_step:
        # Nothing says where: the middle is the least wrong.
        return (low + 1 + high) // 2, False
    is_sure = bool(np.abs(step).max() > tuning.sure_step)
    between = cells[low + 1 - first : high - first]
    like_new = ((between - (old + new) / 2) * step).sum(axis=(1, 2))
    # All frames before it are like the old page, and itself and all behind it like the new one.
    fit = np.concatenate([[0.0], np.cumsum(like_new)])
    return low + 1 + int(fit.argmin()), is_sure


def _without_refreshes(cells: Float64, changed: Flags, *, tuning: PagesTuning) -> Float64:
    """(frames, 256, 3) cells as if encoders had not drawn the picture anew in between: there all of
    it changes a little, also what no page changes.

    changed: (256,) the cells in which the pages differ.
    """
    steps = np.diff(cells, axis=0)
    elsewhere = (steps[:, ~changed] != 0).any(axis=2).mean(axis=1)
    refreshed = (elsewhere > tuning.refreshed) & (
        np.abs(steps[:, changed]).max(axis=(1, 2)) <= tuning.still_levels
    )
    drift = np.where(refreshed[:, None, None], steps, 0).cumsum(axis=0)
    out = cells.copy()
    out[1:] -= drift
    return out


def _changed(old: Float32, new: Float32, *, tuning: PagesTuning) -> Flags:
    """(256,) the fingerprint cells in which two detail pictures differ."""
    rows, columns = np.nonzero(np.abs(new - old) > tuning.changed_detail)
    cells = np.zeros((_SIDE, _SIDE), bool)
    cells[rows * _SIDE // old.shape[0], columns * _SIDE // old.shape[1]] = True
    return cells.ravel()
