"""The vendor's list of vectors, sorted into tracks.

The list has no order and mixes modalities and scopes. Vectors of the whole file ("asset") are left
out: among segments one would look like a difference that spans the film.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

import numpy as np

from services.embed.artifacts.tracks import VectorTrack
from services.embed.engines.twelvelabs.failures import unusable
from services.embed.tasks.task_state import Modality

_MODALITIES = {
    "visual": Modality.VISUAL,
    "audio": Modality.AUDIO,
    "transcription": Modality.TRANSCRIPTION,
}
_SEGMENT_SCOPES = frozenset({"clip", "local"})


class Item(Protocol):
    """One vector as the SDK gives it."""

    @property
    def embedding(self) -> list[float]:
        """The vector, of the model's dimension."""
        ...

    @property
    def embedding_option(self) -> str | None:
        """Of what: `visual-text`, `audio` and the like; other ones than ours are passed over."""
        ...

    @property
    def embedding_scope(self) -> str | None:
        """Whether it is of a segment or of the whole asset."""
        ...

    @property
    def start_sec(self) -> float | None:
        """Seconds from the start of the video; None is a defect of the answer."""
        ...

    @property
    def end_sec(self) -> float | None:
        """Seconds from the start of the video; None is a defect of the answer."""
        ...


def tracks_of(items: Iterable[Item]) -> dict[Modality, VectorTrack]:
    """Segments by modality, in order of time; what is wrong with them is for the coverage check.

    Raises PermanentFailure when a segment has no times, or vectors differ in length.
    """
    by_modality: dict[Modality, list[Item]] = defaultdict(list)
    for item in items:
        modality = _MODALITIES.get(item.embedding_option or "")
        if modality is not None and item.embedding_scope in _SEGMENT_SCOPES:
            by_modality[modality].append(item)
    return {modality: _track(modality, found) for modality, found in by_modality.items()}


def _track(modality: Modality, items: list[Item]) -> VectorTrack:
    name = modality.value.lower()
    timed = [
        (item.start_sec, item.end_sec, item.embedding)
        for item in items
        if item.start_sec is not None and item.end_sec is not None
    ]
    if len(timed) < len(items):
        raise unusable(f"{len(items) - len(timed)} {name} segments have no times")
    lengths = sorted({len(vector) for _, _, vector in timed})
    if len(lengths) > 1:
        raise unusable(f"its {name} vectors have {lengths[0]} to {lengths[-1]} dimensions")
    timed.sort(key=lambda entry: entry[:2])
    return VectorTrack(
        vectors=np.array([vector for _, _, vector in timed], np.float32),
        starts=np.array([start for start, _, _ in timed], np.float64),
        ends=np.array([end for _, end, _ in timed], np.float64),
    )
