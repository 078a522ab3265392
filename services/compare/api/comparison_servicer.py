"""ComparisonService over gRPC: translates, nothing more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpc import aio

from sage.compare.v1 import saved_comparison_pb2, saved_comparison_pb2_grpc
from services.compare.api import saved_convert as convert
from services.compare.saved import comparison as changes
from services.compare.saved.comparison import Micros, Note, SavedComparison
from services.compare.saved.records import Records
from services.compare.saved.share_links import ShareLinks
from services.servicekit.errors import not_found
from services.servicekit.field_masks import masked
from services.servicekit.identity import current_identity
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import new_id, one_line, resource_id
from services.servicekit.server import Draining
from services.servicekit.streams import until
from services.servicekit.watch import Hub, Update

# Proxies close connections that are silent for longer than half a minute.
_SILENCE_SECONDS = 20.0
# Outlines in one message of a watch: far below what a message may hold.
_BATCH = 200
Context = aio.ServicerContext[Any, Any]
Watched = saved_comparison_pb2.WatchComparisonsResponse


class ComparisonServicer(saved_comparison_pb2_grpc.ComparisonServiceServicer):
    """The comparisons that the caller's workspace keeps. now: microseconds since 1970."""

    def __init__(
        self,
        records: Records,
        hub: Hub[SavedComparison],
        draining: Draining,
        links: ShareLinks,
        now: Callable[[], Micros],
    ) -> None:
        self._records = records
        self._hub = hub
        self._draining = draining
        self._links = links
        self._now = now

    async def CreateComparison(
        self, request: saved_comparison_pb2.CreateComparisonRequest, context: Context
    ) -> saved_comparison_pb2.SavedComparison:
        now = self._now()
        comparison = SavedComparison(
            id=new_id(),
            workspace=_workspace(),
            a=request.a,
            b=request.b,
            options=convert.options_json(request.options),
            display_name=convert.display_name(request.display_name, "display_name"),
            created_at=now,
            updated_at=now,
        )
        created = await self._records.create(comparison, request.request_id.lower())
        return convert.comparison_message(created)

    async def GetComparison(
        self, request: saved_comparison_pb2.GetComparisonRequest, context: Context
    ) -> saved_comparison_pb2.SavedComparison:
        found = await self._records.get(_workspace(), resource_id(request.name))
        return convert.comparison_message(found)

    async def ListComparisons(
        self, request: saved_comparison_pb2.ListComparisonsRequest, context: Context
    ) -> saved_comparison_pb2.ListComparisonsResponse:
        page = await self._records.page(
            _workspace(), convert.listing_of(request), convert.selection_of(request)
        )
        return saved_comparison_pb2.ListComparisonsResponse(
            comparisons=[convert.comparison_message(each) for each in page.items],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )

    async def UpdateComparison(
        self, request: saved_comparison_pb2.UpdateComparisonRequest, context: Context
    ) -> saved_comparison_pb2.SavedComparison:
        wanted = request.comparison
        fields = masked(request.update_mask, ("display_name", "status", "options"))
        if not wanted.name:
            raise convert.refused("comparison.name", "Say which one to change: comparisons/ID.")
        name, status, options = None, None, None
        if "display_name" in fields:
            name = convert.display_name(wanted.display_name, "comparison.display_name")
        if "status" in fields:
            status = convert.status_of(wanted.status)
        if "options" in fields:
            options = convert.options_json(wanted.options)
        now = self._now()
        changed = await self._records.change(
            _workspace(),
            resource_id(wanted.name),
            lambda it: changes.update(
                it, etag=wanted.etag, now=now, display_name=name, status=status, options=options
            ),
        )
        return convert.comparison_message(changed)

    async def DeleteComparison(
        self, request: saved_comparison_pb2.DeleteComparisonRequest, context: Context
    ) -> Empty:
        now = self._now()
        found = await self._records.get(_workspace(), resource_id(request.name))
        changes.delete(found, etag=request.etag, now=now)
        # First: should this fail, the comparison is still there to be deleted again.
        await self._links.revoke_all(found, now)
        await self._records.change(
            _workspace(),
            resource_id(request.name),
            lambda it: changes.delete(it, etag=request.etag, now=now),
        )
        return Empty()

    async def WatchComparisons(
        self, request: saved_comparison_pb2.WatchComparisonsRequest, context: Context
    ) -> AsyncIterator[Watched]:
        workspace = _workspace()
        after, named = request.after_revision, bool(request.names)
        present: dict[str, SavedComparison] = {}
        if named and not after:
            # The few that are named are read by themselves, and then what changes from here on. The
            # revision first: what changes in between comes twice, never not at all.
            after = await self._records.revision(workspace)
            present = await self._present(workspace, request.names)
        # Who goes on watching is told of what was deleted meanwhile.
        told = request.after_revision
        updates = self._hub.watch(workspace, request.names, after=after, silence=_SILENCE_SECONDS)
        async for update in until(self._draining, updates):
            rows = {**present, **{row.id: row for row in update.rows}}
            present = {}
            step = replace(update, rows=list(rows.values()))
            async for message in self._messages(workspace, step, told, whole=named):
                yield message
            told = update.revision

    async def CreateNote(
        self, request: saved_comparison_pb2.CreateNoteRequest, context: Context
    ) -> saved_comparison_pb2.Note:
        now = self._now()
        note = Note(
            id=new_id(),
            text=convert.note_text(request.note.text),
            author=one_line(request.note.author),
            moment=convert.moment_of(request.note),
            created_at=now,
            updated_at=now,
            request_id=request.request_id.lower(),
        )
        comparison = await self._records.change(
            _workspace(), resource_id(request.parent), lambda it: changes.add_note(it, note)
        )
        known = changes.note_of_request(comparison, note.request_id)
        return convert.note_message(comparison, known or note)

    async def UpdateNote(
        self, request: saved_comparison_pb2.UpdateNoteRequest, context: Context
    ) -> saved_comparison_pb2.Note:
        masked(request.update_mask, ("text",))
        if not request.note.name:
            raise convert.refused("note.name", "Say which note to change: comparisons/ID/notes/ID.")
        text = convert.note_text(request.note.text)
        parent, note_id = _child_ids(request.note.name)
        now = self._now()
        comparison = await self._records.change(
            _workspace(),
            parent,
            lambda it: changes.edit_note(it, note_id, text=text, etag=request.note.etag, now=now),
        )
        return convert.note_message(comparison, changes.find_note(comparison, note_id))

    async def DeleteNote(
        self, request: saved_comparison_pb2.DeleteNoteRequest, context: Context
    ) -> Empty:
        parent, note_id = _child_ids(request.name)
        now = self._now()
        await self._records.change(
            _workspace(),
            parent,
            lambda it: changes.remove_note(it, note_id, etag=request.etag, now=now),
        )
        return Empty()

    async def SetMarks(
        self, request: saved_comparison_pb2.SetMarksRequest, context: Context
    ) -> saved_comparison_pb2.SavedComparison:
        marks = [convert.mark_of(mark) for mark in request.marks]
        now = self._now()
        changed = await self._records.change(
            _workspace(),
            resource_id(request.name),
            lambda it: changes.set_marks(it, marks, now=now),
        )
        return convert.comparison_message(changed)

    async def CreateShareLink(
        self, request: saved_comparison_pb2.CreateShareLinkRequest, context: Context
    ) -> saved_comparison_pb2.ShareLink:
        wanted = request.share_link
        comparison = await self._records.get(_workspace(), resource_id(request.parent))
        link, token = await self._links.create(
            comparison, one_line(wanted.display_name), convert.expiry_of(wanted), self._now()
        )
        message = convert.link_message(link)
        message.token = token
        return message

    async def ListShareLinks(
        self, request: saved_comparison_pb2.ListShareLinksRequest, context: Context
    ) -> saved_comparison_pb2.ListShareLinksResponse:
        comparison = await self._records.get(_workspace(), resource_id(request.parent))
        page = await self._links.page(comparison, self._now(), ListRequest.of(request))
        return saved_comparison_pb2.ListShareLinksResponse(
            share_links=[convert.link_message(link) for link in page.items],
            next_page_token=page.next_page_token,
            total_size=page.total_size,
        )

    async def RevokeShareLink(
        self, request: saved_comparison_pb2.RevokeShareLinkRequest, context: Context
    ) -> Empty:
        parent, link_id = _child_ids(request.name)
        comparison = await self._records.get(_workspace(), parent)
        if not await self._links.has(comparison, link_id, self._now()):
            raise not_found(request.name)
        await self._links.revoke(comparison.workspace, link_id)
        return Empty()

    async def _present(self, workspace: str, names: Collection[str]) -> dict[str, SavedComparison]:
        """The comparisons of these names, by their ids. Raises SageError(NOT_FOUND)."""
        ids = [resource_id(name) for name in names]
        found = {each.id: each for each in await self._records.find(workspace, ids)}
        for each in ids:
            if each not in found:
                raise not_found(f"comparisons/{each}")
        return found

    async def _messages(
        self, workspace: str, update: Update[SavedComparison], told: int, *, whole: bool
    ) -> AsyncIterator[Watched]:
        """One step of a watch in messages that are small enough.

        told: the revision of the last one before. Only the last message of a step has the step's
        own: a watch that breaks off in between begins the step anew.
        """
        present = [row for row in update.rows if not row.deleted]
        # Who watches all from the start has never heard of those that were deleted before.
        deleted = [row.name for row in update.rows if row.deleted and (told or whole)]
        size = _BATCH
        if whole:
            present = list(await self._records.find(workspace, [row.id for row in present]))
            size = 1  # with all its notes, one may be as large as a message
        messages = [convert.comparison_message(each) for each in present]
        while len(messages) > size:
            yield Watched(comparisons=messages[:size], revision=told)
            messages = messages[size:]
        yield Watched(
            comparisons=messages,
            deleted=deleted,
            revision=update.revision,
            caught_up=update.caught_up,
        )


def _child_ids(name: str) -> tuple[str, str]:
    """The ids of the comparison and of what belongs to it, in `comparisons/{id}/notes/{id}`."""
    _, parent, _, child = name.split("/")
    return parent, child


def _workspace() -> str:
    return current_identity().workspace
