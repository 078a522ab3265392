"""Detail pictures without a look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from services.compare.looks import Look, levelled_detail
from services.compare.looks.colour import ColourMap
from services.compare.looks.framing import SIDE, Framing
from services.compare.looks.matching import Matches
from services.compare.timeline import Float32, Float64

# What is darker than 60 becomes black.
CRUSHED = np.clip((np.arange(256) - 60) * 255 / 195, 0, 255)


@dataclass(frozen=True)
class OnePicture:
    pixels: Float32

    def __len__(self) -> int:
        return 1

    @property
    def times(self) -> Float64:
        return np.zeros(1)

    def picture(self, number: int) -> Float32:
        assert number == 0
        return self.pixels


def graded(*, of_a: bool) -> Look:
    curve = np.stack([CRUSHED, *np.full((2, 256), 128.0)], axis=1).astype(np.float32)
    none = np.zeros(0, np.int64)
    return Look(
        framing=Framing(),
        covered=np.zeros((SIDE, SIDE), bool),
        colour=ColourMap(curve, np.zeros((7, 3), np.float32)),
        colour_of_a=of_a,
        blending=None,
        matches=Matches(index_a=none, index_b=none, correlation=np.zeros(0, np.float32)),
        before=9.0,
        after=1.0,
    )


@pytest.mark.parametrize("of_a", [True, False])
def test_what_a_grade_makes_black_has_no_structure_on_either_side(of_a: bool) -> None:
    texture = np.random.default_rng(2).uniform(10, 58, (64, 64))
    texture[:, 32:] += 120
    plain = OnePicture(texture.astype(np.float32))
    dark = OnePicture(np.interp(texture, np.arange(256), CRUSHED).astype(np.float32))
    pair = (plain, dark) if of_a else (dark, plain)
    levelled = levelled_detail(graded(of_a=of_a), *pair)
    left, right = levelled.a.picture(0), levelled.b.picture(0)
    assert left == pytest.approx(right, abs=0.01)
    assert float(left[:, :32].std()) == 0.0
