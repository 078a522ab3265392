"""A new database beside the objects of an old one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from services.servicekit import first_start
from services.servicekit.first_start import refuse_old_objects
from services.servicekit.s3_client import create_s3_client
from services.servicekit.state import StateError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    """One for all tests here, which moto must not end: each reads megabytes of API descriptions."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def client(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", session)
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        client = create_s3_client(None, "us-east-1")
        client.create_bucket(Bucket="media")
        yield client


def check_of(client: S3Client, bucket: str = "media") -> Callable[[], Awaitable[None]]:
    return refuse_old_objects(client, bucket, root="workspaces/", folders=["videos/"], of="ingest")


async def test_objects_of_an_earlier_database_are_named(client: S3Client) -> None:
    key = "workspaces/w/videos/v/original"
    client.put_object(Bucket="media", Key=key, Body=b"x")
    with pytest.raises(StateError, match=f"database of ingest is new.*{key}.*SAGE_START_EMPTY"):
        await check_of(client)()


async def test_what_others_keep_is_no_obstacle(client: S3Client) -> None:
    client.put_object(Bucket="media", Key="workspaces/w/embeddings/e", Body=b"x")
    client.put_object(Bucket="media", Key="elsewhere/videos/v", Body=b"x")
    await check_of(client)()


async def test_a_bucket_that_is_not_there_holds_nothing(client: S3Client) -> None:
    await check_of(client, "other")()


async def test_the_first_start_waits_for_the_store(
    client: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [ConnectTimeoutError(endpoint_url="x"), ConnectTimeoutError(endpoint_url="x")]
    found = first_start._first_object

    def hesitant(*arguments: object) -> str | None:
        if failures:
            raise failures.pop()
        return found(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(first_start, "_RETRY_SECONDS", 0)
    monkeypatch.setattr(first_start, "_first_object", hesitant)
    await check_of(client)()
    assert not failures
