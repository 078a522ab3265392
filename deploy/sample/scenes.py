"""Scenes of the sample films: each a moving drawing of its own, with a sound of its own.

Everything is a function of time, so a scene can be played from anywhere and at any speed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 384, 216
Picture = NDArray[np.uint8]  # (HEIGHT, WIDTH, 3) RGB
Plane = NDArray[np.float32]
Samples = NDArray[np.float64]

_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
_Color = tuple[float, float, float]


def _mixed(background: _Color, ink: _Color, amount: Plane) -> Picture:
    """amount: 0 where the background shows, 1 where the ink does."""
    share = np.clip(amount, 0, 1)[..., None]
    paper, pen = np.array(background, np.float32), np.array(ink, np.float32)
    mixed = paper + (pen - paper) * share
    return mixed.astype(np.uint8)


def _disc(x: float, y: float, radius: float) -> Plane:
    far = np.hypot(_X - np.float32(x), _Y - np.float32(y))
    return np.asarray(np.clip(radius - far, 0, 1), np.float32)


def _sunrise(time: float) -> Picture:
    sky = _mixed((40, 30, 90), (250, 150, 90), _Y / HEIGHT)
    sun = _disc(90 + 40 * time, 170 - 30 * time, 34)
    sky[sun > 0.5] = (255, 226, 120)
    sky[int(HEIGHT * 0.82) :] = (24, 40, 30)
    return sky


def _skyline(time: float) -> Picture:
    picture = _mixed((16, 20, 36), (60, 70, 110), 1 - _Y / HEIGHT)
    for number in range(16):
        left = int(number * 34 - 30 * time)
        high = 50 + (number * 53) % 110
        lit = 90 + (number * 29) % 120
        picture[HEIGHT - high :, max(left, 0) : max(left + 26, 0)] = (lit // 3, lit // 2, lit)
        picture[HEIGHT - high + 10 : HEIGHT - high + 16, max(left + 6, 0) : max(left + 20, 0)] = (
            250,
            220,
            120,
        )
    return picture


def _waves(time: float) -> Picture:
    height = 0.5 + 0.5 * np.sin(_Y / 9 + 2 * np.sin(_X / 40 + 2.4 * time) - 3 * time)
    return _mixed((6, 50, 90), (140, 220, 230), height)


def _balls(time: float) -> Picture:
    picture = _mixed((235, 230, 215), (205, 195, 175), _X / WIDTH)
    for number, color in enumerate([(200, 40, 40), (30, 110, 60), (40, 60, 170), (220, 150, 20)]):
        x = 60 + number * 85 + 20 * np.sin(2 * time + number)
        y = 170 - 110 * abs(np.sin(2.3 * time + 0.9 * number))
        picture[_disc(x, y, 26) > 0.5] = color
    return picture


def _rings(time: float) -> Picture:
    far = np.hypot(_X - WIDTH / 2 - 60 * np.sin(time), _Y - HEIGHT / 2)
    return _mixed((30, 10, 40), (240, 90, 200), 0.5 + 0.5 * np.sin(far / 7 - 5 * time))


def _rain(time: float) -> Picture:
    fall = ((_Y + 0.35 * _X - 160 * time) % 47 < 14) & ((_X * 7919 // 6) % 5 < 2)
    return _mixed((70, 80, 84), (190, 205, 214), fall.astype(np.float32))


def _mosaic(time: float) -> Picture:
    angle = 0.35 * time
    u = np.cos(angle) * (_X - WIDTH / 2) - np.sin(angle) * (_Y - HEIGHT / 2)
    v = np.sin(angle) * (_X - WIDTH / 2) + np.cos(angle) * (_Y - HEIGHT / 2)
    tiles = (np.floor(u / 36) + np.floor(v / 36)) % 2
    return _mixed((20, 90, 80), (240, 200, 70), tiles)


def _curtain(time: float) -> Picture:
    folds = 0.5 + 0.5 * np.sin(_X / 13 + 0.8 * np.sin(_Y / 30 + 2 * time))
    return _mixed((70, 4, 14), (220, 40, 50), folds)


def _stars(time: float) -> Picture:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for number in range(30):
        spread = 20 + ((number * 37) % 90 + 60 * time) % 190
        turn = number * 2.39996
        x, y = WIDTH / 2 + spread * np.cos(turn), HEIGHT / 2 + spread * np.sin(turn)
        picture[_disc(x, y, 1.5 + spread / 40) > 0.3] = (220, 225, 255)
    return picture


DRAWINGS: Mapping[str, Callable[[float], Picture]] = {
    "sunrise": _sunrise,
    "skyline": _skyline,
    "waves": _waves,
    "balls": _balls,
    "rings": _rings,
    "rain": _rain,
    "mosaic": _mosaic,
    "curtain": _curtain,
    "stars": _stars,
}


def sound(scene: str, times: Samples, speed: float = 1.0) -> Samples:
    """What is heard of a scene at these times in seconds, between -1 and 1: a melody of its own.

    speed: how fast the times follow one another; pitches stay as they are.
    """
    number = list(DRAWINGS).index(scene)
    beat = times * (1.7 + 0.31 * number)
    step = np.floor(beat) % 5
    pitch = 140.0 * 1.11**number * 2 ** (((step * (number + 2)) % 7) / 12)
    envelope = np.exp(-3.0 * (beat % 1))
    return np.asarray(0.5 * envelope * np.sin(2 * np.pi * pitch * times / speed), np.float64)
