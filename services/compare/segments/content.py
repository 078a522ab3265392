"""What a video shows between any two times, from its segment vectors."""

from __future__ import annotations

import numpy as np

from services.compare.segments.distance import unit_rows
from services.compare.timeline import Float32, Float64, SegmentTrack

_CHUNK_ROWS = 512


class Content:
    """Unit segment vectors on their timeline.

    vectors: (n, d) unit rows; starts, ends: (n,) seconds; edges: (n + 1,) where segments meet;
    step: the length of a full segment.
    """

    def __init__(self, track: SegmentTrack) -> None:
        self.vectors = unit_rows(track.vectors)
        self.starts = np.asarray(track.starts, np.float64)
        self.ends = np.asarray(track.ends, np.float64)
        self.edges = np.append(self.starts, self.ends[-1])
        self.duration = float(self.edges[-1])
        self.step = float(np.median(self.ends - self.starts))

    def __len__(self) -> int:
        return len(self.vectors)

    def between(self, starts: Float64, ends: Float64) -> Float32:
        """(..., d) integral of the content from each start to each end, clamped to the video."""
        begin = np.clip(starts, self.edges[0], self.edges[-1])
        end = np.clip(ends, self.edges[0], self.edges[-1])
        first = np.searchsorted(self.edges, begin, "right") - 1
        last = np.searchsorted(self.edges, end, "left") - 1
        spanned = int(np.max(last - first, initial=0)) + 1
        total = np.zeros((*begin.shape, self.vectors.shape[1]), np.float32)
        for further in range(spanned):
            row = np.clip(first + further, 0, len(self) - 1)
            inside = np.minimum(end, self.ends[row]) - np.maximum(begin, self.starts[row])
            inside = np.where(first + further < len(self), np.maximum(inside, 0), 0)
            if further == 0:
                np.multiply(self.vectors[row], inside[..., None].astype(np.float32), out=total)
            elif inside.any():
                total += self.vectors[row] * inside[..., None].astype(np.float32)
        return total


def evenly_spaced(a: SegmentTrack, b: SegmentTrack) -> tuple[SegmentTrack, SegmentTrack]:
    """Both tracks on segments of one length; as they are, if they have it but for their last."""
    lengths = np.concatenate([(a.ends - a.starts)[:-1], (b.ends - b.starts)[:-1]])
    if len(lengths) == 0:
        return a, b
    step = float(np.median(lengths))
    if float(np.abs(lengths - step).max()) < 0.02 * step:
        return a, b
    return _resampled(a, step), _resampled(b, step)


def _resampled(track: SegmentTrack, step: float) -> SegmentTrack:
    content = Content(track)
    count = max(1, round(content.duration / step))
    edges = np.minimum(step * np.arange(count + 1, dtype=np.float64), content.duration)
    edges[-1] = content.duration
    vectors = content.between(edges[:-1], edges[1:])
    return SegmentTrack(vectors=vectors, starts=edges[:-1], ends=edges[1:])


def cosine(x: Float32 | Float64, y: Float32 | Float64) -> Float64:
    """Cosine along the last axis: 0 where one side is zero, 1 where both are."""
    squares_x, squares_y = np.vecdot(x, x), np.vecdot(y, y)
    result: Float64 = np.vecdot(x, y) / np.maximum(np.sqrt(squares_x * squares_y), 1e-9)
    return np.where((squares_x == 0) & (squares_y == 0), 1.0, result)


def window_distances(content: Content, starts: Float64, ends: Float64, vectors: Float32) -> Float64:
    """Cosine distance of each vector to what `content` shows from each start to each end."""
    distances = np.empty(len(vectors))
    for begin in range(0, len(vectors), _CHUNK_ROWS):
        rows = slice(begin, begin + _CHUNK_ROWS)
        distances[rows] = 1 - cosine(content.between(starts[rows], ends[rows]), vectors[rows])
    return distances
