"""What a call answers, over a real socket."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from google.protobuf.duration_pb2 import Duration

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import (
    CompareVideosRequest,
    ComparisonOptions,
    GetSimilarityMatrixRequest,
    Presence,
    RegionKind,
)
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from services.compare.timeline import FrameTrack, SegmentTrack
from tests.emulators.embed_service import embedding, segment_track
from tests.unit.compare.api.calls import INDEX, add_pair, compute, edited, refusal, scenes
from tests.unit.compare.conftest import CompareService, error_info
from tests.unit.compare.sound.sounds import sound_track


async def test_a_replaced_segment_is_found(compare_service: CompareService) -> None:
    a = scenes(1, 12)
    add_pair(compare_service, a, edited(a, 5))
    comparison = await compute(compare_service, options=INDEX)
    (difference,) = [
        region for region in comparison.regions if region.kind != RegionKind.REGION_KIND_UNCHANGED
    ]
    assert difference.kind == RegionKind.REGION_KIND_REPLACED
    assert (difference.a_start, difference.a_end) == (10, 12)
    assert comparison.summary.difference_count == 1
    assert comparison.summary.similarity_percent == pytest.approx(100 * 11 / 12)


async def test_the_stream_brings_header_distances_regions_and_summary(
    compare_service: CompareService,
) -> None:
    a = scenes(1, 1100)
    add_pair(compare_service, a, edited(a, 5))
    request = CompareVideosRequest(a="videos/a", b="videos/b", options=INDEX)
    messages = [
        message
        async for message in compare_service.stub.CompareVideos(
            request, metadata=compare_service.metadata()
        )
    ]
    order = [message.WhichOneof("payload") for message in messages]
    assert order[0] == "header"
    assert order[1:4] == ["distances"] * 3
    assert set(order[4:-1]) == {"region"}
    assert order[-1] == "summary"
    batches = [message.distances for message in messages[1:4]]
    assert [batch.first_segment for batch in batches] == [0, 512, 1024]
    assert sum(len(batch.segments) for batch in batches) == 1100
    whole = await compute(compare_service, options=INDEX)
    assert [message.region for message in messages[4:-1]] == list(whole.regions)
    assert messages[-1].summary == whole.summary


async def test_the_header_tells_the_options_with_their_defaults(
    compare_service: CompareService,
) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, a)
    options = (await compute(compare_service)).header.options
    assert options.engine == "local"
    assert options.threshold == 0.1
    assert options.metric == compare_pb2.METRIC_COSINE
    assert options.alignment == compare_pb2.ALIGNMENT_MODE_SEQUENCE
    assert options.refine


async def test_both_metrics_begin_at_the_same_angle(compare_service: CompareService) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, a)
    euclidean = ComparisonOptions(metric=compare_pb2.METRIC_EUCLIDEAN)
    options = (await compute(compare_service, options=euclidean)).header.options
    assert options.threshold == pytest.approx(0.2**0.5)


async def test_what_is_beyond_the_shorter_video_has_no_distance(
    compare_service: CompareService,
) -> None:
    b = scenes(1, 10)
    a = SegmentTrack(vectors=b.vectors[:7], starts=b.starts[:7], ends=b.ends[:7])
    add_pair(compare_service, a, b)
    comparison = await compute(compare_service, options=INDEX)
    segments = comparison.distances[0].segments
    assert [segment.presence for segment in segments] == (
        [Presence.PRESENCE_BOTH] * 7 + [Presence.PRESENCE_ONLY_IN_B] * 3
    )
    assert not segments[-1].HasField("distance")
    assert not segments[-1].HasField("a_start")


async def test_a_video_against_itself_is_unchanged(compare_service: CompareService) -> None:
    a = scenes(1, 20)
    add_pair(compare_service, a, a)
    comparison = await compute(compare_service)
    (region,) = comparison.regions
    assert region.kind == RegionKind.REGION_KIND_UNCHANGED
    assert comparison.summary.similarity_percent == 100
    # Neither frames nor sound were there to be compared.
    assert not comparison.summary.reencode_only
    assert "Not compared: single frames" in comparison.summary.notes[-1]


async def test_sound_tracks_are_compared_and_listed(compare_service: CompareService) -> None:
    picture, sound = scenes(1, 8), scenes(2, 8)
    pictures = np.random.default_rng(3).integers(0, 255, (400, 16, 16, 3)).astype(np.uint8)
    own = sound_track(1, 16.0)
    dead = replace(own, levels=own.levels * np.array([1, 0], np.uint16))
    for name, track in (("a", own), ("b", dead)):
        frames = FrameTrack(
            times=np.arange(400) / 25,
            fingerprints=pictures,
            duration=16.0,
            sound=track.bands,
            picture_end=16.0,
            sound_tracks=(track,),
        )
        compare_service.embed.add(
            embedding(f"embeddings/{name}", video=f"videos/{name}"),
            {MODALITY_VISUAL: picture, MODALITY_AUDIO: sound},
            frames,
        )
    summary = (await compute(compare_service)).summary
    (pair,) = summary.sound_tracks
    assert (pair.a.layout, list(pair.b.channels), pair.compared) == ("stereo", ["FL", "FR"], True)
    (found,) = summary.sound_differences
    assert found.kind == compare_pb2.SoundDifference.KIND_CHANNEL
    assert found.description == "The right channel of B is silent."
    assert found.description in summary.notes
    assert not summary.reencode_only
    assert summary.difference_count == 0
    assert summary.similarity_percent == pytest.approx(99.9)


async def test_sound_that_one_side_lacks_is_reported(compare_service: CompareService) -> None:
    picture, sound = scenes(1, 8), scenes(2, 8)
    compare_service.embed.add(
        embedding("embeddings/a", video="videos/a"),
        {MODALITY_VISUAL: picture, MODALITY_AUDIO: sound},
    )
    compare_service.embed.add(
        embedding("embeddings/b", video="videos/b"), {MODALITY_VISUAL: picture}
    )
    comparison = await compute(compare_service)
    assert list(comparison.header.modalities) == [MODALITY_VISUAL]
    assert list(comparison.header.only_in_a) == [MODALITY_AUDIO]
    assert comparison.summary.notes
    audio = ComparisonOptions(modality=MODALITY_AUDIO)
    alone = await compute(compare_service, options=audio)
    assert not alone.regions
    assert not alone.summary.HasField("similarity_percent")


async def test_frame_tracks_give_frame_numbers(compare_service: CompareService) -> None:
    pictures = np.random.default_rng(3).integers(0, 255, (250, 16, 16, 3)).astype(np.uint8)
    frames = FrameTrack(times=np.arange(250) / 25, fingerprints=pictures, duration=10.0)
    a = scenes(1, 5)
    for side in "ab":
        compare_service.embed.add(
            embedding(f"embeddings/{side}", video=f"videos/{side}"), {MODALITY_VISUAL: a}, frames
        )
    comparison = await compute(compare_service)
    (region,) = comparison.regions
    assert (region.a_start_frame, region.a_end_frame) == (0, 250)
    assert comparison.summary.duration_a == 10.0
    assert compare_service.embed.calls["StreamFrameTrack"] == 2


async def test_refine_off_asks_for_no_frames(compare_service: CompareService) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, a)
    await compute(compare_service, options=ComparisonOptions(refine=False))
    assert compare_service.embed.calls["StreamFrameTrack"] == 0


async def test_raw_vectors_keep_their_length(compare_service: CompareService) -> None:
    add_pair(compare_service, segment_track([[1, 0], [1, 0]]), segment_track([[1, 0], [1.5, 0]]))
    options = ComparisonOptions(
        alignment=compare_pb2.ALIGNMENT_MODE_INDEX, metric=compare_pb2.METRIC_EUCLIDEAN
    )
    directed = await compute(compare_service, options=options)
    options.raw_vectors = True
    raw = await compute(compare_service, options=options)
    assert [segment.distance for segment in directed.distances[0].segments] == [0, 0]
    assert [segment.distance for segment in raw.distances[0].segments] == [0, 0.5]
    assert raw.summary.difference_count == 1


@pytest.mark.parametrize(
    "options",
    [
        ComparisonOptions(raw_vectors=True, alignment=compare_pb2.ALIGNMENT_MODE_INDEX),
        ComparisonOptions(raw_vectors=True, metric=compare_pb2.METRIC_EUCLIDEAN),
        ComparisonOptions(offset=Duration(seconds=1)),
    ],
    ids=["raw cosine", "raw sequence", "offset without TIME"],
)
async def test_options_that_contradict_each_other_are_refused(
    compare_service: CompareService, options: ComparisonOptions
) -> None:
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    error = await refusal(compare_service, options=options)
    assert error_info(error).reason == "INVALID_ARGUMENT"
    assert "options." in str(error.details())


async def test_time_shifts_b(compare_service: CompareService) -> None:
    b = scenes(1, 10)
    a = SegmentTrack(vectors=b.vectors[2:], starts=b.starts[:8], ends=b.ends[:8])
    add_pair(compare_service, a, b)
    options = ComparisonOptions(
        alignment=compare_pb2.ALIGNMENT_MODE_TIME, offset=Duration(seconds=4)
    )
    comparison = await compute(compare_service, options=options)
    segments = comparison.distances[0].segments
    assert [segment.presence for segment in segments] == (
        [Presence.PRESENCE_ONLY_IN_B] * 2 + [Presence.PRESENCE_BOTH] * 8
    )
    assert [segment.b_start for segment in segments] == list(range(0, 20, 2))


async def test_the_similarity_matrix_has_the_size_that_was_asked_for(
    compare_service: CompareService,
) -> None:
    a = scenes(1, 30)
    add_pair(compare_service, a, a)
    matrix = await compare_service.stub.GetSimilarityMatrix(
        GetSimilarityMatrixRequest(a="videos/a", b="videos/b", max_rows=10, max_columns=15),
        metadata=compare_service.metadata(),
    )
    assert (matrix.rows, matrix.columns, len(matrix.values)) == (10, 15, 150)
    cells = np.frombuffer(matrix.values, np.uint8).reshape(10, 15)
    assert all(cells[row, row * 15 // 10] == 255 for row in range(10))
    assert matrix.duration_a == 60
