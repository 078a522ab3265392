"""The same backup of what a cluster has: PostgreSQL, an S3 store, and keys in files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pytest
from sqlalchemy import MetaData, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

import services
from deploy.embedded.settings import EmbeddedSettings
from deploy.operations.archive import Archive
from deploy.operations.backup import back_up
from deploy.operations.errors import OperationError
from deploy.operations.installation import Installation, read_installation
from deploy.operations.restore import Lost, restore
from services.embed.adapters.schema import known_videos
from services.servicekit.database import create_engine, open_database
from tests.integration.postgres import Postgres, start_postgres
from tests.integration.processes import ACCESS_KEY, SECRET_KEY, start_store

SERVICES = ("ingest", "embed", "compare")
ROW = {"workspace": "w", "video": "videos/v", "sha256": "ab" * 32}
OBJECTS = {
    "workspaces/w/videos/v/original": b"\0video\xff" * 1000,
    "workspaces/w/embeddings/e/1": b"",
}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_store(tmp_path_factory.mktemp("store")) as process:
        yield f"http://{process.address}"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    # It remembers the credentials of whoever asked first in this process.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def installation(postgres: Postgres, store: str, folder: Path, name: str) -> Installation:
    """Three empty databases, a bucket that is not there yet, and keys in a folder."""
    ingest, embed, compare = (postgres.create_database(f"{name}_{each}") for each in SERVICES)
    return read_installation(
        EmbeddedSettings(
            home=folder / "no-home",
            s3_endpoint=store,
            s3_bucket=name,
            token_signing_key_file=folder / name / "signing.pem",
            jwks_file=folder / name / "jwks.json",
            master_key_file=folder / name / "master.key",
            ingest_database_url=ingest,
            embed_database_url=embed,
            compare_database_url=compare,
        )
    )


async def fill(it: Installation) -> None:
    for database in it.databases:
        migrations = Path(services.__file__).parent / database.service / "migrations"
        async with open_database(database.url.render_as_string(), migrations) as engine:
            if database.service == "embed":
                async with engine.begin() as connection:
                    await connection.execute(insert(known_videos).values(ROW))
    for number, key in enumerate(it.keys.values()):
        key.parent.mkdir(exist_ok=True)
        key.write_text(f"key {number}")
    with it.bucket() as bucket:
        bucket.require_empty()
        for name, data in OBJECTS.items():
            source = it.home.root.parent / "object"
            source.write_bytes(data)
            bucket.write(name, "video/mp4", source)


async def rows(engine: AsyncEngine) -> Mapping[str, int]:
    metadata = MetaData()
    async with engine.connect() as connection:
        await connection.run_sync(metadata.reflect)
        return {
            table.name: len((await connection.execute(select(table))).all())
            for table in metadata.sorted_tables
        }


async def held(it: Installation) -> Mapping[str, Mapping[str, int]]:
    found = {}
    for database in it.databases:
        engine = create_engine(database.url.render_as_string())
        found[database.service] = await rows(engine)
        await engine.dispose()
    return found


async def test_a_cluster_is_restored_into_an_empty_one(
    postgres: Postgres, store: str, tmp_path: Path
) -> None:
    old = installation(postgres, store, tmp_path, "old")
    new = installation(postgres, store, tmp_path, "new")
    archive, said = Archive(tmp_path / "backup"), list[str]()
    await fill(old)

    back_up(old, archive, said.append)
    restore(new, archive, said.append)

    assert said[-1].endswith("2 objects. SAGE can be started.")
    assert await held(new) == await held(old)
    assert (await held(new))["embed"]["known_videos"] == 1
    for setting, file in new.keys.items():
        assert file.read_bytes() == old.keys[setting].read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
    with new.bucket() as bucket:
        # One that goes while a backup is made is none that the backup needs.
        assert bucket.read("workspaces/gone") is None
        for key, data in OBJECTS.items():
            answer = bucket.read(key)
            assert answer is not None
            assert (answer[0], b"".join(answer[1])) == ("video/mp4", data)

    with pytest.raises(OperationError, match=r"ingest's database .* is not empty"):
        restore(new, archive, said.append)
    # Nothing was made on the machine that it ran on.
    assert not (tmp_path / "no-home").exists()


async def test_lost_databases_of_a_cluster_come_back_beside_its_bucket(
    postgres: Postgres, store: str, tmp_path: Path
) -> None:
    it = installation(postgres, store, tmp_path, "cluster")
    archive, said = Archive(tmp_path / "backup"), list[str]()
    await fill(it)
    back_up(it, archive, said.append)
    told = await held(it)
    with it.bucket() as bucket:
        later = it.home.root.parent / "object"
        later.write_bytes(b"later")
        bucket.write("workspaces/w/videos/later/original", "video/mp4", later)

    # As after DROP DATABASE and CREATE DATABASE, with the bucket and the keys that there are.
    urls = {f"{name}_database_url": postgres.create_database(f"again_{name}") for name in SERVICES}
    again = read_installation(it.settings.model_copy(update=urls))
    with pytest.raises(OperationError, match="is not empty"):
        restore(it, archive, said.append, Lost.DATABASES)
    restore(again, archive, said.append, Lost.DATABASES)

    assert await held(again) == told
    assert said[-2].startswith("1 objects of the bucket are not of this backup.")
    with again.bucket() as bucket:
        assert {key for key, _, _ in bucket.listed()} == {
            *OBJECTS,
            "workspaces/w/videos/later/original",
        }


async def test_a_store_that_lost_its_objects_does_not_empty_the_backup(
    postgres: Postgres, store: str, tmp_path: Path
) -> None:
    it = installation(postgres, store, tmp_path, "shrunk")
    archive, said = Archive(tmp_path / "backup"), list[str]()
    await fill(it)
    before = back_up(it, archive, said.append)
    elsewhere = "nothing-in-it"
    emptied = read_installation(it.settings.model_copy(update={"s3_bucket": elsewhere}))
    with emptied.bucket() as bucket:
        bucket.ensure()

    with pytest.raises(OperationError, match="may have been lost"):
        back_up(emptied, archive, said.append)
    assert archive.read_manifest() == before
    assert {each.key for each in archive.objects(before)} == set(OBJECTS)

    after = back_up(emptied, archive, said.append, smaller=True)
    assert list(archive.objects(after)) == []
