"""Made-up videos of pages of text, as the tracks that are made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.compare.detail.refining import refined
from services.compare.detail.track import DetailTrack
from services.compare.frames import RefineOptions, refine_alignment
from services.compare.timeline import Alignment, FrameTrack, Region, RegionKind, UInt8
from tests.fixtures.detail_tracks import cells, detail_track, encode_detail_track

FPS = 10
ROWS, COLUMNS = 184, 320
# A letter is so many pixels high and wide, with its share of the space between letters.
HEIGHT, WIDTH = 12, 10
OPTIONS = RefineOptions(threshold=0.1, min_region=0.0, min_move=1.0, merge_gap=0.0)


@dataclass(frozen=True)
class Video:
    """What the engines would make of it."""

    frames: FrameTrack
    detail: DetailTrack


def letter(seed: int) -> UInt8:
    """Strokes of two pixels, no two letters alike: (HEIGHT, WIDTH), grey on white.

    Black ones would change a fingerprint enough to be found without detail.
    """
    strokes = np.random.default_rng(seed).random((5, 4)) < 0.5
    strokes[seed % 5] = True
    inked = np.kron(strokes, np.ones((2, 2), bool))
    drawn = np.full((HEIGHT, WIDTH), 235, np.uint8)
    drawn[:10, :8][inked] = 135
    return drawn


def page(seed: int, lines: int = 5, letters: int = 20) -> UInt8:
    picture = np.full((ROWS, COLUMNS), 235, np.uint8)
    for line in range(lines):
        for place in range(letters):
            put(picture, line, place, letter(1000 * seed + 100 * line + place))
    return picture


def put(picture: UInt8, line: int, place: int, drawn: UInt8) -> None:
    top, left = top_left(line, place)
    picture[top : top + HEIGHT, left : left + WIDTH] = drawn


def top_left(line: int, place: int) -> tuple[int, int]:
    return 20 + 30 * line, 30 + WIDTH * place


def shown(picture: UInt8, seconds: float) -> UInt8:
    """The page with a mark that runs along its foot, by which frames can be told apart."""
    pictures = np.repeat(picture[None], round(seconds * FPS), axis=0)
    for number, each in enumerate(pictures):
        each[172:, 4 * number % 280 : 4 * number % 280 + 40] = 60
    return pictures


def rolling(text: UInt8, seconds: float, speed: int) -> UInt8:
    """A tall picture of text that comes in at the foot, `speed` pixels a frame."""
    high = np.full((ROWS + len(text) + ROWS, COLUMNS), 235, np.uint8)
    high[ROWS : ROWS + len(text)] = text
    tops = np.minimum(np.arange(round(seconds * FPS)) * speed, len(high) - ROWS)
    return np.stack([high[top : top + ROWS] for top in tops])


def encoded(pictures: UInt8, noise: float, seed: int) -> UInt8:
    """After a lossy encoder: noise that lasts for half a second, more of it where there is more to
    encode."""
    random = np.random.default_rng(seed)
    edges = np.abs(np.diff(pictures.astype(np.int16), axis=2, prepend=pictures[:, :, :1]))
    out = np.empty_like(pictures)
    held = random.normal(0, 1, pictures.shape[1:])
    for number, picture in enumerate(pictures):
        if number % (FPS // 2) == 0:
            held = random.normal(0, 1, pictures.shape[1:])
        noisy = picture + noise * held * (1 + edges[number] / 60)
        out[number] = np.clip(noisy.round(), 0, 255)
    return out


def stored_detail(pictures: UInt8) -> bytes:
    times = np.arange(len(pictures)) / FPS
    pairs = zip(times.tolist(), pictures, strict=True)
    return encode_detail_track(pairs, len(pictures) / FPS)


def video(pictures: UInt8) -> Video:
    times, duration = np.arange(len(pictures)) / FPS, len(pictures) / FPS
    prints: list[UInt8] = []
    for number, picture in enumerate(pictures):
        again = number > 0 and np.array_equal(picture, pictures[number - 1])
        prints.append(prints[-1] if again else cells(picture))
    frames = FrameTrack(times=times, fingerprints=np.stack(prints), duration=duration)
    return Video(frames, detail_track(stored_detail(pictures)))


def compared(a: Video, b: Video, options: RefineOptions = OPTIONS) -> Alignment:
    """Along the alignment of their fingerprints."""
    coarse = refine_alignment(None, a.frames, b.frames, options=options)
    return refined(coarse, a.detail, b.detail, a.frames, b.frames, None, options, lambda: None)


def replaced(alignment: Alignment) -> list[Region]:
    return [region for region in alignment.regions if region.kind is RegionKind.REPLACED]


def mirrored(regions: list[Region]) -> list[tuple[float, ...]]:
    """The times of the regions with A and B changed over."""
    return [times(region)[2:] + times(region)[:2] for region in regions]


def times(region: Region) -> tuple[float, ...]:
    places = (region.a_start, region.a_end, region.b_start, region.b_end)
    return tuple(round(place, 6) for place in places)
