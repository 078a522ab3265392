"""Comparisons as files."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from grpc import aio

from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.compare.v1.compare_pb2 import (
    ComparisonOptions,
    ExportComparisonRequest,
    ExportFormat,
    RegionKind,
)
from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.compare.timeline import FrameTrack
from tests.emulators.embed_service import embedding
from tests.unit.compare.api.calls import INDEX, add_pair, edited, scenes
from tests.unit.compare.conftest import CompareService, error_info


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


async def test_a_report_has_notes_and_marks(compare_service: CompareService) -> None:
    a = scenes(1, 8)
    add_pair(compare_service, a, edited(a, 3))
    metadata = compare_service.metadata()
    saved = await compare_service.kept.CreateComparison(
        saved_comparison_pb2.CreateComparisonRequest(
            a="videos/a", b="videos/b", display_name="Final <cut>"
        ),
        metadata=metadata,
    )
    note = saved_comparison_pb2.Note(text="The logo is gone.", author="Kim", b_seconds=6.5)
    await compare_service.kept.CreateNote(
        saved_comparison_pb2.CreateNoteRequest(parent=saved.name, note=note), metadata=metadata
    )
    mark = saved_comparison_pb2.Mark(
        modality=MODALITY_VISUAL,
        kind=RegionKind.REGION_KIND_REPLACED,
        a_start=6,
        a_end=8,
        b_start=6,
        b_end=8,
        ignored=True,
    )
    await compare_service.kept.SetMarks(
        saved_comparison_pb2.SetMarksRequest(name=saved.name, marks=[mark]), metadata=metadata
    )
    page = await exported(
        compare_service, "EXPORT_FORMAT_HTML", options=INDEX, saved_comparison=saved.name
    )
    assert "<h1>Final &lt;cut&gt;</h1>" in page
    assert "The logo is gone." in page
    assert "Ignored" in page


async def test_notes_of_other_videos_do_not_go_into_an_export(
    compare_service: CompareService,
) -> None:
    add_pair(compare_service, scenes(1, 8), scenes(2, 8))
    saved = await compare_service.kept.CreateComparison(
        saved_comparison_pb2.CreateComparisonRequest(
            a="videos/b", b="videos/a", display_name="The other way round"
        ),
        metadata=compare_service.metadata(),
    )
    with pytest.raises(aio.AioRpcError, match="other videos"):
        await exported(
            compare_service, "EXPORT_FORMAT_JSON", options=INDEX, saved_comparison=saved.name
        )
