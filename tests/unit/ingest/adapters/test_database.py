"""The tables on a real SQLite file, brought up by the real migrations."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, column, insert, table
from sqlalchemy.ext.asyncio import AsyncEngine

from services import ingest
from services.ingest.adapters.database import UploadTable, VideoTable
from services.ingest.adapters.tables import metadata, video_values
from services.ingest.library.video import Video, object_key
from services.ingest.uploads.quota import Quota
from services.ingest.uploads.upload import State, Upload
from services.servicekit.database import create_engine
from services.servicekit.errors import SageError
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import new_id
from tests.fixtures.databases import database_of
from tests.fixtures.pages import every_page
from tests.unit.ingest.fakes import START
from tests.unit.ingest.uploads.test_upload import LEASE, make_upload

NOW = START + timedelta(microseconds=123456)
ROOM = Quota(bytes=1 << 60, open_uploads=1000)
MIGRATIONS = Path(ingest.__file__).parent / "migrations"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database_of("ingest", tmp_path) as engine:
        yield engine


def new_upload(**changes: object) -> Upload:
    upload = replace(make_upload(), id=new_id(), video_id=new_id(), created_at=NOW)
    return replace(upload, **changes)  # type: ignore[arg-type]


def video_of(upload: Upload, **changes: object) -> Video:
    video = Video(
        id=upload.video_id,
        workspace=upload.workspace,
        display_name="ä.mp4",
        size_bytes=3 << 40,
        sha256=hashlib.sha256(upload.id.encode()).hexdigest(),
        object_key=object_key(upload.workspace, upload.video_id),
        content_type="video/mp4",
        duration=12.345,
        width=1920,
        height=1080,
        frame_rate=29.97,
        video_codec="h264",
        audio_codec="",
        has_audio=False,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(video, **changes)  # type: ignore[arg-type]


async def stored_video(engine: AsyncEngine, **changes: object) -> Video:
    uploads = UploadTable(engine)
    upload = await uploads.add(new_upload(), ROOM)
    claimed = upload.begin("a", NOW, LEASE)
    assert await uploads.replace(claimed)
    video = video_of(upload, **changes)
    added = await uploads.succeed(claimed.succeed("a", NOW), video)
    assert added is not None
    return added


async def test_the_migrations_make_the_tables_that_the_code_uses(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> object:
        # Beside the service's own tables there is the note of who may read them.
        opts = {"include_name": lambda name, _, __: name != "schema_readers"}
        return compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_upload_comes_back_as_it_was(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    upload = await uploads.add(new_upload(request_id="r"), ROOM)
    for change in (
        upload,
        upload.opened("store id", NOW),
        upload.opened("store id", NOW).begin("a", NOW, LEASE),
    ):
        if change is not upload:
            assert await uploads.replace(change)
        assert await uploads.get("w", upload.id) == change
    assert await uploads.get("other", upload.id) is None


async def test_of_two_writers_one_wins(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    upload = await uploads.add(new_upload(), ROOM)
    assert await uploads.replace(upload.begin("a", NOW, LEASE))
    assert not await uploads.replace(upload.begin("b", NOW, LEASE))
    current = await uploads.get("w", upload.id)
    assert current is not None
    assert current.lease_owner == "a"


async def test_a_request_id_is_taken_once_in_its_workspace(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    first = await uploads.add(new_upload(request_id="r"), ROOM)
    assert await uploads.add(new_upload(request_id="r"), ROOM) == first
    foreign = new_upload(request_id="r", workspace="other")
    assert await uploads.add(foreign, ROOM) == foreign
    for _ in range(2):
        nameless = new_upload()
        assert await uploads.add(nameless, ROOM) == nameless


async def test_only_the_owner_extends_its_lease(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    upload = await uploads.add(new_upload(), ROOM)
    mine = upload.begin("a", NOW, LEASE)
    await uploads.replace(mine)
    assert await uploads.extend_lease(mine, NOW + 2 * LEASE)
    taken = mine.begin("b", NOW + 3 * LEASE, LEASE)
    await uploads.replace(taken)
    assert not await uploads.extend_lease(mine, NOW + 9 * LEASE)
    assert await uploads.get("w", upload.id) == taken


async def test_a_video_and_the_end_of_its_upload_are_stored_together(engine: AsyncEngine) -> None:
    uploads, videos = UploadTable(engine), VideoTable(engine)
    upload = await uploads.add(new_upload(), ROOM)
    late = upload.begin("a", NOW, LEASE)
    await uploads.replace(late)
    await uploads.replace(late.begin("b", NOW + 2 * LEASE, LEASE))
    assert not await uploads.succeed(late.succeed("a", NOW), video_of(upload))
    assert await videos.get("w", upload.video_id) is None

    video = await stored_video(engine)
    assert await videos.get("w", video.id) == video
    assert await videos.get("other", video.id) is None


async def test_pages_hold_every_video_once_newest_first(engine: AsyncEngine) -> None:
    videos = VideoTable(engine)
    made = [
        await stored_video(engine, created_at=NOW + timedelta(microseconds=number // 2))
        for number in range(5)
    ]
    await stored_video(engine, workspace="other")
    listed = await every_page(lambda listing: videos.page("w", listing, sha256=""))
    assert listed == sorted(made, key=lambda video: (video.created_at, video.id), reverse=True)


async def test_videos_are_found_by_their_bytes_while_they_are_ready(engine: AsyncEngine) -> None:
    videos = VideoTable(engine)
    video = await stored_video(engine, sha256="cd" * 32)
    await stored_video(engine)
    assert (await videos.page("w", ListRequest(), sha256=video.sha256)).items == [video]
    leaving = video.deleting(NOW)
    assert await videos.replace(leaving)
    assert not await videos.replace(video.renamed("late", "", NOW))
    assert (await videos.page("w", ListRequest(), sha256=video.sha256)).items == []
    assert await videos.deleting(9) == [leaving]
    await videos.remove(leaving)
    assert await videos.get("w", video.id) is None


async def test_the_sweep_finds_what_is_due(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    due = await uploads.add(new_upload(expires_at=NOW), ROOM)
    await uploads.add(new_upload(expires_at=NOW + LEASE), ROOM)
    busy = await uploads.add(new_upload(expires_at=NOW), ROOM)
    await uploads.replace(busy.begin("a", NOW, LEASE))
    assert await uploads.expired(NOW, 9) == [due]

    aborted = due.abort(NOW)
    await uploads.replace(aborted)
    assert await uploads.with_leftovers(9) == [aborted]
    assert await uploads.forget(NOW + LEASE) == 0
    await uploads.replace(aborted.cleaned(NOW))
    assert await uploads.with_leftovers(9) == []
    assert await uploads.forget(NOW) == 0
    assert await uploads.forget(NOW + LEASE) == 1
    assert await uploads.get("w", due.id) is None


async def test_two_callers_at_once_cannot_go_beyond_a_quota(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    size = make_upload().spec.size_bytes
    for quota in (Quota(bytes=3 * size, open_uploads=99), Quota(bytes=99 * size, open_uploads=3)):
        workspace = new_id()
        outcomes = await asyncio.gather(
            *(uploads.add(new_upload(workspace=workspace), quota) for _ in range(8)),
            return_exceptions=True,
        )
        refused = [it for it in outcomes if isinstance(it, SageError)]
        assert [it.reason_name for it in refused] == ["QUOTA_EXCEEDED"] * 5
        assert {it.metadata["used"] for it in refused} <= {"3", str(3 * size)}
        other = new_upload(workspace=new_id())
        assert await uploads.add(other, quota) == other


async def test_stored_bytes_are_counted_once_and_leftovers_until_they_are_gone(
    engine: AsyncEngine,
) -> None:
    uploads = UploadTable(engine)
    first = await stored_video(engine, size_bytes=70)
    second = await stored_video(engine, size_bytes=70, sha256=first.sha256)
    assert second.object_key == first.object_key
    (leftover,) = await uploads.with_leftovers(9)
    assert leftover.video_id == second.id
    quota = Quota(bytes=250, open_uploads=9)
    with pytest.raises(SageError) as caught:
        await uploads.add(new_upload(), quota)
    assert caught.value.metadata["used"] == "170"
    assert await uploads.replace(leftover.cleaned(NOW))
    await uploads.add(new_upload(), quota)


async def test_a_video_that_is_being_removed_gives_its_object_to_nobody(
    engine: AsyncEngine,
) -> None:
    uploads, videos = UploadTable(engine), VideoTable(engine)
    for _ in range(10):
        old = await stored_video(engine, workspace=new_id())
        upload = await uploads.add(new_upload(workspace=old.workspace), ROOM)
        claimed = upload.begin("a", NOW, LEASE)
        assert await uploads.replace(claimed)
        new = video_of(upload, sha256=old.sha256)

        async def removed(old: Video = old) -> bool:
            leaving = old.deleting(NOW)
            assert await videos.replace(leaving)
            return not await videos.is_shared(leaving)

        added, gone = await asyncio.gather(
            uploads.succeed(claimed.succeed("a", NOW), new), removed()
        )
        assert added is not None
        assert gone == (added.object_key == new.object_key)


async def test_pages_of_uploads_are_newest_first_and_of_the_states_that_are_asked_for(
    engine: AsyncEngine,
) -> None:
    uploads = UploadTable(engine)
    made = [
        await uploads.add(new_upload(created_at=NOW + timedelta(microseconds=n // 2)), ROOM)
        for n in range(5)
    ]
    await uploads.add(new_upload(workspace="other"), ROOM)
    newest = sorted(made, key=lambda upload: (upload.created_at, upload.id), reverse=True)
    listed = await every_page(lambda listing: uploads.page("w", listing, states=()))
    assert listed == newest
    aborted = newest[1].abort(NOW)
    await uploads.replace(aborted)
    page = await uploads.page("w", ListRequest(), states=[State.ABORTED])
    assert page.items == [aborted]
    assert (await uploads.page("w", ListRequest(), states=[State.ACTIVE])).total_size == 4


async def test_videos_of_before_keep_their_objects(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path}/old")

    def upgrade(connection: Connection, revision: str) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    values = video_values(video_of(new_upload(id="u", video_id="v")))
    del values["object_key"]
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0001")
        await connection.execute(insert(table("videos", *map(column, values))).values(values))
        await connection.run_sync(upgrade, "head")
    video = await VideoTable(engine).get("w", "v")
    await engine.dispose()
    assert video is not None
    assert video.object_key == "workspaces/w/videos/v/original"


async def test_a_database_that_fails_is_unavailable(engine: AsyncEngine, tmp_path: Path) -> None:
    await engine.dispose()
    for file in tmp_path.glob("ingest.sqlite*"):
        file.unlink()
    (tmp_path / "ingest.sqlite").mkdir()
    with pytest.raises(SageError) as caught:
        await UploadTable(engine).get("w", "u")
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
