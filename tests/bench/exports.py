"""How long exports of a long pair take: four hours, 2,000 regions.

    python -m tests.bench.exports [--regions 2000]

Times are processor time, the best of three runs, beside that of writing the same comparison as JSON
with protobuf's own writer, the peer. Ends with status 1 when a format takes longer than 3 s.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np
from google.protobuf.json_format import MessageToJson

from sage.compare.v1.compare_pb2 import (
    Comparison,
    ComparisonHeader,
    ComparisonSummary,
    DistanceBatch,
    ExportFormat,
    ModalitySummary,
    SegmentDistance,
)
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL, Embedding
from services.compare import export
from services.compare.export.timecode import FrameClock
from tests.bench.alignment import best_of
from tests.bench.many_regions import many_regions

_SECONDS = 4 * 3600.0
_MOST_SECONDS = 3.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--regions", type=int, default=2000)
    document = long_document(parser.parse_args(arguments).regions)
    peer = best_of(3, lambda: MessageToJson(document.comparison))
    regions = len(document.comparison.regions)
    print(f"Exports of {_SECONDS / 3600:.0f} hours with {regions} regions")
    print(f"  {'protobuf as JSON':<24}{peer:8.3f} s")
    slow = 0
    for name, value in ExportFormat.items():
        if value == ExportFormat.EXPORT_FORMAT_UNSPECIFIED:
            continue
        taken = best_of(3, lambda chosen=value: export.write(chosen, document))  # type: ignore[misc]
        slow += taken > _MOST_SECONDS
        label = name.removeprefix("EXPORT_FORMAT_").lower().replace("_", "-")
        print(f"  {label:<24}{taken:8.3f} s {taken / peer:7.2f} x the peer")
    return 1 if slow else 0


def long_document(count: int) -> export.Document:
    """Half of the regions are of the picture, half of the sound; every kind of cut."""
    comparison = Comparison(
        header=ComparisonHeader(
            a=Embedding(video="videos/a", engine="local", model="m"),
            b=Embedding(video="videos/b", engine="local", model="m"),
        ),
        summary=ComparisonSummary(
            duration_a=_SECONDS,
            duration_b=_SECONDS,
            modalities=[
                ModalitySummary(modality=each) for each in (MODALITY_VISUAL, MODALITY_AUDIO)
            ],
        ),
    )
    # To the frame.
    length = round(_SECONDS / (count // 2) * 25) / 25
    for modality in (MODALITY_VISUAL, MODALITY_AUDIO):
        comparison.regions.extend(many_regions(modality, count // 2, length))
        starts = np.arange(0, _SECONDS, 2.0)
        segments = (
            SegmentDistance(a_start=at, a_end=at + 2, b_start=at, b_end=at + 2, distance=0.01)
            for at in starts
        )
        comparison.distances.append(DistanceBatch(modality=modality, segments=segments))
    clock = FrameClock(25.0)
    return export.Document(
        comparison=comparison, a_name="a.mov", b_name="b.mov", a_clock=clock, b_clock=clock
    )


if __name__ == "__main__":
    sys.exit(main())
