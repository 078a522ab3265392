"""The tables on a real SQLite file, brought up by the real migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services import ingest
from services.ingest.adapters.database import UploadTable, VideoTable
from services.ingest.adapters.tables import metadata
from services.ingest.api.convert import cursor
from services.ingest.library.video import Video
from services.ingest.uploads.upload import Upload
from services.servicekit.database import open_database
from services.servicekit.errors import SageError
from services.servicekit.names import new_id
from tests.unit.ingest.fakes import START
from tests.unit.ingest.uploads.test_upload import LEASE, make_upload

NOW = START + timedelta(microseconds=123456)
MIGRATIONS = Path(ingest.__file__).parent / "migrations"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/db", MIGRATIONS) as engine:
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
        sha256="ab" * 32,
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
    upload = await uploads.add(new_upload())
    claimed = upload.begin("a", NOW, LEASE)
    assert await uploads.replace(claimed)
    video = video_of(upload, **changes)
    assert await uploads.succeed(claimed.succeed("a", NOW), video)
    return video


async def test_the_migrations_make_the_tables_that_the_code_uses(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_upload_comes_back_as_it_was(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    upload = await uploads.add(new_upload(request_id="r"))
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
    upload = await uploads.add(new_upload())
    assert await uploads.replace(upload.begin("a", NOW, LEASE))
    assert not await uploads.replace(upload.begin("b", NOW, LEASE))
    current = await uploads.get("w", upload.id)
    assert current is not None
    assert current.lease_owner == "a"


async def test_a_request_id_is_taken_once_in_its_workspace(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    first = await uploads.add(new_upload(request_id="r"))
    assert await uploads.add(new_upload(request_id="r")) == first
    foreign = new_upload(request_id="r", workspace="other")
    assert await uploads.add(foreign) == foreign
    for _ in range(2):
        nameless = new_upload()
        assert await uploads.add(nameless) == nameless


async def test_only_the_owner_extends_its_lease(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    upload = await uploads.add(new_upload())
    mine = upload.begin("a", NOW, LEASE)
    await uploads.replace(mine)
    assert await uploads.extend_lease(mine, NOW + 2 * LEASE)
    taken = mine.begin("b", NOW + 3 * LEASE, LEASE)
    await uploads.replace(taken)
    assert not await uploads.extend_lease(mine, NOW + 9 * LEASE)
    assert await uploads.get("w", upload.id) == taken


async def test_a_video_and_the_end_of_its_upload_are_stored_together(engine: AsyncEngine) -> None:
    uploads, videos = UploadTable(engine), VideoTable(engine)
    upload = await uploads.add(new_upload())
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
    listed: list[Video] = []
    after = None
    while page := await videos.page("w", sha256="", after=after, limit=2):
        listed += page
        after = cursor(page[-1])
    assert listed == sorted(made, key=lambda video: (video.created_at, video.id), reverse=True)


async def test_videos_are_found_by_their_bytes_while_they_are_ready(engine: AsyncEngine) -> None:
    videos = VideoTable(engine)
    video = await stored_video(engine, sha256="cd" * 32)
    await stored_video(engine)
    assert await videos.page("w", sha256=video.sha256, after=None, limit=9) == [video]
    leaving = video.deleting(NOW)
    assert await videos.replace(leaving)
    assert not await videos.replace(video.renamed("late", "", NOW))
    assert await videos.page("w", sha256=video.sha256, after=None, limit=9) == []
    assert await videos.deleting(9) == [leaving]
    await videos.remove(leaving)
    assert await videos.get("w", video.id) is None


async def test_the_sweep_finds_what_is_due(engine: AsyncEngine) -> None:
    uploads = UploadTable(engine)
    due = await uploads.add(new_upload(expires_at=NOW))
    await uploads.add(new_upload(expires_at=NOW + LEASE))
    busy = await uploads.add(new_upload(expires_at=NOW))
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


async def test_a_database_that_fails_is_unavailable(engine: AsyncEngine, tmp_path: Path) -> None:
    await engine.dispose()
    for file in tmp_path.glob("db*"):
        file.unlink()
    (tmp_path / "db").mkdir()
    with pytest.raises(SageError) as caught:
        await UploadTable(engine).get("w", "u")
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
