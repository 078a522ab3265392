from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.media.proxy.picture import Form, PictureConverter, shown_size

HD = Form(
    width=1920,
    height=1080,
    pixel_format="yuv420p",
    pixel_aspect=Fraction(1),
    rotation=0,
    interlaced=False,
    matrix=1,
    full_range=False,
)


@pytest.mark.parametrize(
    ("form", "size"),
    [
        (HD, (1280, 720)),
        (replace(HD, rotation=90), (720, 1280)),
        (replace(HD, width=640, height=360), (640, 360)),
        # PAL, wide: pixels are broader than high.
        (replace(HD, width=720, height=576, pixel_aspect=Fraction(64, 45)), (1024, 576)),
        # NTSC: pixels are narrower than high.
        (replace(HD, width=720, height=480, pixel_aspect=Fraction(8, 9)), (720, 540)),
        (replace(HD, width=4096, height=1716), (1280, 536)),
        (replace(HD, width=101, height=75), (100, 76)),
    ],
    ids=["hd", "upright", "small", "wide pixels", "narrow pixels", "scope", "odd"],
)
def test_a_proxy_is_shown_in_the_shape_of_the_original(form: Form, size: tuple[int, int]) -> None:
    assert shown_size(form) == size


@given(
    width=st.integers(1, 8192),
    height=st.integers(1, 8192),
    turned=st.sampled_from([0, 90, 180, 270]),
    aspect=st.fractions(Fraction(1, 4), 4),
)
def test_a_proxy_is_never_large(width: int, height: int, turned: int, aspect: Fraction) -> None:
    form = replace(HD, width=width, height=height, rotation=turned, pixel_aspect=aspect)
    size = shown_size(form)
    assert min(size) >= 2
    assert max(size) <= 1280
    assert min(size) <= 720
    assert all(side % 2 == 0 for side in size)


def coloured(colour: tuple[int, int, int], matrix: int, *, height: int = 64) -> VideoFrame:
    """A picture of one colour, as a camera of that matrix records it."""
    pixels = np.full((height, 64, 3), colour, np.uint8)
    frame = VideoFrame.from_ndarray(pixels, "rgb24").reformat(
        format="yuv420p", dst_colorspace=matrix, dst_color_range=1
    )
    frame.colorspace = matrix
    return frame


@pytest.mark.parametrize("matrix", [1, 5, 9], ids=["BT.709", "BT.601", "BT.2020"])
def test_colours_are_the_originals_whatever_its_matrix(matrix: int) -> None:
    """A saturated red, which a wrong matrix makes another one by far."""
    converter = PictureConverter(Fraction(1))
    shown = [*converter.add(0.0, coloured((200, 30, 40), matrix)), *converter.finish()]
    (_, picture), *_ = shown
    assert (picture.colorspace, picture.color_range, picture.format.name) == (1, 1, "yuv420p")
    pixel = picture.reformat(format="rgb24", src_colorspace=1).to_ndarray()[32, 32]
    assert np.abs(pixel.astype(int) - (200, 30, 40)).max() <= 6


def test_a_change_of_size_loses_no_picture() -> None:
    """Broadcasts change between their sizes in the middle."""
    converter = PictureConverter(Fraction(1))
    times = []
    for number in range(6):
        frame = coloured((90, 90, 90), 1, height=64 if number < 3 else 48)
        times += [time for time, _ in converter.add(number / 10, frame)]
    times += [time for time, _ in converter.finish()]
    assert times == pytest.approx([number / 10 for number in range(6)])
    assert converter.size == (64, 64)
