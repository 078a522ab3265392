"""Comparisons on PostgreSQL: the same promises as on SQLite, and replicas that hear each other."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services import compare
from services.compare.adapters.comparison_store import ComparisonStore
from services.compare.saved import comparison as changes
from services.servicekit.announcements import Announcements
from services.servicekit.database import open_database
from services.servicekit.watch import Hub
from tests.fixtures.saved_comparisons import make_comparison, make_note
from tests.integration.postgres import Postgres, start_postgres
from tests.unit.compare.adapters.test_comparison_store import (
    store,
    test_a_comparison_comes_back_as_it_was,
    test_a_list_can_be_narrowed,
    test_a_request_id_is_taken_once_in_its_workspace,
    test_a_workspace_keeps_no_more_than_its_quota,
    test_changes_are_told_in_order_with_what_was_deleted,
    test_notes_of_many_at_once_are_all_there,
    test_of_two_who_change_the_same_the_second_is_told,
    test_pages_hold_every_comparison_once,
    test_the_migrations_make_the_tables_that_the_code_uses,
    test_what_was_deleted_is_gone_and_forgotten_later,
)

# Collected here once more, with the fixture `engine` of this module.
__all__ = [
    "store",
    "test_a_comparison_comes_back_as_it_was",
    "test_a_list_can_be_narrowed",
    "test_a_request_id_is_taken_once_in_its_workspace",
    "test_a_workspace_keeps_no_more_than_its_quota",
    "test_changes_are_told_in_order_with_what_was_deleted",
    "test_notes_of_many_at_once_are_all_there",
    "test_of_two_who_change_the_same_the_second_is_told",
    "test_pages_hold_every_comparison_once",
    "test_the_migrations_make_the_tables_that_the_code_uses",
    "test_what_was_deleted_is_gone_and_forgotten_later",
]

pytestmark = pytest.mark.xdist_group("compare-postgres")

MIGRATIONS = Path(compare.__file__).parent / "migrations"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    """An empty database."""
    return postgres.create_database(f"compare_{uuid.uuid4().hex}")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(database_url, MIGRATIONS) as engine:
        yield engine


async def test_a_watcher_of_one_replica_hears_what_another_one_changes(database_url: str) -> None:
    async with (
        open_database(database_url, MIGRATIONS) as here,
        open_database(database_url, MIGRATIONS) as there,
    ):
        hears = Announcements(here, "comparisons")
        reads, writes = (
            ComparisonStore(here, hears),
            ComparisonStore(there, Announcements(there, "comparisons")),
        )
        # It never looks by itself: what arrives was announced.
        hub = Hub(reads, look_seconds=3600.0)
        hears.subscribe(hub.announced)
        async with hears.listening(), asyncio.timeout(30):
            made = await writes.create(make_comparison(), "")
            watch = hub.watch("w1", [made.name], after=0, silence=60.0)
            assert [it.id for it in (await anext(watch)).rows] == [made.id]
            await writes.change("w1", made.id, lambda it: changes.add_note(it, make_note()))
            assert [it.note_count for it in (await anext(watch)).rows] == [1]
            await watch.aclose()
        await hub.close()
