from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from services.ingest.adapters.s3 import S3Store
from services.ingest.ports import StoreUploadGone
from services.servicekit.errors import SageError
from services.servicekit.store import create_s3_client

PART = 5 * 1024 * 1024
KEY = "workspaces/w/videos/v/original"


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[S3Store]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = create_s3_client(None, "us-east-1")
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="media")
        store = S3Store(client, client, "media", tmp_path, threads=4)
        yield store
        store.close()


async def test_parts_become_an_object(store: S3Store) -> None:
    data = bytes(PART) + b"the short last part"
    upload = await store.open_upload(KEY, "video/mp4")
    etags = {
        2: await store.put_part(KEY, upload, 2, data[PART:]),
        1: await store.put_part(KEY, upload, 1, data[:PART]),
    }
    parts = await store.list_parts(KEY, upload)
    assert {number: part.length for number, part in parts.items()} == {1: PART, 2: 19}
    assert {number: part.etag for number, part in parts.items()} == etags
    await store.join_parts(KEY, upload, parts)
    assert await store.size(KEY) == len(data)
    assert await store.sha256(KEY) == hashlib.sha256(data).hexdigest()


async def test_sending_a_part_again_replaces_it(store: S3Store) -> None:
    upload = await store.open_upload(KEY, "video/mp4")
    await store.put_part(KEY, upload, 1, b"first")
    await store.put_part(KEY, upload, 1, b"second!")
    assert {n: part.length for n, part in (await store.list_parts(KEY, upload)).items()} == {1: 7}


async def test_an_upload_that_is_over_is_gone(store: S3Store) -> None:
    upload = await store.open_upload(KEY, "video/mp4")
    await store.abort_upload(KEY, upload)
    await store.abort_upload(KEY, upload)
    with pytest.raises(StoreUploadGone):
        await store.list_parts(KEY, upload)


async def test_abandoned_uploads_are_found_by_their_age(store: S3Store) -> None:
    upload = await store.open_upload(KEY, "video/mp4")
    await store.open_upload("elsewhere", "video/mp4")
    later = datetime.now(UTC) + timedelta(days=365 * 30)
    assert await store.abandoned_uploads("workspaces/", later) == [(KEY, upload)]
    assert await store.abandoned_uploads("workspaces/", datetime(2010, 1, 1, tzinfo=UTC)) == []


async def test_everything_under_a_prefix_goes(store: S3Store) -> None:
    for key in ("a/original", "a/filmstrip", "ab/original"):
        await store.write(key, b"x")
    await store.remove_all("a/")
    assert await store.read("a/original") is None
    assert await store.size("a/filmstrip") is None
    assert await store.read("ab/original") == b"x"


async def test_a_missing_bucket_is_not_made_in_somebody_elses_cloud(
    store: S3Store, tmp_path: Path
) -> None:
    await store.check()
    client = create_s3_client(None, "us-east-1")
    absent = S3Store(client, client, "absent", tmp_path, threads=1)
    with pytest.raises(ClientError):
        await absent.check()
    absent.close()


def client_error(status: int, code: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "PutObject",
    )


class FailingClient:
    """Says where it is, and fails."""

    def __init__(self, endpoint: str, error: Exception) -> None:
        self.meta = type("Meta", (), {"endpoint_url": endpoint})
        self._error = error

    def put_object(self, **_: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (client_error(507, "InsufficientStorage"), "STORAGE_FULL"),
        (client_error(403, "QuotaExceeded"), "STORAGE_FULL"),
        (client_error(503, "SlowDown"), "DEPENDENCY_UNAVAILABLE"),
        (client_error(403, "AccessDenied"), "DEPENDENCY_UNAVAILABLE"),
        (EndpointConnectionError(endpoint_url="http://s3"), "DEPENDENCY_UNAVAILABLE"),
    ],
)
async def test_failures_say_what_they_mean(tmp_path: Path, error: Exception, reason: str) -> None:
    client: Any = FailingClient("http://s3.example", error)
    store = S3Store(client, client, "media", tmp_path, threads=1)
    with pytest.raises(SageError) as caught:
        await store.write("a", b"x")
    assert caught.value.reason_name == reason
    store.close()


@pytest.mark.parametrize(
    ("endpoint", "free", "reason"),
    [
        ("http://127.0.0.1:9000", 10 << 20, "STORAGE_FULL"),
        ("http://127.0.0.1:9000", 10 << 30, "DEPENDENCY_UNAVAILABLE"),
        ("http://s3.example", 10 << 20, "DEPENDENCY_UNAVAILABLE"),
    ],
)
async def test_a_store_on_this_machine_fails_when_its_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str, free: int, reason: str
) -> None:
    usage: Callable[[object], Any] = lambda _: type("Usage", (), {"free": free})  # noqa: E731
    monkeypatch.setattr("services.ingest.adapters.s3.shutil.disk_usage", usage)
    client: Any = FailingClient(endpoint, client_error(500, "InternalError"))
    store = S3Store(client, client, "media", tmp_path, threads=1)
    with pytest.raises(SageError) as caught:
        await store.write("a", b"x")
    assert caught.value.reason_name == reason
    store.close()
