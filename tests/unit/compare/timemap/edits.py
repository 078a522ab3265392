"""Made-up edits with their truth: what a comparison that makes no mistake finds of them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.compare.timeline import Region, RegionKind
from services.compare.timemap import PieceMap, map_of_regions

FRAME = 1 / 25
# How long an example takes says nothing where tests share cores.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Step:
    """What an editor did next with A: frames taken of A, and frames put into B for them."""

    kind: RegionKind
    frames_a: int
    frames_b: int


def step(kind: RegionKind, frames: int, other: int) -> Step:
    match kind:
        case RegionKind.INSERTED:
            return Step(kind, 0, frames)
        case RegionKind.DELETED:
            return Step(kind, frames, 0)
        case RegionKind.RETIMED:
            return Step(kind, frames, max(frames * (80 + other % 50) // 100, 1))
        case RegionKind.REPLACED:
            return Step(kind, frames, other)
        case _:
            return Step(kind, frames, frames)


def regions_of(steps: list[Step], moved: int = 0) -> list[Region]:
    """The regions of an edit list. A step that is MOVED goes `moved` steps further on in B."""
    order = list(range(len(steps)))
    for at, each in enumerate(steps):
        if each.kind is RegionKind.MOVED:
            order.remove(at)
            order.insert(min(at + moved, len(order)), at)
    starts_b, shown = {}, 0
    for at in order:
        starts_b[at] = shown
        shown += steps[at].frames_b
    regions, taken = [], 0
    for at, each in enumerate(steps):
        regions.append(
            Region(
                kind=each.kind,
                a_start=taken * FRAME,
                a_end=(taken + each.frames_a) * FRAME,
                b_start=starts_b[at] * FRAME,
                b_end=(starts_b[at] + each.frames_b) * FRAME,
                rate=each.frames_a / each.frames_b if each.kind is RegionKind.RETIMED else 1.0,
            )
        )
        taken += each.frames_a
    return regions


def map_of(regions: list[Region]) -> PieceMap:
    return map_of_regions(regions, max(region.b_end for region in regions))


steps = st.builds(step, st.sampled_from(RegionKind), st.integers(1, 400), st.integers(1, 400))
edit_lists = st.builds(
    regions_of,
    st.lists(steps, min_size=1, max_size=8).filter(lambda some: any(s.frames_a for s in some)),
    st.integers(0, 4),
)
