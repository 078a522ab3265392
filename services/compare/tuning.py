"""What the whole comparison was tuned by, package by package."""

from __future__ import annotations

from dataclasses import dataclass

from services.compare.detail.tuning import TUNED as DETAIL
from services.compare.detail.tuning import DetailTuning
from services.compare.frames.tuning import TUNED as FRAMES
from services.compare.frames.tuning import FramesTuning
from services.compare.looks.tuning import TUNED as LOOKS
from services.compare.looks.tuning import LooksTuning
from services.compare.pages.tuning import TUNED as PAGES
from services.compare.pages.tuning import PagesTuning
from services.compare.segments.tuning import TUNED as SEGMENTS
from services.compare.segments.tuning import SegmentsTuning
from services.compare.sound.tuning import TUNED as SOUND
from services.compare.sound.tuning import SoundTuning


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """The numbers of each package. The product always uses `TUNED`; benches try others."""

    segments: SegmentsTuning = SEGMENTS
    frames: FramesTuning = FRAMES
    looks: LooksTuning = LOOKS
    detail: DetailTuning = DETAIL
    pages: PagesTuning = PAGES
    sound: SoundTuning = SOUND


TUNED = Tuning()
