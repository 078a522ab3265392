"""How the levels of one version follow from those of the other."""

from __future__ import annotations

import numpy as np
import pytest

from services.compare.looks.colour import ColourFit, fit_colours
from services.compare.looks.tuning import TUNED
from services.compare.timeline import Float64, UInt8

_CELLS: UInt8 = np.clip(
    np.random.default_rng(1).normal((120, 128, 128), (50, 14, 14), (3000, 3)), 0, 255
).astype(np.uint8)


def _levels(values: Float64) -> UInt8:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _graded(cells: UInt8) -> UInt8:
    """Lifted shadows, and a warm tint of the lights."""
    luma = 30 + cells[:, 0] * 0.8
    blue, red = cells[:, 1] - 0.05 * cells[:, 0], cells[:, 2] + 0.05 * cells[:, 0]
    return _levels(np.stack([luma, blue, red], axis=1))


def _gamma(cells: UInt8) -> UInt8:
    bent = cells.astype(np.float64)
    bent[:, 0] = 255 * (bent[:, 0] / 255) ** 0.7
    return _levels(bent)


def _monochrome(cells: UInt8) -> UInt8:
    grey = cells.copy()
    grey[:, 1:] = 128
    return grey


def _fit(source: UInt8, target: UInt8) -> ColourFit:
    return fit_colours(source, target, tuning=TUNED)


def _applied(fit: ColourFit, cells: UInt8) -> Float64:
    applied: Float64 = fit.colour(cells[None])[0].astype(np.float64)
    return applied


@pytest.mark.parametrize("change", [_graded, _gamma, _monochrome])
def test_what_was_done_to_the_colours_is_found_again(change: object) -> None:
    assert callable(change)
    wanted = change(_CELLS)
    fit = _fit(_CELLS, wanted)
    assert np.abs(_applied(fit, _CELLS) - wanted).mean() < 1.5
    assert fit.residual < 1.5


def test_colours_that_stayed_stay() -> None:
    fit = _fit(_CELLS, _CELLS)
    assert np.abs(_applied(fit, _CELLS) - _CELLS).max() <= 2
    assert fit.relative < 0.02


def test_what_was_replaced_does_not_bend_the_fit() -> None:
    wanted = _graded(_CELLS)
    wanted[::5] = np.random.default_rng(2).integers(0, 256, wanted[::5].shape)
    fit = _fit(_CELLS, wanted)
    kept = np.arange(len(_CELLS)) % 5 != 0
    assert np.abs(_applied(fit, _CELLS) - wanted)[kept].mean() < 2.5


def test_colours_that_do_not_follow_leave_much() -> None:
    other = np.random.default_rng(3).permutation(_CELLS)
    assert _fit(_CELLS, other).relative > 10 * _fit(_CELLS, _graded(_CELLS)).relative


def test_levels_that_nobody_saw_stay_near_what_they_are() -> None:
    dark = _CELLS[_CELLS[:, 0] < 100]
    fit = _fit(dark, _graded(dark))
    bright = np.array([[235, 128, 128]], np.uint8)
    assert np.abs(_applied(fit, bright) - bright).max() < 90


def test_more_cells_than_are_needed_change_little() -> None:
    many = np.tile(_CELLS, (6, 1))
    few, all_of_them = _fit(_CELLS, _graded(_CELLS)), _fit(many, _graded(many))
    assert np.abs(_applied(few, _CELLS) - _applied(all_of_them, _CELLS)).mean() < 1
