"""Keeping comparisons over a socket: the messages, who may see what, and the watch."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import aio

from sage.compare.v1 import compare_pb2
from sage.compare.v1 import saved_comparison_pb2 as pb
from sage.embed.v1 import embed_pb2
from services.servicekit import revocations
from tests.unit.compare.conftest import CompareService, error_info

REPLACED = compare_pb2.REGION_KIND_REPLACED
VISUAL = embed_pb2.MODALITY_VISUAL


class Desk:
    """Somebody at work in a workspace."""

    def __init__(self, service: CompareService, workspace: str = "w1") -> None:
        self._service = service
        self._workspace = workspace

    async def call(self, method: str, request: Any) -> Any:
        metadata = self._service.metadata(self._workspace)
        return await getattr(self._service.kept, method)(request, metadata=metadata)

    async def refusal(self, method: str, request: Any) -> str:
        with pytest.raises(aio.AioRpcError) as caught:
            await self.call(method, request)
        return str(error_info(caught.value).reason)

    async def create(self, name: str = "Trailer", **fields: Any) -> Any:
        request = {"a": "videos/a", "b": "videos/b", "display_name": name, **fields}
        return await self.call("CreateComparison", pb.CreateComparisonRequest(**request))

    async def note(self, comparison: pb.SavedComparison, text: str, **fields: Any) -> Any:
        request = pb.CreateNoteRequest(
            parent=comparison.name, note=pb.Note(text=text, author="Kim", **fields)
        )
        return await self.call("CreateNote", request)

    async def get(self, comparison: pb.SavedComparison) -> Any:
        return await self.call("GetComparison", pb.GetComparisonRequest(name=comparison.name))

    def watch(self, **fields: Any) -> Any:
        metadata = self._service.metadata(self._workspace)
        return self._service.kept.WatchComparisons(
            pb.WatchComparisonsRequest(**fields), metadata=metadata
        )


@pytest.fixture
def desk(compare_service: CompareService) -> Desk:
    return Desk(compare_service)


def mark(start: float, **fields: Any) -> pb.Mark:
    values: dict[str, Any] = {
        "a_start": start,
        "a_end": start + 1,
        "b_start": start,
        "b_end": start + 1,
    }
    return pb.Mark(modality=VISUAL, kind=REPLACED, frame_seconds=0.04, **values, **fields)


async def test_what_is_kept_comes_back(desk: Desk) -> None:
    options = compare_pb2.ComparisonOptions(threshold=0.3, refine=False)
    made = await desk.create("  Trailer\n2 ", options=options)
    note = await desk.note(made, " The logo\n\tis gone. ", a_seconds=1.5, a_frame=37)
    await desk.call("SetMarks", pb.SetMarksRequest(name=made.name, marks=[mark(1, reviewed=True)]))
    kept = await desk.get(made)
    assert (kept.display_name, kept.a, kept.b) == ("Trailer2", "videos/a", "videos/b")
    assert kept.options == options
    assert kept.status == pb.SavedComparison.STATUS_IN_REVIEW
    assert list(kept.notes) == [note]
    assert (note.text, note.author) == ("The logo\n\tis gone.", "Kim")
    assert (note.a_seconds, note.a_frame, note.HasField("b_seconds")) == (1.5, 37, False)
    assert list(kept.marks) == [mark(1, reviewed=True)]
    assert (kept.note_count, kept.reviewed_count, kept.ignored_count) == (1, 1, 0)


async def test_another_workspace_sees_none_of_it(
    desk: Desk, compare_service: CompareService
) -> None:
    made = await desk.create()
    note = await desk.note(made, "mine")
    stranger = Desk(compare_service, "w2")
    listed = await stranger.call("ListComparisons", pb.ListComparisonsRequest())
    assert not listed.comparisons
    requests = {
        "GetComparison": pb.GetComparisonRequest(name=made.name),
        "UpdateComparison": pb.UpdateComparisonRequest(
            comparison=pb.SavedComparison(name=made.name, display_name="theirs")
        ),
        "DeleteComparison": pb.DeleteComparisonRequest(name=made.name),
        "CreateNote": pb.CreateNoteRequest(parent=made.name, note=pb.Note(text="theirs")),
        "UpdateNote": pb.UpdateNoteRequest(note=pb.Note(name=note.name, text="theirs")),
        "DeleteNote": pb.DeleteNoteRequest(name=note.name),
        "SetMarks": pb.SetMarksRequest(name=made.name, marks=[mark(1, ignored=True)]),
    }
    for method, request in requests.items():
        assert await stranger.refusal(method, request) == "NOT_FOUND"
    with pytest.raises(aio.AioRpcError) as caught:
        await stranger.watch(names=[made.name]).read()
    assert error_info(caught.value).reason == "NOT_FOUND"
    assert (await desk.get(made)).notes == [note]


async def test_changes_go_by_mask_and_etag(desk: Desk) -> None:
    made = await desk.create()
    approve = pb.UpdateComparisonRequest(
        comparison=pb.SavedComparison(
            name=made.name, status=pb.SavedComparison.STATUS_APPROVED, etag=made.etag
        ),
        update_mask=FieldMask(paths=["status"]),
    )
    approved = await desk.call("UpdateComparison", approve)
    assert (approved.status, approved.display_name) == (approve.comparison.status, "Trailer")
    approve.comparison.status = pb.SavedComparison.STATUS_NEEDS_CHANGES
    assert await desk.refusal("UpdateComparison", approve) == "ETAG_MISMATCH"
    delete = pb.DeleteComparisonRequest(name=made.name, etag=made.etag)
    assert await desk.refusal("DeleteComparison", delete) == "ETAG_MISMATCH"
    delete.etag = approved.etag
    await desk.call("DeleteComparison", delete)
    assert await desk.refusal("DeleteComparison", delete) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("CreateComparison", pb.CreateComparisonRequest(a="videos/a", b="videos/b")),
        (
            "CreateComparison",
            pb.CreateComparisonRequest(a="videos/a", b="videos/b", display_name="\x07"),
        ),
        ("CreateComparison", pb.CreateComparisonRequest(a="embeddings/a", b="videos/b")),
        ("UpdateComparison", pb.UpdateComparisonRequest(comparison=pb.SavedComparison())),
        (
            "UpdateComparison",
            pb.UpdateComparisonRequest(
                comparison=pb.SavedComparison(name="comparisons/x"),
                update_mask=FieldMask(paths=["a"]),
            ),
        ),
        ("CreateNote", pb.CreateNoteRequest(parent="comparisons/x", note=pb.Note(text=" \n"))),
        (
            "CreateNote",
            pb.CreateNoteRequest(
                parent="comparisons/x", note=pb.Note(text="x", a_seconds=float("nan"))
            ),
        ),
        ("UpdateNote", pb.UpdateNoteRequest(note=pb.Note(text="x"))),
        ("SetMarks", pb.SetMarksRequest(name="comparisons/x")),
        ("SetMarks", pb.SetMarksRequest(name="comparisons/x", marks=[pb.Mark(reviewed=True)])),
    ],
)
async def test_what_makes_no_sense_is_refused(desk: Desk, method: str, request_: Any) -> None:
    assert await desk.refusal(method, request_) == "INVALID_ARGUMENT"


async def test_a_call_that_is_repeated_creates_nothing_twice(desk: Desk) -> None:
    request_id = str(uuid.uuid4())
    made = await desk.create(request_id=request_id)
    assert await desk.create(request_id=request_id.upper()) == made
    request = pb.CreateNoteRequest(
        parent=made.name, note=pb.Note(text="once"), request_id=request_id
    )
    assert await desk.call("CreateNote", request) == await desk.call("CreateNote", request)
    assert (await desk.get(made)).note_count == 1


async def test_lists_come_in_pages_that_belong_to_them(desk: Desk) -> None:
    made = [await desk.create(f"Take {number}") for number in range(3)]
    first = await desk.call("ListComparisons", pb.ListComparisonsRequest(page_size=2))
    rest = pb.ListComparisonsRequest(page_size=2, page_token=first.next_page_token)
    second = await desk.call("ListComparisons", rest)
    assert [*first.comparisons, *second.comparisons] == made[::-1]
    assert not second.next_page_token
    rest.order = pb.ListComparisonsRequest.ORDER_CHANGED
    assert await desk.refusal("ListComparisons", rest) == "INVALID_PAGE_TOKEN"


async def test_two_who_watch_see_each_others_work(desk: Desk) -> None:
    made = await desk.create()
    one, all_of_them = desk.watch(names=[made.name]), desk.watch()
    for watch in (one, all_of_them):
        first = await watch.read()
        assert (list(first.comparisons), first.caught_up) == ([made], True)
    note = await desk.note(made, "Look here.")
    assert (await one.read()).comparisons[0].notes == [note]
    (outline,) = (await all_of_them.read()).comparisons
    assert (outline.note_count, list(outline.notes)) == (1, [])
    await desk.call("DeleteComparison", pb.DeleteComparisonRequest(name=made.name))
    for watch in (one, all_of_them):
        told = await watch.read()
        assert (list(told.deleted), list(told.comparisons)) == ([made.name], [])


async def test_a_watch_goes_on_where_it_broke_off(desk: Desk) -> None:
    old, gone = await desk.create("old"), await desk.create("gone")
    seen = (await desk.watch().read()).revision
    await desk.call("DeleteComparison", pb.DeleteComparisonRequest(name=gone.name))
    new = await desk.create("new")
    told = await desk.watch(after_revision=seen).read()
    assert (list(told.comparisons), list(told.deleted)) == ([new], [gone.name])
    again = desk.watch(names=[old.name, gone.name], after_revision=seen)
    assert list((await again.read()).deleted) == [gone.name]


async def test_an_ended_session_is_let_in_no_more(
    desk: Desk, compare_service: CompareService, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = desk.watch()
    await watch.read()
    compare_service.ended.add("s1")
    with pytest.raises(aio.AioRpcError) as caught:
        await asyncio.wait_for(watch.read(), 20 * revocations.INTERVAL_SECONDS)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert await desk.refusal("ListComparisons", pb.ListComparisonsRequest()) == "UNAUTHENTICATED"
