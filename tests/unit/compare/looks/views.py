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


def squeezed(pictures: Pictures, black: int) -> Pictures:
    """The whole width between black bars of so many pixels of 96 on the left and the right."""
    width = SIDE - 2 * black
    at = np.clip((np.arange(width) + 0.5) * SIDE / width - 0.5, 0, SIDE - 1)
    low = np.minimum(at.astype(int), SIDE - 2)
    share = (at - low).astype(np.float32)[:, None]
    out = np.full_like(pictures, 128)
    out[..., 0] = 16
    inner = pictures[:, :, low] * (1 - share) + pictures[:, :, low + 1] * share
    out[:, :, black : SIDE - black] = inner
    return out


def panned(pictures: Pictures, lefts: NDArray[np.float64]) -> Pictures:
    """Three quarters of the width, enlarged to all of it. lefts: (n,) where each picture's part
    begins, in pixels, 0 to 24; between pixels it is mixed of both."""
    columns = np.arange(SIDE) * 0.75
    out: Pictures = np.empty_like(pictures)
    for number, left in enumerate(lefts.tolist()):
        at = np.minimum(left + columns, SIDE - 1)
        low = np.minimum(at.astype(int), SIDE - 2)
        share = (at - low).astype(np.float32)[None, :, None]
        out[number] = pictures[number][:, low] * (1 - share) + pictures[number][:, low + 1] * share
    return out


def from_shot_to_shot(pictures: Pictures) -> NDArray[np.float64]:
    """Another place for each shot."""
    change = np.abs(np.diff(pictures[:, ::4, ::4, 0], axis=0)).mean(axis=(1, 2))
    shot = np.cumsum(np.concatenate([[False], change > 4 * np.median(change)]))
    places: NDArray[np.float64] = np.random.default_rng(4).uniform(0, 24, int(shot[-1]) + 1)[shot]
    return places


def slowly(pictures: Pictures) -> NDArray[np.float64]:
    """From the left to the right and half the way back."""
    turn: NDArray[np.float64] = np.linspace(0, 1.5 * np.pi, len(pictures))
    return 12 - 12 * np.cos(turn)


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


def strongly_contrasted(pictures: Pictures) -> Pictures:
    """Shadows and lights end in black and white."""
    luma = 255 / (1 + np.exp((128 - pictures[..., :1]) / 16))
    chroma = 128 + (pictures[..., 1:] - 128) * 1.4
    return np.asarray(np.clip(np.concatenate([luma, chroma], -1), 0, 255), np.float32)


def split_toned(pictures: Pictures) -> Pictures:
    """Blue shadows and orange lights, with a turn in between."""
    light = 2 / (1 + np.exp((128 - pictures[..., 0]) / 6)) - 1
    tone = np.stack([8 * light, -40 * light, 34 * light], axis=-1)
    return np.asarray(np.clip(pictures + tone, 0, 255), np.float32)


def grained_texture(pictures: Pictures, levels: float, seed: int = 9) -> Pictures:
    """The pictures with texture that is finer than a fingerprint's cells, the same in all."""
    texture = np.random.default_rng(seed).normal(0, levels, pictures.shape[1:3])
    out: Pictures = pictures.copy()
    # Half of the picture has it: a brick wall beside a wall of plaster.
    out[:, :, : SIDE // 2, 0] += texture[:, : SIDE // 2]
    return np.clip(out, 16, 235)


def deck(pages: int, seconds: float = 3.0) -> Pictures:
    """White pages of one template: lines that begin at the left, some words of which differ."""
    random = np.random.default_rng(12)
    page: Pictures = np.full((SIDE, SIDE, 3), 128, np.float32)
    page[..., 0] = 235
    for top in range(10, 80, 12):
        page[top : top + 3, 8 : int(random.integers(30, 50)), 0] = 40
    made = []
    for _ in range(pages):
        own = page.copy()
        for top in range(22, 70, 12):
            own[top : top + 3, 30 : int(random.integers(34, 56)), 0] = random.integers(40, 90)
        made.append(np.repeat(own[None], round(seconds * FPS), axis=0))
    return np.concatenate(made)


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


def negative(pictures: Pictures) -> Pictures:
    """Light and dark exchanged, and each colour with its complement."""
    return 255 - pictures
