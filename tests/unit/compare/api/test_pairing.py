"""Which two embeddings a call compares, and which it refuses."""

from __future__ import annotations

import grpc
import numpy as np

from sage.compare.v1.compare_pb2 import (
    ComparisonOptions,
    ComputeComparisonRequest,
)
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from tests.emulators.embed_service import embedding
from tests.unit.compare.api.calls import INDEX, add_pair, compute, edited, refusal, scenes
from tests.unit.compare.conftest import CompareService, error_info


async def test_vectors_are_fetched_once(compare_service: CompareService) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, edited(a, 3))
    first = await compute(compare_service, options=INDEX)
    assert await compute(compare_service, options=INDEX) == first
    await compute(compare_service, options=ComparisonOptions(threshold=0.3))
    assert compare_service.embed.calls["StreamSegments"] == 2


async def test_another_workspace_is_never_served_from_the_cache(
    compare_service: CompareService,
) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, a)
    request = ComputeComparisonRequest(a="videos/a", b="videos/b", options=INDEX)
    for workspace in ("w1", "w2"):
        metadata = compare_service.metadata(workspace)
        await compare_service.stub.ComputeComparison(request, metadata=metadata)
        assert compare_service.embed.tokens[-1] == metadata[0][1]
    assert compare_service.embed.calls["StreamSegments"] == 4


async def test_a_video_without_embedding_is_not_ready(compare_service: CompareService) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    error = await refusal(compare_service, b="videos/other")
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert error_info(error).reason == "EMBEDDING_NOT_READY"
    assert error_info(error).metadata["name"] == "videos/other"


async def test_an_engine_that_does_not_exist_is_named(compare_service: CompareService) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    error = await refusal(compare_service, options=ComparisonOptions(engine="lokal"))
    assert error_info(error).reason == "UNKNOWN_ENGINE"
    assert error.details() == "There is no engine 'lokal'. Choose one of local."


async def test_embeddings_of_two_models_are_not_comparable(
    compare_service: CompareService,
) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    compare_service.embed.add(
        embedding("embeddings/c", video="videos/c", model="local-2", seconds=5),
        {MODALITY_VISUAL: scenes(1, 4)},
    )
    error = await refusal(compare_service, b="videos/c")
    info = error_info(error)
    assert info.reason == "EMBEDDINGS_NOT_COMPARABLE"
    assert (info.metadata["a_model"], info.metadata["b_model"]) == ("local-1", "local-2")
    assert (info.metadata["a_segment_seconds"], info.metadata["b_segment_seconds"]) == ("2", "5")


async def test_the_best_engine_that_has_both_is_chosen(compare_service: CompareService) -> None:
    compare_service.embed.engines = ["best", "local"]
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    for side in "ab":
        compare_service.embed.add(
            embedding(f"embeddings/best{side}", video=f"videos/{side}", engine="best"),
            {MODALITY_VISUAL: scenes(2, 4)},
        )
    assert (await compute(compare_service)).header.options.engine == "best"
    asked = await compute(compare_service, options=ComparisonOptions(engine="local"))
    assert asked.header.a.name == "embeddings/a"


async def test_a_missing_embedding_is_not_found(compare_service: CompareService) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    error = await refusal(compare_service, a="embeddings/none")
    assert error.code() is grpc.StatusCode.NOT_FOUND
    assert error_info(error).metadata["name"] == "embeddings/none"


async def test_a_modality_that_nobody_has_is_refused(compare_service: CompareService) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    error = await refusal(compare_service, options=ComparisonOptions(modality=MODALITY_AUDIO))
    assert error_info(error).reason == "MODALITY_MISSING"


async def test_vectors_that_are_not_numbers_are_refused(compare_service: CompareService) -> None:
    broken = scenes(1, 4)
    broken.vectors[2, 3] = np.nan
    add_pair(compare_service, scenes(1, 4), broken)
    error = await refusal(compare_service)
    assert error_info(error).reason == "INVALID_VECTORS"
    assert error.code() is grpc.StatusCode.DATA_LOSS


async def test_vectors_of_the_wrong_shape_are_refused(compare_service: CompareService) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    compare_service.embed.damaged = True
    assert error_info(await refusal(compare_service)).reason == "INVALID_VECTORS"
