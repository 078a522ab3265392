"""Pairs of tracks, and calls that compare them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from grpc import aio

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import (
    ComparisonOptions,
    ComputeComparisonRequest,
)
from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.compare.timeline import SegmentTrack
from tests.emulators.embed_service import embedding, segment_track
from tests.unit.compare.conftest import CompareService

INDEX = ComparisonOptions(alignment=compare_pb2.ALIGNMENT_MODE_INDEX)


def scenes(seed: int, count: int) -> SegmentTrack:
    """A video in which every segment shows something else."""
    return segment_track(np.random.default_rng(seed).standard_normal((count, 32)).tolist())


def edited(track: SegmentTrack, *changed: int) -> SegmentTrack:
    """The same video with other content in some segments."""
    vectors = track.vectors.copy()
    vectors[list(changed)] = scenes(99, len(changed)).vectors
    return SegmentTrack(vectors=vectors, starts=track.starts, ends=track.ends)


def add_pair(service: CompareService, a: SegmentTrack, b: SegmentTrack) -> None:
    service.embed.add(embedding("embeddings/a", video="videos/a"), {MODALITY_VISUAL: a})
    service.embed.add(embedding("embeddings/b", video="videos/b"), {MODALITY_VISUAL: b})


async def compute(service: CompareService, **fields: Any) -> compare_pb2.Comparison:
    request = ComputeComparisonRequest(**{"a": "videos/a", "b": "videos/b", **fields})
    comparison: compare_pb2.Comparison = await service.stub.ComputeComparison(
        request, metadata=service.metadata()
    )
    return comparison


async def refusal(service: CompareService, **fields: Any) -> aio.AioRpcError:
    with pytest.raises(aio.AioRpcError) as caught:
        await compute(service, **fields)
    return caught.value
