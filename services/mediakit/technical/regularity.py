"""Whether pictures come at a constant rate, by their stamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.mediakit.technical.facts import PictureTiming

# A container rounds stamps to its unit; what is off an even grid by more is another rate.
_ROUNDED_UNITS = 1.01
_FEWEST = 3


def timing_of(stamps: Sequence[int] | NDArray[np.int64], unit: float) -> PictureTiming | None:
    """None for so few pictures that there is no rate.

    stamps: of all pictures in any order, in units of `unit` seconds. The last picture's own length
    does not count.
    """
    ordered = np.unique(np.asarray(stamps, np.int64))
    if len(ordered) < _FEWEST or not unit:
        return None
    steps = np.diff(ordered)
    grid = np.linspace(float(ordered[0]), float(ordered[-1]), len(ordered))
    off = float(np.abs(ordered - grid).max())
    return PictureTiming(
        constant=off <= _ROUNDED_UNITS,
        shortest=float(steps.min()) * unit,
        longest=float(steps.max()) * unit,
        pictures=len(ordered),
    )
