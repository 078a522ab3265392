"""What a video shows between any two times, from its segment vectors."""

from __future__ import annotations

import numpy as np

from services.compare.distance import unit_rows
from services.compare.timeline import Float32, Float64, SegmentTrack

_CHUNK_ROWS = 512


class Content:
    """Unit segment vectors with their running integral over time.

    vectors: (n, d) unit rows; starts, ends: (n,) seconds; step: the length of a full segment.
    """

    def __init__(self, track: SegmentTrack) -> None:
        self.vectors = unit_rows(track.vectors)
        self.starts = np.asarray(track.starts, np.float64)
        self.ends = np.asarray(track.ends, np.float64)
        self.edges = np.append(self.starts, self.ends[-1])
        self.duration = float(self.edges[-1])
        self.step = float(np.median(self.ends - self.starts))
        lengths = np.diff(self.edges)
        self._integral = np.zeros((len(self.vectors) + 1, self.vectors.shape[1]))
        np.cumsum(self.vectors * lengths[:, None], axis=0, out=self._integral[1:])

    def __len__(self) -> int:
        return len(self.vectors)

    def between(self, starts: Float64, ends: Float64) -> Float64:
        """(..., d) integral of the content from each start to each end, clamped to the video."""
        result: Float64 = self._until(np.asarray(ends)) - self._until(np.asarray(starts))
        return result

    def _until(self, times: Float64) -> Float64:
        clamped = np.clip(times, self.edges[0], self.edges[-1])
        row = np.clip(np.searchsorted(self.edges, clamped, "right") - 1, 0, len(self) - 1)
        into = clamped - self.edges[row]
        result: Float64 = self._integral[row] + self.vectors[row] * into[..., None]
        return result


def cosine(x: Float32 | Float64, y: Float32 | Float64) -> Float64:
    """Cosine along the last axis; 0 where one side is zero."""
    size = np.sqrt(np.vecdot(x, x) * np.vecdot(y, y))
    result: Float64 = np.vecdot(x, y) / np.maximum(size, 1e-9)
    return result


def window_distances(content: Content, starts: Float64, ends: Float64, vectors: Float32) -> Float64:
    """Cosine distance of each vector to what `content` shows from each start to each end."""
    distances = np.empty(len(vectors))
    for begin in range(0, len(vectors), _CHUNK_ROWS):
        rows = slice(begin, begin + _CHUNK_ROWS)
        distances[rows] = 1 - cosine(content.between(starts[rows], ends[rows]), vectors[rows])
    return distances
