"""Made-up pairs of cuts with known edits, as the vectors an embedding engine would give.

A video is a row of shots; a shot has a base direction and drifts slowly round it. Frames are made
ten times a second, edits cut between frames, and segment vectors are pooled over 2 s, so that a cut
rarely falls on the segment grid. What re-encoding does is modelled as noise on B's vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import Region, RegionKind, SegmentTrack

FRAME = 0.1
SEGMENT_FRAMES = 20

Frames = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the vectors of one engine look like (variances of the parts of a frame vector)."""

    dimensions: int
    shared: float
    shot: float
    drift: float


PROFILES = {
    "contrastive": Profile(dimensions=512, shared=0.55, shot=0.30, drift=0.15),
    "isotropic": Profile(dimensions=512, shared=0.10, shot=0.65, drift=0.25),
    "self-supervised": Profile(dimensions=768, shared=0.04, shot=0.63, drift=0.33),
}


@dataclass(frozen=True, kw_only=True)
class EditedPair:
    name: str
    kind: str
    a: SegmentTrack
    b: SegmentTrack
    truth: list[Region]


@dataclass
class Studio:
    """Shoots footage and pools it to segments."""

    random: Random
    profile: Profile
    style: str
    attention: bool
    setups: list[Frames] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shared = self.direction() * np.sqrt(self.profile.shared)

    def direction(self) -> Frames:
        vector = self.random.standard_normal(self.profile.dimensions).astype(np.float32)
        return vector / np.linalg.norm(vector)

    def footage(self, frames: int) -> Frames:
        """(frames, d). Shots of a drama come back to earlier setups now and then."""
        drift = 0.033 if self.style == "static" else self.profile.drift
        shots: list[Frames] = []
        length = 0
        scene = self.direction()
        while length < frames:
            typical = {"drama": 60, "fast": 22, "static": 10 * frames}[self.style]
            shot_length = max(8, int(typical * self.random.lognormal(0, 0.6)))
            if self.style == "drama" and len(self.setups) > 2 and self.random.random() < 0.25:
                near = self.setups[-int(self.random.integers(2, min(len(self.setups), 6) + 1))]
                base = near + 0.25 * np.sqrt(self.profile.shot) * self.direction()
            else:
                if self.random.random() < 0.25:
                    scene = self.direction()
                own = np.sqrt(0.7) * self.direction() + np.sqrt(0.3) * scene
                base = np.sqrt(self.profile.shot) * own
            self.setups.append(base)
            shots.append(self.shared + base + self.wander(shot_length, drift))
            length += shot_length
        return np.concatenate(shots)[:frames]

    def wander(self, frames: int, variance: float) -> Frames:
        """A slow random walk that stays near zero (Ornstein-Uhlenbeck, 3.5 s memory)."""
        dimensions = self.profile.dimensions
        keep = np.float32(np.exp(-FRAME / 3.5))
        steps = self.random.standard_normal((frames, dimensions)).astype(np.float32)
        steps *= np.float32(np.sqrt(variance / dimensions))
        steps[1:] *= np.sqrt(1 - keep**2)
        for index in range(1, frames):
            steps[index] += keep * steps[index - 1]
        return steps

    def pooled(self, frames: Frames, weights: NDArray[np.float64], noise: float) -> SegmentTrack:
        """Segment vectors over 2 s; the last one may be short."""
        starts = np.arange(0, len(frames), SEGMENT_FRAMES)
        if len(frames) - starts[-1] < 5 and len(starts) > 1:
            starts = starts[:-1]
        weighted = frames * (weights[:, None] if self.attention else 1.0)
        vectors = np.add.reduceat(weighted.astype(np.float64), starts, axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if noise:
            level = noise * self.random.lognormal(-0.1, 0.45, len(vectors))
            size = np.sqrt(1 / (1 - np.minimum(level, 0.5)) ** 2 - 1)
            vectors += (
                self.random.standard_normal(vectors.shape)
                * (size / np.sqrt(vectors.shape[1]))[:, None]
            )
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        times = starts.astype(np.float64) * FRAME
        ends = np.r_[times[1:], len(frames) * FRAME]
        return SegmentTrack(vectors=vectors.astype(np.float32), starts=times, ends=ends)


@dataclass
class EditList:
    """Pieces of B in order: (kind, a_start, a_end, new footage or None, rate), in frames of A."""

    studio: Studio
    source: Frames
    pieces: list[tuple[RegionKind, int, int, Frames | None, float]] = field(default_factory=list)
    position: int = 0

    def keep_until(self, frame: int) -> None:
        if frame > self.position:
            self._add(RegionKind.UNCHANGED, frame)

    def insert(self, frames: int) -> None:
        self.pieces.append(
            (RegionKind.INSERTED, self.position, self.position, self._new(frames), 1.0)
        )

    def delete(self, frames: int) -> None:
        self._add(RegionKind.DELETED, self.position + frames)

    def replace(self, frames: int, by: int) -> None:
        self._add(RegionKind.REPLACED, self.position + frames, self._new(by))

    def alter(self, frames: int, distance: float) -> None:
        """The same footage with something added, e.g. a grade or an overlay."""
        end = self.position + frames
        change = self.studio.direction() * np.float32(np.sqrt(1 / (1 - distance) ** 2 - 1))
        self._add(RegionKind.REPLACED, end, self.source[self.position : end] + change)

    def retime(self, frames: int, rate: float) -> None:
        self._add(RegionKind.RETIMED, self.position + frames, rate=rate)

    def _new(self, frames: int) -> Frames:
        return self.studio.footage(frames)

    def _add(
        self,
        kind: RegionKind,
        end: int,
        frames: Frames | None = None,
        rate: float = 1.0,
    ) -> None:
        self.pieces.append((kind, self.position, end, frames, rate))
        self.position = end

    def move(self, start: int, frames: int, to: int) -> None:
        """Cuts [start, start + frames) out of A and shows it when A would show `to`."""
        for target in sorted((start, to)):
            self.keep_until(target)
            if target == to:
                self.pieces.append((RegionKind.MOVED, start, start + frames, None, 1.0))
            else:
                self.position += frames

    def render(
        self, weights: NDArray[np.float64]
    ) -> tuple[Frames, NDArray[np.float64], list[Region]]:
        """B's frames, their pooling weights and the true regions."""
        self.keep_until(len(self.source))
        shown: list[Frames] = []
        shown_weights: list[NDArray[np.float64]] = []
        truth: list[Region] = []
        clock = 0
        for kind, start, end, new, rate in self.pieces:
            if kind is RegionKind.DELETED:
                frames, own = self.source[:0], weights[:0]
            elif new is not None:
                frames = new
                own = self.studio.random.lognormal(0, 0.8, len(new))
            else:
                picked = (start + np.arange(round((end - start) / rate)) * rate).astype(np.int64)
                picked = np.minimum(picked, len(self.source) - 1)
                frames, own = self.source[picked], weights[picked]
            truth.append(
                Region(
                    kind=kind,
                    a_start=start * FRAME,
                    a_end=end * FRAME,
                    b_start=clock * FRAME,
                    b_end=(clock + len(frames)) * FRAME,
                    rate=rate,
                )
            )
            shown.append(frames)
            shown_weights.append(own)
            clock += len(frames)
        truth.sort(key=lambda region: (region.a_start, region.b_start))
        return np.concatenate(shown), np.concatenate(shown_weights), truth


def _spaced(
    random: Random, total: int, count: int, length: tuple[int, int]
) -> list[tuple[int, int]]:
    """`count` stretches (start, length) with room between them."""
    room = total // count
    stretches = []
    for index in range(count):
        size = min(int(random.integers(*length)), room * 2 // 3)
        start = index * room + int(random.integers(room // 8, max(room // 8 + 1, room - size - 4)))
        stretches.append((start, size))
    return stretches


def _on_grid(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    grid = SEGMENT_FRAMES
    return [(round(s / grid) * grid, max(1, round(n / grid)) * grid) for s, n in stretches]


def _few(
    action: Callable[[EditList, Random, int], None], grid: bool = False, most: int = 3
) -> Callable[[EditList, Random], None]:
    def edit(edits: EditList, random: Random) -> None:
        count = int(random.integers(1, most + 1))
        stretches = _spaced(random, len(edits.source), count, (50, 160))
        for start, length in _on_grid(stretches) if grid else stretches:
            edits.keep_until(start)
            action(edits, random, length)

    return edit


def _many(grid: bool) -> Callable[[EditList, Random], None]:
    def edit(edits: EditList, random: Random) -> None:
        stretches = _spaced(random, len(edits.source), 11, (25, 65))
        for start, length in _on_grid(stretches) if grid else stretches:
            edits.keep_until(start)
            _any_edit(edits, random, length)

    return edit


def _any_edit(edits: EditList, random: Random, length: int) -> None:
    choice = random.integers(3)
    if choice == 0:
        edits.insert(length)
    elif choice == 1:
        edits.delete(length)
    else:
        edits.replace(length, length)


def _move(grid: bool) -> Callable[[EditList, Random], None]:
    def edit(edits: EditList, random: Random) -> None:
        total = len(edits.source)
        length = int(random.integers(80, 140))
        early = int(random.integers(total // 10, total * 3 // 10))
        late = int(random.integers(total * 6 // 10, total - length - 30))
        if grid:
            ((early, length), (late, _)) = _on_grid([(early, length), (late, length)])
        if random.random() < 0.5:
            edits.move(early, length, late)
        else:
            edits.move(late, length, early)

    return edit


def _part_retimed(edits: EditList, random: Random) -> None:
    total = len(edits.source)
    length = int(random.integers(140, 260))
    edits.keep_until(int(random.integers(60, total - length - 60)))
    edits.retime(length, float(random.choice([0.9, 0.95, 1.05, 1.1, 1.25])))


def _whole_retimed(edits: EditList, random: Random) -> None:
    edits.retime(len(edits.source), float(random.choice([0.96, 1.0427, 1.05, 0.9])))


def _ends(edits: EditList, random: Random) -> None:
    total = len(edits.source)
    length = int(random.integers(12, 200))
    if random.random() < 0.5:
        edits.delete(length)
    else:
        edits.keep_until(total - length)
        edits.delete(length)


def _mixed(edits: EditList, random: Random) -> None:
    stretches = _spaced(random, len(edits.source), 4, (50, 130))
    retimed = int(random.integers(4)) if random.random() < 0.5 else -1
    for index, (start, length) in enumerate(stretches):
        edits.keep_until(start)
        if index == retimed:
            edits.retime(min(220, length * 2), float(random.choice([0.9, 1.1])))
        elif random.random() < 0.2:
            edits.replace(length, int(length * random.uniform(0.7, 1.3)))
        else:
            _any_edit(edits, random, length)


def _short(edits: EditList, random: Random) -> None:
    total = len(edits.source)
    length = int(random.integers(20, max(21, total // 3)))
    edits.keep_until(int(random.integers(15, total - length - 14)))
    _any_edit(edits, random, length)


def _nothing(edits: EditList, random: Random) -> None:
    del edits, random


def _unrelated(edits: EditList, random: Random) -> None:
    total = len(edits.source)
    edits.replace(total, int(total * random.uniform(0.7, 1.2)))


CASES: dict[str, tuple[str, Callable[[EditList, Random], None]]] = {
    "identical": ("", _nothing),
    "benign": ("", _nothing),
    "benign_static": ("static", _nothing),
    "replace_aligned": ("", _few(lambda e, r, n: e.replace(n, n), grid=True)),
    "replace_frac": ("", _few(lambda e, r, n: e.replace(n, n))),
    "replace_len": (
        "",
        _few(lambda e, r, n: e.replace(n, int(n * r.uniform(0.7, 1.4))), most=2),
    ),
    "replace_subtle": (
        "",
        _few(lambda e, r, n: e.alter(n, float(r.uniform(0.09, 0.15))), most=1),
    ),
    "insert_aligned": ("", _few(lambda e, r, n: e.insert(n), grid=True, most=2)),
    "insert_frac": ("", _few(lambda e, r, n: e.insert(n), most=2)),
    "delete_aligned": ("", _few(lambda e, r, n: e.delete(n), grid=True, most=2)),
    "delete_frac": ("", _few(lambda e, r, n: e.delete(n))),
    "move_aligned": ("", _move(grid=True)),
    "move": ("", _move(grid=False)),
    "speed_part": ("", _part_retimed),
    "speed_whole": ("", _whole_retimed),
    "trim": ("", _ends),
    "leader": ("", lambda e, r: e.insert(int(r.integers(50, 90)))),
    "shift": ("", lambda e, r: e.insert(int(r.integers(11, 19)))),
    "many_aligned": ("", _many(grid=True)),
    "many_small": ("", _many(grid=False)),
    "unrelated": ("", _unrelated),
    "static_subtle": ("static", _few(lambda e, r, n: e.alter(n, 0.05), most=1)),
    "static_cut": ("static", _few(_any_edit, most=2)),
    "short": ("", _short),
    "mixed": ("", _mixed),
    "outliers": ("", _few(_any_edit, most=2)),
}


def make_pair(kind: str, seed: int) -> EditedPair:
    """One pair; the same kind and seed give the same pair."""
    random = np.random.default_rng([seed, sorted(CASES).index(kind)])
    style, edit = CASES[kind]
    profile = PROFILES[sorted(PROFILES)[int(random.integers(len(PROFILES)))]]
    studio = Studio(
        random=random,
        profile=profile,
        style=style or ("fast" if random.random() < 0.3 else "drama"),
        attention=bool(random.random() < 0.35),
    )
    longest = {
        "short": (80, 260),
        "many_aligned": (1100, 1500),
        "many_small": (1300, 1600),
    }
    source = studio.footage(int(random.integers(*longest.get(kind, (650, 1350)))))
    weights = random.lognormal(0, 0.5, len(source))
    noise = 0.0 if kind == "identical" else float(random.uniform(0.005, 0.03))
    if studio.style == "static":
        noise = min(noise, 0.009)
    edits = EditList(studio, source)
    edit(edits, random)
    frames, frame_weights, truth = edits.render(weights)
    a = studio.pooled(source, weights, 0.0)
    b = studio.pooled(frames, frame_weights, noise)
    if kind == "outliers":
        for index in np.flatnonzero(random.random(len(b.vectors)) < 0.03):
            b.vectors[index] = studio.direction()
    return EditedPair(name=f"{kind}_{seed}", kind=kind, a=a, b=b, truth=truth)
