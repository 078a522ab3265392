"""Small made-up films, as the frame tracks and vectors that the engines would make of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import FrameTrack, Region, RegionKind, SegmentTrack

Frames = NDArray[np.uint8]
FPS = 25


def film(seconds: float, seed: int = 0) -> Frames:
    """Scenes of 1.5 to 4 seconds, each a picture that pans and brightens: (n, 16, 16, 3)."""
    random = np.random.default_rng(seed)
    frames: list[NDArray[np.float64]] = []
    count = round(seconds * FPS)
    while len(frames) < count:
        picture = random.normal(0, 1, (16, 16, 3)).cumsum(0).cumsum(1) * 4
        picture += random.uniform(70, 180, 3) - picture.mean((0, 1))
        pan = random.normal(0, 2.5, (16, 16, 3))
        frames += [picture + pan * step for step in range(int(random.integers(38, 100)))]
    return np.clip(np.array(frames[:count]), 0, 255).astype(np.uint8)


def reencoded(frames: Frames, noise: float = 1.0, seed: int = 1) -> Frames:
    """The same film after a lossy encoder."""
    random = np.random.default_rng(seed)
    noisy = frames + random.normal(0, noise, frames.shape)
    out: Frames = np.clip(np.round(noisy), 0, 255).astype(np.uint8)
    return out


def resampled(frames: Frames, rate: float = 1.0, fps: float = FPS) -> Frames:
    """The film played `rate` times as fast, at another frame rate."""
    count = round(len(frames) / FPS / rate * fps)
    index = np.floor((np.arange(count) + 0.5) / fps * rate * FPS).astype(int)
    chosen: Frames = frames[np.minimum(index, len(frames) - 1)]
    return chosen


def joined(*parts: Frames) -> Frames:
    return np.concatenate(parts)


def cut(frames: Frames, start: float, end: float) -> Frames:
    """The film between two times in seconds."""
    return frames[round(start * FPS) : round(end * FPS)]


def with_patch(frames: Frames, start: float, end: float, rows: slice, columns: slice) -> Frames:
    """The film with a bright patch over some cells for a while."""
    out = frames.copy()
    out[round(start * FPS) : round(end * FPS), rows, columns] = (235, 90, 200)
    return out


def frame_track(frames: Frames, fps: float = FPS) -> FrameTrack:
    return FrameTrack(
        times=np.arange(len(frames)) / fps, fingerprints=frames, duration=len(frames) / fps
    )


def segment_track(frames: Frames, seconds: float = 2.0, fine: float | None = 0.4) -> SegmentTrack:
    """A vector for each stretch: the mean picture, which stands in for an engine's vector."""
    size = round(seconds * FPS)
    starts = np.arange(0, len(frames), size)
    vectors = np.stack([frames[s : s + size].astype(np.float32).mean(0).ravel() for s in starts])
    return SegmentTrack(
        vectors=(vectors - 125).astype(np.float32),
        starts=starts / FPS,
        ends=np.minimum(starts + size, len(frames)) / FPS,
        fine=segment_track(frames, fine, None) if fine else None,
    )


def differences(regions: Sequence[Region]) -> list[tuple[str, float, float, float, float]]:
    """What is not UNCHANGED: kind and times, rounded to milliseconds."""
    return [
        (r.kind.value, *(round(t, 3) for t in (r.a_start, r.a_end, r.b_start, r.b_end)))
        for r in regions
        if r.kind is not RegionKind.UNCHANGED
    ]


def assert_tiles(regions: Sequence[Region], duration_a: float, duration_b: float) -> None:
    """The regions cover both timelines without gap or overlap."""
    for side, duration in (("a", duration_a), ("b", duration_b)):
        spans = sorted((getattr(r, f"{side}_start"), getattr(r, f"{side}_end")) for r in regions)
        at = 0.0
        for start, end in spans:
            assert abs(start - at) < 1e-6, f"{side}: {start} does not follow {at}"
            assert end >= start
            at = end
        assert abs(at - duration) < 1e-6
