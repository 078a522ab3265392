"""Technical differences, asked for over a real socket."""

from __future__ import annotations

import grpc
import pytest
from grpc import aio

from sage.compare.v1 import technical_pb2
from sage.compare.v1.technical_pb2 import (
    TECHNICAL_GROUP_PICTURE,
    TECHNICAL_SEVERITY_IMPORTANT,
    GetTechnicalDifferencesRequest,
    SubtitleDifference,
    TechnicalDifferences,
)
from sage.ingest.v1.technical_pb2 import TECHNICAL_FACTS_VIEW_FULL
from tests.emulators.embed_service import embedding
from tests.unit.compare.conftest import CompareService, error_info
from tests.unit.compare.technical.files import file, picture, subtitles


async def ask(service: CompareService, a: str, b: str) -> TechnicalDifferences:
    request = GetTechnicalDifferencesRequest(a=a, b=b, view=TECHNICAL_FACTS_VIEW_FULL)
    found: TechnicalDifferences = await service.stub.GetTechnicalDifferences(
        request, metadata=service.metadata()
    )
    return found


async def test_rows_and_texts_that_differ(compare_service: CompareService) -> None:
    compare_service.ingest.facts = {
        "videos/a": file(video="videos/a", subtitles=[subtitles((1, 2, "Yes"), (3, 4, "Bye"))]),
        "videos/b": file(
            video="videos/b",
            picture=picture(codec="hevc"),
            subtitles=[subtitles((1, 2, "No"), (3, 4, "Bye"), (5, 6, "End"))],
        ),
    }
    found = await ask(compare_service, "videos/a", "videos/b")
    assert (found.a, found.b, found.view) == ("videos/a", "videos/b", TECHNICAL_FACTS_VIEW_FULL)
    codec, texts = (row for row in found.rows if not row.same)
    assert (codec.group, codec.name) == (TECHNICAL_GROUP_PICTURE, "Codec")
    assert (codec.a, codec.b, codec.severity) == ("H.264", "HEVC", TECHNICAL_SEVERITY_IMPORTANT)
    assert codec.meaning
    assert texts.meaning == "2 texts differ: 1 with other words, 1 only in B."
    changed, added = found.subtitle_differences
    assert (changed.kind, changed.a_text, changed.b_text) == (
        SubtitleDifference.KIND_CHANGED,
        "Yes",
        "No",
    )
    assert (added.kind, added.b_start) == (SubtitleDifference.KIND_ONLY_IN_B, 5)
    assert not added.HasField("a_start")
    assert found.subtitle_difference_count == 2
    same = next(row for row in found.rows if row.same)
    assert same.severity == technical_pb2.TECHNICAL_SEVERITY_UNSPECIFIED


async def test_an_embedding_stands_for_its_video(compare_service: CompareService) -> None:
    compare_service.embed.add(embedding("embeddings/1", video="videos/a"), {})
    compare_service.ingest.facts = {"videos/a": file(video="videos/a")}
    found = await ask(compare_service, "embeddings/1", "videos/a")
    assert found.notes == ["The same file, byte for byte."]


async def test_ingest_is_asked_with_the_caller_s_token(compare_service: CompareService) -> None:
    compare_service.ingest.facts = {"videos/a": file()}
    await ask(compare_service, "videos/a", "videos/a")
    assert all(token.startswith("Bearer ") for token in compare_service.ingest.tokens)
    assert compare_service.ingest.views == [TECHNICAL_FACTS_VIEW_FULL] * 2


async def test_a_video_that_is_not_there_is_named(compare_service: CompareService) -> None:
    compare_service.ingest.facts = {"videos/a": file()}
    with pytest.raises(aio.AioRpcError) as caught:
        await ask(compare_service, "videos/a", "videos/gone")
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert error_info(caught.value).reason == "NOT_FOUND"
