"""The cheapest way through B: for every frame the line it follows, or none when it is new.

A Viterbi search (Viterbi, 1967) over B's frames. The states are the hypotheses that may hold at a
frame, plus "new content". Following a line costs the frame distance over a scale between noise and
mismatch, both estimated from the pair; new content costs one unit; changing lines costs four, a
slip of a frame or two one or two. All costs are per 1/25 s, so that frame rates do not matter.
Frames whose best state stays the same are taken together, which leaves the path as it is and makes
hours of mostly unchanged video cheap.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.compare.frames.fingerprints import Frames, IntArray, frame_distances
from services.compare.frames.lines import FrameLine, line_distances
from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Float32, Float64

UNIT = 0.04
_CELL_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Scale:
    """noise: the usual distance of a frame to its re-encoded self.
    mismatch: the usual distance of unrelated frames.
    """

    noise: float
    mismatch: float

    @property
    def tau(self) -> float:
        """The distance at which following a line and being new are equally likely."""
        return float(np.sqrt(self.noise * self.mismatch))


@dataclass(frozen=True)
class _Cell:
    """A few seconds of B: its frames, the hypotheses possible there, and their distances."""

    frames: IntArray
    states: IntArray
    distances: Float32


def follow(
    a: Frames,
    b: Frames,
    hypotheses: list[FrameLine],
    check: Callable[[], None],
    *,
    tuning: FramesTuning,
) -> tuple[list[FrameLine], Scale]:
    """The stretches of B that follow a line, in order of B, and the scale they were judged on."""
    starts = np.array([line.b_start for line in hypotheses])
    ends = np.array([line.b_end for line in hypotheses])
    cells = []
    for start in np.arange(0.0, b.duration, _CELL_SECONDS):
        check()
        frames = b.between(float(start), float(start) + _CELL_SECONDS)
        if len(frames):
            first, last = float(b.times[frames[0]]), float(b.times[frames[-1]])
            possible = np.flatnonzero((starts <= last) & (ends >= first))
            cells.append(_cell(a, b, frames, hypotheses, possible))
    scale = _scale(a, b, cells, tuning=tuning)
    check()
    states = _viterbi(b, cells, hypotheses, scale, a.step, check, tuning=tuning)
    return _pieces(b, states, hypotheses), scale


def _cell(
    a: Frames, b: Frames, frames: IntArray, hypotheses: list[FrameLine], states: IntArray
) -> _Cell:
    distances = np.empty((len(frames), len(states)), np.float32)
    for column, state in enumerate(states):
        distances[:, column] = line_distances(a, b, hypotheses[state], frames)
    return _Cell(frames, states, distances)


def _scale(a: Frames, b: Frames, cells: list[_Cell], *, tuning: FramesTuning) -> Scale:
    random = np.random.default_rng(0)
    mismatch = float(
        np.median(
            frame_distances(a, b, random.integers(0, len(a), 600), random.integers(0, len(b), 600))
        )
    )
    mismatch = max(mismatch, 4 * tuning.least_noise)
    best = [cell.distances.min(axis=1) for cell in cells if len(cell.states)]
    nearest = np.concatenate(best) if best else np.zeros(0, np.float32)
    matched = nearest[nearest < 0.4 * mismatch]
    noise = float(np.median(matched)) if len(matched) else 0.0
    return Scale(noise=max(noise, tuning.least_noise), mismatch=mismatch)


def _viterbi(
    b: Frames,
    cells: list[_Cell],
    hypotheses: list[FrameLine],
    scale: Scale,
    step: float,
    check: Callable[[], None],
    *,
    tuning: FramesTuning,
) -> IntArray:
    """For every frame of B the index of its hypothesis, or -1."""
    rates = np.array([line.rate for line in hypotheses])
    offsets = np.array([line.offset for line in hypotheses])
    seconds = np.minimum(b.shown, tuning.longest_shown) / UNIT
    states = np.zeros(0, np.int64)
    value = np.zeros(0)
    new = 0.0
    # One entry a run: (frames, states, best previous state per state, previous state of "new").
    trace: list[tuple[IntArray, IntArray, IntArray, int]] = []
    for cell in cells:
        check()
        emission = np.minimum(cell.distances / scale.tau, tuning.most_emission)
        for low, high in _runs(emission):
            frames = cell.frames[low:high]
            weight = seconds[frames]
            cost = weight @ emission[low:high]
            if trace:
                position = float(b.times[frames[0]])
                penalty = _penalties(
                    position, states, cell.states, rates, offsets, step, tuning=tuning
                )
                through = value[:, None] + penalty
                entered = new + tuning.switch_cost / 2
                if len(states):
                    origin = through.argmin(axis=0)
                    reached = through[origin, np.arange(len(cell.states))]
                    from_new = entered < reached
                    previous = np.where(from_new, -1, states[origin])
                    reached = np.where(from_new, entered, reached)
                    leaving = int(value.argmin())
                    leave = float(value[leaving]) + tuning.switch_cost / 2
                else:
                    previous = np.full(len(cell.states), -1)
                    reached = np.full(len(cell.states), entered)
                    leaving, leave = -1, np.inf
                before_new = int(states[leaving]) if leave < new else -1
                new = min(leave, new) + float(weight.sum())
            else:
                previous = np.full(len(cell.states), -1)
                reached = np.zeros(len(cell.states))
                before_new = -1
                new = tuning.switch_cost / 2 + float(weight.sum())
            states, value = cell.states, reached + cost
            trace.append((frames, states, previous, before_new))
    return _trace_back(len(b), trace, value, new)


def _runs(emission: Float32) -> list[tuple[int, int]]:
    """Stretches of a cell in which the cheapest state is the same one."""
    with_new = np.concatenate([emission, np.ones((len(emission), 1), emission.dtype)], axis=1)
    best = with_new.argmin(axis=1)
    edges = np.concatenate([[0], np.flatnonzero(np.diff(best)) + 1, [len(best)]])
    return list(itertools.pairwise(edges.tolist()))


def _penalties(
    time_b: float,
    before: IntArray,
    after: IntArray,
    rates: Float64,
    offsets: Float64,
    step: float,
    *,
    tuning: FramesTuning,
) -> Float64:
    """Cost of going from every state before to every state after, at a time of B."""
    position = rates * time_b + offsets
    jump = position[after][None] - position[before][:, None]
    far = np.where(jump < 0, tuning.switch_cost + tuning.back_cost, tuning.switch_cost)
    turn = np.where(rates[after][None] != rates[before][:, None], 2 * tuning.slip_cost, 0.0)
    slip = tuning.slip_cost * np.maximum(np.abs(jump) / step, 0.5) + turn
    penalty = np.where(np.abs(jump) <= tuning.slip_frames * step, slip, far)
    penalty[before[:, None] == after[None]] = 0.0
    return penalty


def _trace_back(
    count: int,
    trace: list[tuple[IntArray, IntArray, IntArray, int]],
    value: Float64,
    new: float,
) -> IntArray:
    path = np.full(count, -1, np.int64)
    if not trace:
        return path
    last = trace[-1][1]
    state = int(last[value.argmin()]) if len(last) and float(value.min()) <= new else -1
    for frames, states, previous, before_new in reversed(trace):
        path[frames] = state
        state = before_new if state < 0 else int(previous[np.flatnonzero(states == state)[0]])
    return path


def _pieces(b: Frames, states: IntArray, hypotheses: list[FrameLine]) -> list[FrameLine]:
    edges = np.concatenate([[0], np.flatnonzero(np.diff(states)) + 1, [len(states)]])
    pieces = []
    for low, high in itertools.pairwise(edges.tolist()):
        if high > low and states[low] >= 0:
            end = float(b.times[high]) if high < len(b) else b.duration
            pieces.append(hypotheses[states[low]].at(float(b.times[low]), end))
    return pieces
