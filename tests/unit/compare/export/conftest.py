"""A comparison to export: one difference of every kind, and names that try to break things."""

from __future__ import annotations

import pytest

from sage.compare.v1.compare_pb2 import (
    ALIGNMENT_MODE_SEQUENCE,
    METRIC_COSINE,
    PRESENCE_BOTH,
    PRESENCE_ONLY_IN_B,
    Box,
    Comparison,
    ComparisonHeader,
    ComparisonOptions,
    ComparisonSummary,
    DistanceBatch,
    ModalitySummary,
    Region,
    RegionKind,
    SegmentDistance,
)
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL, Embedding
from services.compare.export import Document
from services.compare.export.timecode import FrameClock

KINDS = ("UNCHANGED", "REPLACED", "INSERTED", "DELETED", "MOVED", "RETIMED")
SPANS = [
    ("UNCHANGED", 0.0, 4.0, 0.0, 4.0),
    ("REPLACED", 4.0, 6.0, 4.0, 6.0),
    ("INSERTED", 6.0, 6.0, 6.0, 7.8),
    ("DELETED", 6.0, 8.0, 7.8, 7.8),
    ("MOVED", 8.0, 10.0, 10.8, 12.8),
    ("RETIMED", 10.0, 14.0, 7.8, 10.8),
]


def region(kind: str, *span: float, modality: int = MODALITY_VISUAL) -> Region:
    a_start, a_end, b_start, b_end = span
    return Region(
        kind=RegionKind.Value(f"REGION_KIND_{kind}"),
        a_start=a_start,
        a_end=a_end,
        b_start=b_start,
        b_end=b_end,
        score=0.0 if kind == "UNCHANGED" else 0.25,
        confidence=0.9,
        rate=4 / 3 if kind == "RETIMED" else 1.0,
        modality=modality,  # type: ignore[arg-type]
    )


@pytest.fixture
def document() -> Document:
    regions = [region(kind, *span) for kind, *span in SPANS]
    regions[1].box.CopyFrom(Box(left=0.8, top=0.1, width=0.1, height=0.1))
    regions[1].a_start_frame = 100
    regions.append(region("REPLACED", 1.0, 2.0, 1.0, 2.0, modality=MODALITY_AUDIO))
    return Document(
        comparison=Comparison(
            header=ComparisonHeader(
                a=Embedding(video="videos/a", engine="local", model="m1", video_sha256="1" * 64),
                b=Embedding(video="videos/b", engine="local", model="m1", video_sha256="2" * 64),
                options=ComparisonOptions(
                    threshold=0.1,
                    metric=METRIC_COSINE,
                    alignment=ALIGNMENT_MODE_SEQUENCE,
                    refine=True,
                ),
            ),
            distances=[
                DistanceBatch(
                    modality=MODALITY_VISUAL,
                    segments=[
                        SegmentDistance(
                            presence=PRESENCE_BOTH,
                            a_start=0,
                            a_end=2,
                            b_start=0,
                            b_end=2,
                            distance=0.125,
                        ),
                        SegmentDistance(presence=PRESENCE_ONLY_IN_B, b_start=6, b_end=8),
                    ],
                )
            ],
            regions=regions,
            summary=ComparisonSummary(
                similarity_percent=80,
                duration_a=14,
                duration_b=12.8,
                difference_count=6,
                modalities=[
                    ModalitySummary(modality=MODALITY_VISUAL, similarity_percent=80),
                    ModalitySummary(modality=MODALITY_AUDIO),
                ],
                notes=["Mind the <b>gap</b>."],
            ),
        ),
        a_name='Ünï "first" <script>alert(1)</script>.mp4',
        b_name="../../etc/pass\nwd.mov",
        a_clock=FrameClock(25),
        b_clock=FrameClock(25),
    )
