"""Made-up decks: pages of one template that differ by a letter, as embedded videos."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np

from services.compare.detail.track import DetailTrack
from services.compare.outcome import DifferenceOptions, EmbeddedVideo, Modality
from services.compare.picture import align_picture, with_detail
from services.compare.timeline import Region, RegionKind, SegmentTrack, UInt8
from tests.unit.compare.detail.pages import FPS, encoded, letter, put, video
from tests.unit.compare.detail.pages import page as template

Told = tuple[str, float, float, float, float]
# A page's number, and how long it stands in tenths of a second.
Deck = Sequence[tuple[int, int]]
_SECONDS_A_VECTOR = 2.0


def page(number: int) -> UInt8:
    """The template with a letter of its own, in black: a grey one changes a fingerprint by no more
    than encoders do, and ends of pages are then known to half a second only."""
    picture = template(1, lines=3)
    own = letter(9000 + 37 * number)
    put(picture, 1, 7, np.where(own < 200, np.uint8(20), own))
    return picture


def pictures(deck: Deck) -> UInt8:
    return np.concatenate(
        [np.repeat(page(number)[None], tenths * FPS // 10, axis=0) for number, tenths in deck]
    )


def embedded(shown: UInt8, seed: int, noise: float = 1.0) -> EmbeddedVideo:
    """As engines would have it, after an encoder; to the network all pages are alike."""
    made = video(encoded(shown, noise, seed))
    starts = np.arange(0, len(shown) / FPS, _SECONDS_A_VECTOR)
    ends = np.minimum(starts + _SECONDS_A_VECTOR, len(shown) / FPS)
    vectors = np.ones((len(starts), 4), np.float32)
    detail: Future[DetailTrack] = Future()
    detail.set_result(made.detail)
    return EmbeddedVideo(
        tracks={Modality.VISUAL: SegmentTrack(vectors=vectors, starts=starts, ends=ends)},
        frames=made.frames,
        detail=lambda _: detail,
    )


def differences(a: EmbeddedVideo, b: EmbeddedVideo) -> list[Told]:
    """What is told of two videos but for what is the same; a moved page as it is told."""
    options = DifferenceOptions()
    aligned = align_picture(a, b, options, lambda: None)
    assert aligned is not None
    told = with_detail(aligned, a, b, options, lambda: None).told()
    return [as_told(each) for each in told.regions if each.kind is not RegionKind.UNCHANGED]


def as_told(region: Region) -> Told:
    times = region.a_start, region.a_end, region.b_start, region.b_end
    first, second, third, fourth = (round(time, 3) for time in times)
    return region.kind.name, first, second, third, fourth


def found(a: Deck, b: Deck) -> list[Told]:
    return differences(embedded(pictures(a), seed=1), embedded(pictures(b), seed=2))
