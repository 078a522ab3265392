"""Regions of long made-up pairs: every kind of cut, in turns, over all of the time."""

from __future__ import annotations

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality

_KINDS = ("UNCHANGED", "REPLACED", "UNCHANGED", "DELETED", "UNCHANGED", "INSERTED")


def many_regions(modality: Modality.ValueType, count: int, length: float) -> list[Region]:
    """`count` regions, each of `length` seconds on the sides that have it."""
    found: list[Region] = []
    a = b = 0.0
    for number in range(count):
        kind = _KINDS[number % len(_KINDS)]
        in_a = 0.0 if kind == "INSERTED" else length
        in_b = 0.0 if kind == "DELETED" else length
        found.append(
            Region(
                kind=RegionKind.Value(f"REGION_KIND_{kind}"),
                a_start=a,
                a_end=a + in_a,
                b_start=b,
                b_end=b + in_b,
                rate=1.0,
                score=0.35 if kind == "REPLACED" else 0.02,
                confidence=0.9,
                modality=modality,
            )
        )
        a, b = a + in_a, b + in_b
    return found
