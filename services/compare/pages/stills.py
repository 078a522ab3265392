"""The pages of one video: what its detail pictures show unchanged, for how long to the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.compare.detail.structure import compared, loudest
from services.compare.detail.track import DetailPictures
from services.compare.detail.tuning import TUNED as DETAIL
from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.pages.tuning import TUNED, PagesTuning
from services.compare.timeline import Float32, Float64, FrameTrack

_SIDE = 16
_BLOCK = 4096
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
    runs = [[0]]
    for number in range(1, len(shown)):
        check()
        if _is_other(frames, detail, shown, number - 1, number, tuning=tuning):
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


def _is_other(
    frames: Frames,
    detail: DetailPictures,
    shown: IntArray,
    before: int,
    after: int,
    *,
    tuning: PagesTuning,
) -> bool:
    old, new = detail.picture(before), detail.picture(after)
    # No window is further apart than the loudest one, which takes less to find out.
    if (
        loudest(old, new) > tuning.other_page
        and float(compared(old, new, tuning=DETAIL).strength.max()) > tuning.other_page
    ):
        return True
    cells = frames.flat[shown[[before, after]]].astype(np.int16)
    return bool(np.abs(cells[1] - cells[0]).max() > tuning.other_colours)


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
    old = _mean(frames, max(int(shown[before[0]]), low - beside), low)
    new = _mean(frames, high, min(int(shown[after[-1]]), high + beside))
    step = new - old
    changed = _changed(detail.picture(before[-1]), detail.picture(after[0]), tuning=tuning)
    is_sure = bool((np.abs(step) > tuning.sure_step).any())
    if (np.abs(step[changed]) > tuning.least_step).any():
        is_sure = bool((np.abs(step[changed]) > tuning.sure_step).any())
        step[~changed] = 0
    between = frames.flat[low + 1 : high].reshape(-1, _SIDE * _SIDE, 3)
    like_new = ((between - (old + new) / 2) * step).sum(axis=(1, 2))
    # All frames before it are like the old page, and itself and all behind it like the new one.
    fit = np.concatenate([[0.0], np.cumsum(like_new)])
    return low + 1 + int(fit.argmin()), is_sure


def _mean(frames: Frames, first: int, last: int) -> Float64:
    """(256, 3) the mean cells of the frames from first to last."""
    mean: Float64 = frames.flat[first : last + 1].mean(axis=0).reshape(-1, 3)
    return mean


def _changed(old: Float32, new: Float32, *, tuning: PagesTuning) -> np.ndarray:
    """(256,) the fingerprint cells in which two detail pictures differ."""
    rows, columns = np.nonzero(np.abs(new - old) > tuning.changed_detail)
    cells = np.zeros((_SIDE, _SIDE), bool)
    cells[rows * _SIDE // old.shape[0], columns * _SIDE // old.shape[1]] = True
    return cells.ravel()
