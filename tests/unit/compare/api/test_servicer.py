"""The compare service, called over a real socket."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import weakref
from dataclasses import replace
from typing import Any

import grpc
import numpy as np
import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import (
    CompareVideosRequest,
    ComparisonOptions,
    ComputeComparisonRequest,
    ExportComparisonRequest,
    ExportFormat,
    GetSimilarityMatrixRequest,
    Presence,
    RegionKind,
)
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from services.compare.outcome import Modality as OwnModality
from services.compare.segments.distance import InvalidReason, InvalidTrack
from services.compare.timeline import FrameTrack, SegmentTrack
from tests.emulators.embed_service import Trouble, embedding, segment_track
from tests.unit.compare.conftest import CompareService, error_info
from tests.unit.compare.sound.sounds import sound_track

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


async def test_an_answer_over_the_message_limit_points_to_the_stream(
    compare_service: CompareService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.compare.api.servicer._MAX_ANSWER_BYTES", 100)
    add_pair(compare_service, scenes(1, 8), scenes(1, 8))
    error = await refusal(compare_service, options=INDEX)
    assert error_info(error).reason == "RESPONSE_TOO_LARGE"
    assert "CompareVideos" in str(error.details())


async def test_a_cancelled_call_stops_computing(
    compare_service: CompareService, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, stopped = threading.Event(), threading.Event()

    def compare_for_ever(*arguments: Any) -> None:
        check = arguments[-1]
        started.set()
        try:
            while True:
                check()
        finally:
            stopped.set()

    monkeypatch.setattr("services.compare.api.servicer.compare_by", compare_for_ever)
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    call = compare_service.stub.CompareVideos(
        CompareVideosRequest(a="videos/a", b="videos/b"), metadata=compare_service.metadata()
    )
    assert (await call.read()).HasField("header")
    assert await asyncio.to_thread(started.wait, 10)
    call.cancel()
    assert await asyncio.to_thread(stopped.wait, 10)


async def test_an_export_names_the_videos(compare_service: CompareService) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, edited(a, 3))
    body = await compare_service.stub.ExportComparison(
        ExportComparisonRequest(
            a="videos/a",
            b="videos/b",
            options=INDEX,
            format=ExportFormat.EXPORT_FORMAT_JSON,
            a_display_name="first cut.mp4",
        ),
        metadata=compare_service.metadata(),
    )
    assert body.content_type.startswith("application/json")
    written = json.loads(body.data)
    assert (written["a"], written["b"]) == ("first cut.mp4", "videos/b")
    assert [region["kind"] for region in written["regions"]] == [
        "unchanged",
        "replaced",
        "unchanged",
    ]


async def exported(service: CompareService, name: str, **fields: Any) -> str:
    body = await service.stub.ExportComparison(
        ExportComparisonRequest(
            a="videos/a", b="videos/b", format=ExportFormat.Value(name), **fields
        ),
        metadata=service.metadata(),
    )
    return bytes(body.data).decode()


@pytest.mark.parametrize("alignment", ["SEQUENCE", "INDEX"])
async def test_an_export_counts_frames_at_the_video_s_own_rate(
    compare_service: CompareService, alignment: str
) -> None:
    pictures = np.random.default_rng(3).integers(0, 255, (240, 16, 16, 3)).astype(np.uint8)
    frames = FrameTrack(
        times=np.arange(240) * 1001 / 24000, fingerprints=pictures, duration=240 * 1001 / 24000
    )
    for side in "ab":
        compare_service.embed.add(
            embedding(f"embeddings/{side}", video=f"videos/{side}"),
            {MODALITY_VISUAL: scenes(1, 5)},
            frames,
        )
    value = compare_pb2.AlignmentMode.Value(f"ALIGNMENT_MODE_{alignment}")
    options = ComparisonOptions(alignment=value)
    text = await exported(compare_service, "EXPORT_FORMAT_CHANGE_EDL_PICTURE", options=options)
    assert "* FRAME RATE: 23.976" in text
    changes = await exported(compare_service, "EXPORT_FORMAT_CHANGE_LIST_CSV", options=options)
    assert changes.startswith("#,Track,Change")


async def test_an_export_with_time_codes_wants_a_rate_where_none_is_known(
    compare_service: CompareService,
) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, edited(a, 3))
    with pytest.raises(aio.AioRpcError) as refused:
        await exported(compare_service, "EXPORT_FORMAT_EDL", options=INDEX)
    assert error_info(refused.value).reason == "INVALID_ARGUMENT"
    assert "* FRAME RATE: 25" in await exported(
        compare_service, "EXPORT_FORMAT_EDL", options=INDEX, frame_rate=25
    )


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


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.STALLS, "DEPENDENCY_UNAVAILABLE"),
        (Trouble.BREAKS, "DEPENDENCY_UNAVAILABLE"),
        (Trouble.ENDS_EARLY, "INVALID_VECTORS"),
    ],
)
async def test_a_stream_that_goes_wrong_in_the_middle_ends_the_comparison(
    compare_service: CompareService,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Trouble,
    reason: str,
) -> None:
    monkeypatch.setattr("services.compare.adapters.embed._STALLED_SECONDS", 0.2)
    add_pair(compare_service, scenes(1, 8), scenes(2, 8))
    compare_service.embed.trouble = trouble
    assert error_info(await refusal(compare_service)).reason == reason
    compare_service.embed.trouble = None
    await compute(compare_service)


@pytest.mark.settings(compare_seconds=0.3)
async def test_a_comparison_that_takes_too_long_is_given_up(
    compare_service: CompareService, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()

    def compare_for_ever(*arguments: Any) -> None:
        try:
            while True:
                arguments[-1]()
        finally:
            stopped.set()

    monkeypatch.setattr("services.compare.api.servicer.compare_by", compare_for_ever)
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    error = await refusal(compare_service)
    assert error_info(error).reason == "DEADLINE_EXCEEDED"
    assert await asyncio.to_thread(stopped.wait, 10)


# Two tracks of 8 vectors of 32 numbers, and as much again to work with, are 4096 bytes.
@pytest.mark.settings(compare_memory_bytes=9000, compare_cache_bytes=0)
async def test_a_pair_that_cannot_fit_is_refused(compare_service: CompareService) -> None:
    add_pair(compare_service, scenes(1, 12), scenes(2, 12))
    error = await refusal(compare_service)
    assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert error_info(error).reason == "COMPARISON_TOO_LARGE"
    assert error_info(error).metadata["limit_bytes"] == "9000"
    assert compare_service.embed.calls["StreamSegments"] == 0
    # What was refused holds nothing: pairs that fit are compared, one after the other or at once.
    add_pair(compare_service, scenes(1, 8), scenes(2, 8))
    thresholds = [ComparisonOptions(threshold=each / 10) for each in range(1, 6)]
    await asyncio.gather(*(compute(compare_service, options=each) for each in thresholds))


@pytest.mark.settings(compare_memory_bytes=60_000, compare_cache_bytes=0)
async def test_frames_beyond_what_fits_end_the_loading(compare_service: CompareService) -> None:
    pictures = np.zeros((500, 16, 16, 3), np.uint8)
    frames = FrameTrack(times=np.arange(500) / 25, fingerprints=pictures, duration=20.0)
    for side in "ab":
        compare_service.embed.add(
            embedding(f"embeddings/{side}", video=f"videos/{side}"),
            {MODALITY_VISUAL: scenes(1, 10)},
            frames,
        )
    assert error_info(await refusal(compare_service)).reason == "COMPARISON_TOO_LARGE"
    await compute(compare_service, options=ComparisonOptions(refine=False))


@pytest.mark.settings(compare_cache_bytes=0)
async def test_a_comparison_that_fails_keeps_nothing(
    compare_service: CompareService, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[weakref.ref[Any]] = []

    def fail(_: Any, a: Any, *others: Any) -> None:
        loaded.append(weakref.ref(a.tracks[OwnModality.VISUAL]))
        raise InvalidTrack(InvalidReason.NOT_FINITE, "A holds a value that is infinite")

    monkeypatch.setattr("services.compare.api.servicer.compare_by", fail)
    add_pair(compare_service, scenes(1, 4), scenes(2, 4))
    gc.disable()
    try:
        assert error_info(await refusal(compare_service)).reason == "INVALID_VECTORS"
        assert loaded[0]() is None
    finally:
        gc.enable()
