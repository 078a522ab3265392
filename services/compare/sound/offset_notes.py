"""What people are told of sound that is early or late against its picture."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from services.compare.sound.lines import SAME_LENGTH
from services.compare.sound.offsets import LEAST_OFFSET, TOUCHING
from services.compare.sound.spoken_times import clock
from services.compare.timeline import CONTINUED, Region, RegionKind

# From here on viewers notice that sound is early or late (ITU-R BT.1359), in seconds.
_NOTICED_EARLY, _NOTICED_LATE = 0.045, 0.125


def offset_notes(regions: Sequence[Region]) -> list[str]:
    """What to tell people of offsets: `The sound is 0.120 s later than in A, from 0:00 to 0:41.`"""
    stretches: list[Region] = []
    for region in regions:
        last = stretches[-1] if stretches else None
        if last and abs(last.sound_offset - region.sound_offset) < LEAST_OFFSET / 2:
            stretches[-1] = replace(last, a_end=region.a_end)
        elif region.kind in (*CONTINUED, RegionKind.REPLACED):
            stretches.append(region)
    changes = [_change_note(*pair) for pair in itertools.pairwise(regions)]
    offsets = [_note(stretch) for stretch in stretches if stretch.sound_offset]
    return offsets + [note for note in changes if note]


def _note(stretch: Region) -> str:
    offset = stretch.sound_offset
    early = offset < 0
    noticed = abs(offset) >= (_NOTICED_EARLY if early else _NOTICED_LATE)
    return (
        f"The sound is {abs(offset):.3f} s {'earlier' if early else 'later'} than in A, "
        f"from {clock(stretch.a_start)} to {clock(stretch.a_end)}"
        f"{'' if noticed else ', which few people would notice'}."
    )


def _change_note(before: Region, after: Region) -> str:
    """What a change of the offset leaves out of the sound, or adds to it; mostly nothing."""
    more = after.sound_offset - before.sound_offset
    goes_on = before.kind in CONTINUED and after.kind in CONTINUED
    if abs(more) < SAME_LENGTH or not goes_on or not before.leads_to(after, TOUCHING):
        return ""
    when = clock(after.a_start)
    if more > 0:
        return f"At {when} B's sound has {more:.3f} s that A's has not."
    return f"At {when} B's sound leaves out {-more:.3f} s of A's."
