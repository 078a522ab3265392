"""Pictures of the page, compared coarsely: where things are and how light, not how letters look.

What is kept is a small grey picture, one dot for each square of 8 x 8 pixels. Fonts and smoothing
differ from machine to machine and blur away in it; a pane that is elsewhere, empty or of another
colour does not. `SAGE_KEEP_PICTURES=1` keeps what the page looks like now.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # (height, width)

_KEPT = Path(__file__).parent / "pictures"
_SQUARE = 8
# Greys from 0 to 255 by which a dot may differ, and the share of dots that may differ by more.
_TOLERATED = 32
_MOST_SHARE = 0.02


def coarse(png: bytes) -> Grey:
    """A dot for each whole square of a picture."""
    decoder = av.CodecContext.create("png", "r")
    frame = decoder.decode(av.Packet(png))[0]
    pixels = frame.to_ndarray(format="gray")
    height, width = (side // _SQUARE for side in pixels.shape)
    squares = pixels[: height * _SQUARE, : width * _SQUARE]
    dots = squares.reshape(height, _SQUARE, width, _SQUARE).mean(axis=(1, 3))
    return np.asarray(np.rint(dots), dtype=np.uint8)


def share_that_differs(one: Grey, other: Grey) -> float:
    """Of the dots; all of them when the sizes differ."""
    if one.shape != other.shape:
        return 1.0
    apart = np.abs(one.astype(np.int16) - other.astype(np.int16))
    return float((apart > _TOLERATED).mean())


def assert_looks_as_before(name: str, png: bytes) -> None:
    """Compares with what is kept under a name. A first picture has to be kept on purpose."""
    now = coarse(png)
    path = _KEPT / f"{name}.png"
    if os.environ.get("SAGE_KEEP_PICTURES"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encoded(now))
        return
    share = share_that_differs(now, decoded(path.read_bytes()))
    assert share <= _MOST_SHARE, (
        f"{share:.1%} of the page looks otherwise than {path.name}; look at it, and keep it with "
        "SAGE_KEEP_PICTURES=1 when that is meant"
    )


def encoded(dots: Grey) -> bytes:
    """As a PNG."""
    encoder = av.CodecContext.create("png", "w")
    encoder.height, encoder.width = dots.shape
    encoder.pix_fmt = "gray"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(dots, format="gray")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def decoded(png: bytes) -> Grey:
    frame = av.CodecContext.create("png", "r").decode(av.Packet(png))[0]
    return np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)
