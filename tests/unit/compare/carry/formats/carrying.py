"""Places for the items of a document: where they were, elsewhere, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from services.compare.carry.document import Document, Item, Placement
from services.compare.carry.formats import read
from services.compare.carry.formats.time_scales import Starts
from tests.unit.compare.carry.formats.samples import Sample

Places = Mapping[str, Sequence[Placement]]


def opened(sample: Sample, content: bytes | None = None, written: float | None = None) -> Document:
    """written: what its times show where the other version begins; None for the same."""
    return read(
        sample.name,
        sample.content if content is None else content,
        frame_rate=sample.frame_rate,
        starts=Starts(read=sample.start, written=sample.start if written is None else written),
    )


def at(item: Item, shift: float = 0.0, note: str = "") -> Placement:
    end = None if item.end is None else item.end + shift
    return Placement(
        start=item.start + shift, end=end, note=note, taken_from=item.start if shift else None
    )


def shifted(document: Document, shift: float = 0.0) -> dict[str, list[Placement]]:
    return {item.key: [at(item, shift)] for item in document.items}


def times(document: Document) -> list[tuple[float, float | None]]:
    return [(item.start, item.end) for item in document.items]


def about(expected: Sequence[tuple[float, float | None]]) -> list[tuple[object, object]]:
    """Times that are these within a microsecond."""
    return [
        (pytest.approx(start, abs=1e-6), None if end is None else pytest.approx(end, abs=1e-6))
        for start, end in expected
    ]
