"""A sound that ends before the other one does.

What is stored of a sound goes on in silence until the last picture, so its end looks like other
sound. But nobody put silence in the place of anything there: it is the other sound's end that this
one lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.compare.sound.lines import SAME_LENGTH
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import CONTINUED, SOUND_STEP_SECONDS, Region, RegionKind, UInt8


def ended_early(
    regions: Sequence[Region], a: UInt8, b: UInt8, *, tuning: SoundTuning = TUNED
) -> list[Region]:
    """The regions with the end of one sound INSERTED or DELETED where the other has ended before.

    The side that has ended has no time there any more. regions: those of the sound, in order. a, b:
    (n, 16) levels, as frame tracks have them.
    """
    ended = _b_ended(regions, a, b, tuning)
    if ended is None:
        turned = _b_ended([region.mirrored() for region in regions], b, a, tuning)
        ended = None if turned is None else [region.mirrored() for region in turned]
    return list(regions) if ended is None else ended


def _b_ended(
    regions: Sequence[Region], a: UInt8, b: UInt8, tuning: SoundTuning
) -> list[Region] | None:
    kept = list(regions)
    faded = bool(kept) and kept[-1].kind in CONTINUED and kept[-1].seconds_a <= tuning.faded
    end = kept.pop().a_end if faded else None
    if not kept or not _equally_long_change(kept[-1]):
        return None
    changed = kept.pop()
    heard_a, heard_b = _heard_until(a, tuning), _heard_until(b, tuning)
    silent = max(heard_b - changed.sound_offset, changed.b_start)
    # A sound that is never heard cannot have ended.
    if not heard_b or heard_a <= changed.a_start or silent > changed.b_end - SAME_LENGTH:
        return None
    at_a, at_b = changed.a_start, changed.b_start
    if silent - at_b > SAME_LENGTH:
        at_a, at_b = at_a + (silent - at_b) * changed.rate, silent
        kept.append(replace(changed, a_end=at_a, b_end=at_b))
    missing = Region(
        kind=RegionKind.DELETED,
        a_start=at_a,
        a_end=changed.a_end if end is None else end,
        b_start=at_b,
        b_end=at_b,
    )
    return [*kept, missing]


def _equally_long_change(region: Region) -> bool:
    longer = region.seconds_a - region.rate * region.seconds_b
    return region.kind is RegionKind.REPLACED and abs(longer) <= SAME_LENGTH


def _heard_until(levels: UInt8, tuning: SoundTuning) -> float:
    """When a sound was heard last, in seconds."""
    heard = np.flatnonzero((levels > tuning.silence).any(axis=1))
    return (float(heard[-1]) + 1) * SOUND_STEP_SECONDS if len(heard) else 0.0
