"""Time maps, times and files, asked of the compare service over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import numpy as np
import pytest
from grpc import aio

from sage.compare.v1.carry_over_pb2 import CarryFate, CarryOverResponse
from sage.compare.v1.compare_pb2 import (
    CarryOverFileRequest,
    CarryOverRequest,
    CarryOverSpec,
    ExportComparisonRequest,
    ExportFormat,
    GetTimeMapRequest,
    MapTimesRequest,
)
from sage.compare.v1.time_map_pb2 import MappedTime, MapTimesResponse, Side, TimeMap, TimeMapPiece
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from sage.ingest.v1.technical_pb2 import TechnicalFacts
from services.compare.timeline import SegmentTrack
from tests.emulators.embed_service import embedding, segment_track
from tests.unit.compare.conftest import CompareService, error_info

SUBTITLES = b"""1
00:00:04,000 --> 00:00:06,000
Before the cut.

2
00:00:22,000 --> 00:00:24,000
Cut away.

3
00:00:50,000 --> 00:00:52,000
After the cut.
"""


# The same for a video that begins at one o'clock.
AT_ONE = SUBTITLES.replace(b"00:00:", b"01:00:")


@pytest.fixture
def cut(compare_service: CompareService) -> CompareService:
    """B lacks 20 to 30 s of A's minute. Only A has sound."""
    vectors = np.random.default_rng(1).standard_normal((30, 32)).astype(np.float32)
    a, b = (
        segment_track(each.tolist()) for each in (vectors, np.delete(vectors, range(10, 15), 0))
    )
    tracks: dict[str, dict[int, SegmentTrack]] = {
        "a": {MODALITY_VISUAL: a, MODALITY_AUDIO: a},
        "b": {MODALITY_VISUAL: b},
    }
    for name, its in tracks.items():
        compare_service.embed.add(embedding(f"embeddings/{name}", video=f"videos/{name}"), its)  # type: ignore[arg-type]
    return compare_service


def spec(name: str = "film.srt", **fields: object) -> CarryOverSpec:
    return CarryOverSpec(a="videos/a", b="videos/b", file_name=name, **fields)  # type: ignore[arg-type]


async def carried(service: CompareService, request: CarryOverFileRequest) -> CarryOverResponse:
    answer: CarryOverResponse = await service.stub.CarryOverFile(
        request, metadata=service.metadata()
    )
    return answer


async def refusal(service: CompareService, request: CarryOverFileRequest) -> aio.AioRpcError:
    with pytest.raises(aio.AioRpcError) as caught:
        await carried(service, request)
    return caught.value


async def test_the_map_has_pieces_that_say_where_times_go(cut: CompareService) -> None:
    found: TimeMap = await cut.stub.GetTimeMap(
        GetTimeMapRequest(a="videos/a", b="videos/b"), metadata=cut.metadata()
    )
    (picture,) = found.modalities
    assert picture.modality == MODALITY_VISUAL
    assert [each.kind for each in picture.pieces] == [
        TimeMapPiece.KIND_UNCHANGED,
        TimeMapPiece.KIND_DELETED,
        TimeMapPiece.KIND_UNCHANGED,
    ]
    last = picture.pieces[-1]
    assert (last.a_start, last.b_start, last.rate) == pytest.approx((30, 20, 1))
    assert (found.duration_a, found.duration_b) == (60, 50)


@pytest.mark.parametrize(
    ("side", "times", "places"), [(Side.SIDE_A, [5, 40], [5, 30]), (Side.SIDE_B, [5, 30], [5, 40])]
)
async def test_times_of_both_sides_are_found(
    cut: CompareService, side: Side.ValueType, times: list[float], places: list[float]
) -> None:
    found: MapTimesResponse = await cut.stub.MapTimes(
        MapTimesRequest(a="videos/a", b="videos/b", times=times, side=side),
        metadata=cut.metadata(),
    )
    assert [each.place for each in found.times] == pytest.approx(places)
    assert found.modality == MODALITY_VISUAL


async def test_a_time_that_was_cut_away_has_the_places_around_it(cut: CompareService) -> None:
    found: MapTimesResponse = await cut.stub.MapTimes(
        MapTimesRequest(a="videos/a", b="videos/b", times=[25, 61]), metadata=cut.metadata()
    )
    deleted, outside = found.times
    assert deleted.outcome == MappedTime.OUTCOME_DELETED
    assert not deleted.HasField("place")
    assert (deleted.before, deleted.after) == pytest.approx((20, 20))
    assert outside.outcome == MappedTime.OUTCOME_OUTSIDE


async def test_a_modality_that_was_not_compared_has_no_map(cut: CompareService) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await cut.stub.MapTimes(
            MapTimesRequest(a="videos/a", b="videos/b", times=[1], modality=MODALITY_AUDIO),
            metadata=cut.metadata(),
        )
    assert error_info(caught.value).reason == "MODALITY_MISSING"


async def test_more_times_than_the_contract_takes_are_refused(cut: CompareService) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await cut.stub.MapTimes(
            MapTimesRequest(a="videos/a", b="videos/b", times=[1.0] * 100_001),
            metadata=cut.metadata(),
        )
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_file_of_subtitles_is_carried_over(cut: CompareService) -> None:
    answer = await carried(cut, CarryOverFileRequest(spec=spec(), content=SUBTITLES))
    assert [each.fate for each in answer.items] == [
        CarryFate.CARRY_FATE_KEPT,
        CarryFate.CARRY_FATE_LOST,
        CarryFate.CARRY_FATE_KEPT,
    ]
    assert answer.items[2].places[0].start == pytest.approx(40)
    assert b"00:00:40,000 --> 00:00:42,000\nAfter the cut." in answer.content
    assert b"Cut away." not in answer.content
    assert answer.file_name == "film.B.srt"
    assert {each.fate: each.count for each in answer.totals} == {
        CarryFate.CARRY_FATE_KEPT: 2,
        CarryFate.CARRY_FATE_LOST: 1,
    }
    # Subtitles would follow the sound, which only A has.
    assert answer.modality == MODALITY_VISUAL
    assert answer.notes == ["It follows the picture: the sound was not compared."]


async def test_a_file_of_b_is_carried_to_a(cut: CompareService) -> None:
    request = CarryOverFileRequest(spec=spec(made_for=Side.SIDE_B), content=SUBTITLES)
    answer = await carried(cut, request)
    assert answer.items[1].places[0].start == pytest.approx(32)
    assert answer.file_name == "film.A.srt"


async def test_a_stream_has_the_same_answer(cut: CompareService) -> None:
    async def stream() -> AsyncIterator[CarryOverRequest]:
        yield CarryOverRequest(spec=spec())
        yield CarryOverRequest(chunk=SUBTITLES[:70])
        yield CarryOverRequest(chunk=SUBTITLES[70:])

    answer = await cut.stub.CarryOver(stream(), metadata=cut.metadata())
    assert answer == await carried(cut, CarryOverFileRequest(spec=spec(), content=SUBTITLES))


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [CarryOverRequest(chunk=SUBTITLES)],
        [CarryOverRequest(spec=spec()), CarryOverRequest(spec=spec())],
        [CarryOverRequest(spec=spec())] + [CarryOverRequest(chunk=b"x" * 5_000_000)] * 2,
    ],
)
async def test_a_stream_out_of_order_or_too_long_is_refused(
    cut: CompareService, messages: list[CarryOverRequest]
) -> None:
    async def stream() -> AsyncIterator[CarryOverRequest]:
        for message in messages:
            yield message

    with pytest.raises(aio.AioRpcError) as caught:
        await cut.stub.CarryOver(stream(), metadata=cut.metadata())
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_a_broken_file_is_refused_with_its_line(cut: CompareService) -> None:
    broken = SUBTITLES.replace(b"00:00:22,000 --> 00:00:24,000", b"00:00:22,000 --> soon")
    error = await refusal(cut, CarryOverFileRequest(spec=spec(), content=broken))
    info = error_info(error)
    assert info.reason == "CARRY_FILE_UNREADABLE"
    assert info.metadata["line"] == "6"
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert cut.embed.calls["StreamSegments"] == 0


async def test_a_kind_of_file_that_is_not_known_is_refused(cut: CompareService) -> None:
    error = await refusal(cut, CarryOverFileRequest(spec=spec("notes.docx"), content=b"x"))
    assert error_info(error).reason == "CARRY_FORMAT_UNKNOWN"


async def test_a_file_with_the_time_codes_of_its_video_gets_those_of_the_other(
    cut: CompareService,
) -> None:
    cut.ingest.facts["videos/a"] = TechnicalFacts(start_timecode="01:00:00:00")
    cut.ingest.facts["videos/b"] = TechnicalFacts(start_timecode="10:00:00:00")
    answer = await carried(cut, CarryOverFileRequest(spec=spec(), content=AT_ONE))
    assert b"10:00:04,000 --> 10:00:06,000" in answer.content
    assert b"10:00:40,000 --> 10:00:42,000" in answer.content
    assert any("time codes" in note for note in answer.notes)


async def test_a_file_that_counts_from_zero_is_none_of_time_codes(cut: CompareService) -> None:
    cut.ingest.facts["videos/a"] = TechnicalFacts(start_timecode="01:00:00:00")
    answer = await carried(cut, CarryOverFileRequest(spec=spec(), content=SUBTITLES))
    assert b"00:00:40,000 --> 00:00:42,000" in answer.content


async def test_start_time_codes_can_be_said(cut: CompareService) -> None:
    said = spec(start_timecode=3600.0, other_start_timecode=7200.0)
    answer = await carried(cut, CarryOverFileRequest(spec=said, content=AT_ONE))
    assert b"02:00:40,000 --> 02:00:42,000" in answer.content


async def test_a_file_that_lies_after_the_end_hints_at_the_start_time_code(
    cut: CompareService,
) -> None:
    answer = await carried(cut, CarryOverFileRequest(spec=spec(), content=AT_ONE))
    assert {item.fate for item in answer.items} == {CarryFate.CARRY_FATE_TO_CHECK}
    assert any("perhaps 01:00:00:00" in note for note in answer.notes)


async def test_an_export_has_names_and_time_codes_of_the_videos(cut: CompareService) -> None:
    cut.ingest.display_names.update({"videos/a": "first.mov", "videos/b": "second.mov"})
    cut.ingest.facts["videos/a"] = TechnicalFacts(start_timecode="01:00:00:00")
    request = ExportComparisonRequest(
        a="videos/a",
        b="videos/b",
        format=ExportFormat.EXPORT_FORMAT_CHANGE_LIST_CSV,
        frame_rate=25,
    )
    body = await cut.stub.ExportComparison(request, metadata=cut.metadata())
    assert "first-vs-second" in body.content_type
    assert b"omitted,01:00:20:00,01:00:30:00,00:00:20:00" in body.data


async def test_thumbnails_are_asked_for_in_the_middle_of_differences(cut: CompareService) -> None:
    cut.ingest.display_names.update({"videos/a": "a", "videos/b": "b"})
    request = ExportComparisonRequest(
        a="videos/a", b="videos/b", format=ExportFormat.EXPORT_FORMAT_HTML, thumbnails=3
    )
    body = await cut.stub.ExportComparison(request, metadata=cut.metadata())
    ((video, times),) = cut.ingest.stills
    assert video == "videos/a"
    assert times == pytest.approx([25.0])
    assert body.data.count(b"data:image/jpeg;base64,") == 1
