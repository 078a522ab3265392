"""Made-up films with more detail than fingerprints keep, and what is done to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import FrameTrack
from tests.unit.compare.frames.films import FPS, frame_track, reencoded

SIDE = 96
Pictures = NDArray[np.float32]


def detailed_film(seconds: float, seed: int = 0) -> Pictures:
    """Scenes of 0.6 to 1.6 seconds that pan: (n, 96, 96, 3) levels of Y, Cb and Cr."""
    random = np.random.default_rng(seed)
    count = round(seconds * FPS)
    frames: list[Pictures] = []
    while len(frames) < count:
        length = int(random.integers(15, 40))
        size = SIDE + 2 * length
        down, across = random.uniform(-1.5, 1.5, 2)
        luma = random.normal(0, 1, (size, size)).cumsum(0).cumsum(1)
        luma = 120 + 45 * (luma - luma.mean()) / luma.std()
        chroma = random.normal(0, 1, (2, size, size)).cumsum(1).cumsum(2)
        chroma = 128 + 14 * chroma / np.abs(chroma).std()
        picture = np.stack([luma, *chroma], axis=-1).astype(np.float32)
        for k in range(length):
            top, left = (round(way * k + max(-way, 0) * length) for way in (down, across))
            frames.append(picture[top:, left:][:SIDE, :SIDE])
    return np.clip(np.stack(frames[:count]), 16, 235)


def fingerprints(pictures: Pictures) -> NDArray[np.uint8]:
    """(n, 16, 16, 3) cell means."""
    n, height, width, _ = pictures.shape
    cells = pictures.reshape(n, 16, height // 16, 16, width // 16, 3).mean(axis=(2, 4))
    return np.asarray(np.clip(np.rint(cells), 0, 255), np.uint8)


def track(pictures: Pictures, seed: int = 1, noise: float = 0.6) -> FrameTrack:
    """The frame track of a lossy encode."""
    return frame_track(reencoded(fingerprints(pictures), noise, seed))


def cropped(pictures: Pictures, left: int, top: int, size: int) -> Pictures:
    """A square part of the pictures (in pixels of 96), enlarged to all of them."""
    index = (np.arange(SIDE) * size) // SIDE
    part: Pictures = pictures[:, top + index][:, :, left + index]
    return part


def letterboxed(pictures: Pictures, bar: int) -> Pictures:
    """The pictures made lower, black above and below; bar: rows of 96."""
    inner = SIDE - 2 * bar
    edges = np.linspace(0, SIDE, inner + 1)
    sums = np.concatenate([np.zeros_like(pictures[:, :1]), np.cumsum(pictures, axis=1)], axis=1)
    low = np.floor(edges).astype(int)
    share = (edges - low).astype(np.float32)[None, :, None, None]
    at = sums[:, low] * (1 - share) + sums[:, np.minimum(low + 1, SIDE)] * share
    out: Pictures = np.zeros_like(pictures)
    out[..., 1:] = 128
    out[:, bar : bar + inner] = (
        np.diff(at, axis=1) / np.diff(edges).astype(np.float32)[:, None, None]
    )
    return out


def graded(pictures: Pictures, contrast: float, lift: float, saturation: float) -> Pictures:
    luma = (pictures[..., :1] - 16) * contrast + 16 + lift
    chroma = 128 + (pictures[..., 1:] - 128) * saturation
    return np.asarray(np.clip(np.concatenate([luma, chroma], -1), 0, 255), np.float32)


def with_logo(pictures: Pictures) -> Pictures:
    out: Pictures = pictures.copy()
    out[:, 6:18, 72:90] = (235, 128, 128)
    return out


def interlaced(pictures: Pictures) -> Pictures:
    """Every second picture, with every second row of the one that follows it."""
    out: Pictures = pictures[::2].copy()
    out[:, 1::2] = pictures[1::2][:, 1::2]
    return out


def mirrored(pictures: Pictures) -> Pictures:
    flipped: Pictures = pictures[:, :, ::-1]
    return flipped
