"""Ingest on PostgreSQL: the same promises as on SQLite, and several replicas side by side."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.servicekit.database import open_database
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.integration.ingest_client import PART, open_client, refused
from tests.integration.postgres import Postgres, start_postgres
from tests.integration.processes import (
    create_keys,
    service_environment,
    start_service,
    start_store,
)
from tests.unit.ingest.adapters.test_database import (
    MIGRATIONS,
    test_a_request_id_is_taken_once_in_its_workspace,
    test_a_video_and_the_end_of_its_upload_are_stored_together,
    test_a_video_that_is_being_removed_gives_its_object_to_nobody,
    test_an_upload_comes_back_as_it_was,
    test_of_two_writers_one_wins,
    test_only_the_owner_extends_its_lease,
    test_pages_hold_every_video_once_newest_first,
    test_pages_of_uploads_are_newest_first_and_of_the_states_that_are_asked_for,
    test_stored_bytes_are_counted_once_and_leftovers_until_they_are_gone,
    test_the_migrations_make_the_tables_that_the_code_uses,
    test_the_sweep_finds_what_is_due,
    test_two_callers_at_once_cannot_go_beyond_a_quota,
    test_videos_are_found_by_their_bytes_while_they_are_ready,
)
from tests.unit.ingest.adapters.test_proxy_table import (
    clock,
    table,
    test_a_proxy_is_added_once,
    test_a_sign_of_life_keeps_it,
    test_an_attempt_that_lost_it_changes_nothing,
    test_one_is_taken_by_one,
    test_workspaces_take_turns,
)

# Collected here once more, with the fixture `engine` of this module.
__all__ = [
    "clock",
    "table",
    "test_a_proxy_is_added_once",
    "test_a_request_id_is_taken_once_in_its_workspace",
    "test_a_sign_of_life_keeps_it",
    "test_a_video_and_the_end_of_its_upload_are_stored_together",
    "test_a_video_that_is_being_removed_gives_its_object_to_nobody",
    "test_an_attempt_that_lost_it_changes_nothing",
    "test_an_upload_comes_back_as_it_was",
    "test_of_two_writers_one_wins",
    "test_one_is_taken_by_one",
    "test_only_the_owner_extends_its_lease",
    "test_pages_hold_every_video_once_newest_first",
    "test_pages_of_uploads_are_newest_first_and_of_the_states_that_are_asked_for",
    "test_stored_bytes_are_counted_once_and_leftovers_until_they_are_gone",
    "test_the_migrations_make_the_tables_that_the_code_uses",
    "test_the_sweep_finds_what_is_due",
    "test_two_callers_at_once_cannot_go_beyond_a_quota",
    "test_videos_are_found_by_their_bytes_while_they_are_ready",
    "test_workspaces_take_turns",
]

pytestmark = pytest.mark.xdist_group("ingest-postgres")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    """An empty database."""
    return postgres.create_database(f"ingest_{uuid.uuid4().hex}")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(database_url, MIGRATIONS) as engine:
        yield engine


def test_replicas_share_the_work_of_one_upload(
    tmp_path: Path, database_url: str, clip_library: ClipLibrary
) -> None:
    clip = clip_library.get("clip.mp4", clips.REEL[1:2]).read_bytes()
    size = PART + 54321
    data = clip + (size - len(clip)).to_bytes(4, "big") + b"free" + bytes(size - len(clip) - 8)
    keys = create_keys(tmp_path)
    with ExitStack() as stack:
        store = stack.enter_context(start_store(tmp_path))
        clients = []
        for name in ("one", "two"):
            environment = {
                **service_environment(tmp_path / name, store.address, keys),
                "SAGE_INGEST_DATABASE_URL": database_url,
            }
            replica = stack.enter_context(
                start_service("services.ingest", "SAGE_INGEST_PORT", environment)
            )
            client = stack.enter_context(open_client(replica.address, keys.signing_key, "w"))
            clients.append(client)
        pool = stack.enter_context(ThreadPoolExecutor(4))
        one, two = clients

        request_id = str(uuid.uuid4())
        created = list(
            pool.map(lambda client: client.create(data, request_id=request_id), clients * 2)
        )
        assert len({upload.name for upload in created}) == 1
        upload = created[0]
        one.put(upload, 2, data)
        with refused("UPLOAD_INCOMPLETE"):
            two.complete(upload)
        two.put(upload, 1, data)
        assert list(one.read_upload(upload.name).received_parts) == [1, 2]

        videos = list(pool.map(lambda client: client.complete(upload), clients * 2))
        assert len({video.name for video in videos}) == 1
        assert videos[0].sha256 == hashlib.sha256(data).hexdigest()
        for client in clients:
            assert list(client.videos().videos) == [videos[0]]
