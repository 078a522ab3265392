"""A comparison ends: in time, within memory, and with the call that wanted it."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import grpc
import numpy as np
import pytest

from sage.compare.v1.compare_pb2 import (
    CompareVideosRequest,
    ComparisonOptions,
)
from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.compare.outcome import Modality as OwnModality
from services.compare.segments.distance import InvalidReason, InvalidTrack
from services.compare.timeline import FrameTrack
from tests.emulators.embed_service import Trouble, embedding
from tests.unit.compare.api.calls import INDEX, add_pair, compute, refusal, scenes
from tests.unit.compare.conftest import CompareService, error_info


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

    def compare_for_ever(*arguments: Any, **_: Any) -> None:
        check = arguments[-1]
        started.set()
        try:
            while True:
                check()
        finally:
            stopped.set()

    monkeypatch.setattr("services.compare.api.servicer.compare_pair", compare_for_ever)
    add_pair(compare_service, scenes(1, 4), scenes(1, 4))
    call = compare_service.stub.CompareVideos(
        CompareVideosRequest(a="videos/a", b="videos/b"), metadata=compare_service.metadata()
    )
    assert (await call.read()).HasField("header")
    assert await asyncio.to_thread(started.wait, 10)
    call.cancel()
    assert await asyncio.to_thread(stopped.wait, 10)


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
    if trouble is Trouble.STALLS:
        monkeypatch.setattr("services.compare.adapters.embed._STALLED_SECONDS", 0.2)
    add_pair(compare_service, scenes(1, 8), scenes(2, 8))
    compare_service.embed.trouble = trouble
    assert error_info(await refusal(compare_service)).reason == reason
    compare_service.embed.trouble = None
    # A stream of a busy machine may pause for so long.
    monkeypatch.undo()
    await compute(compare_service)


@pytest.mark.settings(compare_seconds=0.3)
async def test_a_comparison_that_takes_too_long_is_given_up(
    compare_service: CompareService, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()

    def compare_for_ever(*arguments: Any, **_: Any) -> None:
        try:
            while True:
                arguments[-1]()
        finally:
            stopped.set()

    monkeypatch.setattr("services.compare.api.servicer.compare_pair", compare_for_ever)
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

    def fail(a: Any, *_: Any, **__: Any) -> None:
        loaded.append(weakref.ref(a.tracks[OwnModality.VISUAL]))
        raise InvalidTrack(InvalidReason.NOT_FINITE, "A holds a value that is infinite")

    monkeypatch.setattr("services.compare.api.servicer.compare_pair", fail)
    add_pair(compare_service, scenes(1, 4), scenes(2, 4))
    gc.disable()
    try:
        assert error_info(await refusal(compare_service)).reason == "INVALID_VECTORS"
        assert loaded[0]() is None
    finally:
        gc.enable()
