"""The answer to two versions of three hours, as the gateway streams it to the page."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from sage.compare.v1.compare_pb2 import (
    CompareVideosResponse,
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
from tests.bench.many_regions import many_regions

SECONDS = 3 * 3600.0
THRESHOLD = 0.1
_SEGMENT = 2.0
_BATCH = 500
_TRAILERS = b"grpc-status: 0\r\n"
_IS_TRAILERS = 0x80


def grpc_web_body(regions: int, a: str, b: str) -> bytes:
    """The stream as one body: `regions` of them, half of the picture and half of the sound."""
    messages = b"".join(_frame(0, each.SerializeToString()) for each in _messages(regions, a, b))
    return messages + _frame(_IS_TRAILERS, _TRAILERS)


def _frame(flags: int, content: bytes) -> bytes:
    return struct.pack(">BI", flags, len(content)) + content


def _messages(regions: int, a: str, b: str) -> Iterator[CompareVideosResponse]:
    modalities = (MODALITY_VISUAL, MODALITY_AUDIO)
    yield CompareVideosResponse(
        header=ComparisonHeader(
            a=Embedding(video=a, engine="local", model="m"),
            b=Embedding(video=b, engine="local", model="m"),
            modalities=modalities,
            options=ComparisonOptions(threshold=THRESHOLD),
        )
    )
    each_modality = regions // len(modalities)
    for modality in modalities:
        found = many_regions(modality, each_modality, SECONDS / each_modality)
        segments = _segments(found)
        for first in range(0, len(segments), _BATCH):
            batch = DistanceBatch(modality=modality, segments=segments[first : first + _BATCH])
            yield CompareVideosResponse(distances=batch)
        for region in found:
            yield CompareVideosResponse(region=region)
    yield CompareVideosResponse(
        summary=ComparisonSummary(
            duration_a=found[-1].a_end,
            duration_b=found[-1].b_end,
            modalities=[ModalitySummary(modality=each) for each in modalities],
        )
    )


def _segments(regions: list[Region]) -> list[SegmentDistance]:
    """Those that both have; distances spread, so that every step of the threshold changes some."""
    random = np.random.default_rng(1)
    segments = []
    for region in regions:
        same = region.kind == RegionKind.REGION_KIND_UNCHANGED
        if region.a_end == region.a_start or region.b_end == region.b_start:
            continue
        for at in np.arange(0, region.a_end - region.a_start, _SEGMENT):
            distance = random.uniform(0, THRESHOLD) if same else random.uniform(THRESHOLD, 0.6)
            a, b = region.a_start + at, region.b_start + at
            segments.append(
                SegmentDistance(
                    a_start=a, a_end=a + _SEGMENT, b_start=b, b_end=b + _SEGMENT, distance=distance
                )
            )
    return segments
