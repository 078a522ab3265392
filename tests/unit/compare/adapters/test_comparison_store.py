"""The table on a real SQLite file, brought up by the real migrations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.compare.adapters import schema
from services.compare.adapters.comparison_store import ComparisonStore
from services.compare.saved import comparison as changes
from services.compare.saved.comparison import SavedComparison, Status
from services.compare.saved.records import Selection
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from services.servicekit.listing.requests import ListRequest
from tests.fixtures.databases import database_of
from tests.fixtures.pages import every_page
from tests.fixtures.saved_comparisons import make_comparison, make_mark, make_note

LIMIT = 5


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database_of("compare", tmp_path) as engine:
        yield engine


@pytest.fixture
def store(engine: AsyncEngine) -> ComparisonStore:
    return ComparisonStore(engine, Announcements(engine, "comparisons"), limit=LIMIT)


async def add(store: ComparisonStore, request: str = "", **fields: object) -> SavedComparison:
    return await store.create(make_comparison(**fields), request)


async def test_the_migrations_make_the_tables_that_the_code_uses(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> Sequence[object]:
        # Beside the service's own tables there is the note of who may read them.
        opts = {"include_name": lambda name, _, __: name != "schema_readers"}
        found: list[object] = compare_metadata(
            MigrationContext.configure(connection, opts=opts), schema.metadata
        )
        return found

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_comparison_comes_back_as_it_was(store: ComparisonStore) -> None:
    made = await add(store, display_name="Übergang 🎬", options='{"engine": "local"}')
    note, mark = make_note("zwei\nZeilen"), make_mark(1 / 3, 2 / 3, ignored=True)
    await store.change("w1", made.id, lambda it: changes.add_note(it, note))
    changed = await store.change("w1", made.id, lambda it: changes.set_marks(it, [mark], now=7))
    assert await store.get("w1", made.id) == changed
    assert (changed.notes, changed.marks) == ((note,), (mark,))


async def test_another_workspace_finds_nothing(store: ComparisonStore) -> None:
    made = await add(store)
    for act in (
        store.get("w2", made.id),
        store.change("w2", made.id, lambda it: replace(it, display_name="mine")),
    ):
        with pytest.raises(SageError, match=f"no {made.name} in your workspace"):
            await act
    assert (await store.page("w2", ListRequest(), Selection())).items == []
    assert await store.changes("w2", 0) == []


async def test_a_request_id_is_taken_once_in_its_workspace(store: ComparisonStore) -> None:
    first, *others = await asyncio.gather(*(add(store, "r1", id=name) for name in "xyz"))
    assert {other.id for other in others} == {first.id}
    with pytest.raises(SageError, match="another comparison"):
        await add(store, "r1", display_name="Another")
    assert (await add(store, "r1", workspace="w2")).id != first.id


async def test_a_workspace_keeps_no_more_than_its_quota(store: ComparisonStore) -> None:
    kept = [await add(store) for _ in range(LIMIT)]
    with pytest.raises(SageError, match="keeps 5 comparisons; it may keep 5"):
        await add(store)
    await store.change("w1", kept[0].id, lambda it: changes.delete(it, etag="", now=9))
    await add(store)


async def test_of_two_who_change_the_same_the_second_is_told(store: ComparisonStore) -> None:
    made = await add(store)

    async def rename(name: str) -> str:
        try:
            await store.change(
                "w1",
                made.id,
                partial(changes.update, etag=made.etag, now=9, display_name=name),
            )
        except SageError as error:
            return error.reason_name
        return name

    answers = await asyncio.gather(rename("mine"), rename("theirs"))
    assert "ETAG_MISMATCH" in answers
    winner = next(answer for answer in answers if answer != "ETAG_MISMATCH")
    assert (await store.get("w1", made.id)).display_name == winner


async def test_notes_of_many_at_once_are_all_there(store: ComparisonStore) -> None:
    made = await add(store)
    notes = [make_note(str(number)) for number in range(8)]
    await asyncio.gather(
        *(store.change("w1", made.id, partial(changes.add_note, note=note)) for note in notes)
    )
    kept = await store.get("w1", made.id)
    assert {note.text for note in kept.notes} == set("01234567")
    assert kept.note_count == 8


@pytest.mark.parametrize(
    ("order_by", "key"), [("", "created_at"), ("update_time desc", "updated_at")]
)
async def test_pages_hold_every_comparison_once(
    store: ComparisonStore, order_by: str, key: str
) -> None:
    times = [(1, 9), (2, 8), (2, 8), (3, 3)]
    made = [await add(store, created_at=at, updated_at=to) for at, to in times]
    found = await every_page(
        lambda listing: store.page("w1", listing, Selection()), order_by=order_by
    )
    assert found == sorted(made, key=lambda it: (getattr(it, key), it.id), reverse=True)


async def test_a_list_can_be_narrowed(store: ComparisonStore) -> None:
    ab = await add(store, a="videos/a", b="videos/b")
    bc = await add(store, a="videos/b", b="videos/c", status=Status.APPROVED)

    async def ids(**fields: object) -> set[str]:
        selection = Selection(**fields)  # type: ignore[arg-type]
        return {it.id for it in (await store.page("w1", ListRequest(), selection)).items}

    assert await ids(video="videos/b") == {ab.id, bc.id}
    assert await ids(a="videos/b") == {bc.id}
    assert await ids(a="videos/a", b="videos/b") == {ab.id}
    assert await ids(b="videos/a") == set()
    assert await ids(statuses=[Status.APPROVED]) == {bc.id}


async def test_lists_leave_out_notes_and_marks_but_count_them(store: ComparisonStore) -> None:
    made = await add(store)
    await store.change("w1", made.id, lambda it: changes.add_note(it, make_note()))
    (listed,) = (await store.page("w1", ListRequest(), Selection())).items
    assert (listed.notes, listed.note_count) == ((), 1)


async def test_changes_are_told_in_order_with_what_was_deleted(store: ComparisonStore) -> None:
    first, second = await add(store), await add(store)
    seen = await store.revision("w1")
    await store.change("w1", second.id, lambda it: changes.delete(it, etag="", now=9))
    await store.change("w1", first.id, lambda it: changes.add_note(it, make_note()))
    told = await store.changes("w1", seen)
    assert [(it.id, it.deleted) for it in told] == [(second.id, True), (first.id, False)]
    assert told[-1].revision == await store.revision("w1")


async def test_what_changes_nothing_is_not_told(store: ComparisonStore) -> None:
    made = await add(store)
    await store.change("w1", made.id, lambda it: it)
    assert await store.revision("w1") == made.revision


async def test_what_was_deleted_is_gone_and_forgotten_later(store: ComparisonStore) -> None:
    made = await add(store, "r1")
    await store.change("w1", made.id, lambda it: changes.delete(it, etag="", now=100))
    with pytest.raises(SageError, match="There is no"):
        await store.get("w1", made.id)
    assert (await store.page("w1", ListRequest(), Selection())).items == []
    assert await store.forget_deleted(before=100) == 0
    assert await store.forget_deleted(before=101) == 1
    assert await store.changes("w1", 0) == []
    assert (await add(store, "r1", display_name="Another")).id != made.id


async def test_what_nobody_changed_for_long_is_deleted_as_by_its_owner(
    store: ComparisonStore,
) -> None:
    old, used = await add(store, updated_at=10), await add(store, updated_at=10, workspace="w2")
    await store.change(
        "w2", used.id, lambda it: changes.update(it, etag="", now=50, display_name="x")
    )
    assert await store.expire(before=50, now=60) == 1
    assert await store.expire(before=50, now=60) == 0
    (told,) = await store.changes("w1", 0)
    assert (told.id, told.deleted, told.updated_at) == (old.id, True, 60)
    left = await store.page("w2", ListRequest(), Selection())
    assert [it.id for it in left.items] == [used.id]
