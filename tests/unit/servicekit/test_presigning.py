from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.credentials import Credentials

from services.servicekit.errors import SageError
from services.servicekit.presigning import Presigner, find_credentials
from services.servicekit.s3_client import create_s3_client
from services.servicekit.settings import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SETTINGS = StoreSettings(s3_endpoint="http://127.0.0.1:9000", s3_bucket="media")
CREDENTIALS = Credentials("access", "secret")


@pytest.fixture(scope="module")
def boto() -> Iterator[S3Client]:
    """boto3's own client, with the same credentials."""
    session = boto3.Session(aws_access_key_id="access", aws_secret_access_key="secret")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boto3.DEFAULT_SESSION", session)
        yield create_s3_client(SETTINGS.s3_endpoint, SETTINGS.s3_region)


async def test_a_url_names_the_object_the_time_and_the_type() -> None:
    url = await Presigner(SETTINGS, CREDENTIALS).sign(
        "workspaces/w/a", lifetime=timedelta(hours=6), content_type="video/mp4"
    )
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    assert (parts.netloc, parts.path) == ("127.0.0.1:9000", "/media/workspaces/w/a")
    assert query["X-Amz-Expires"] == ["21600"]
    assert query["response-content-type"] == ["video/mp4"]
    assert query["X-Amz-SignedHeaders"] == ["host"]


async def test_a_url_is_for_one_origin_only() -> None:
    signer = Presigner(SETTINGS, CREDENTIALS)
    life = timedelta(hours=1)
    here = await signer.sign("a", lifetime=life)
    there = await signer.sign("a", lifetime=life, origin="https://sage.example")
    assert there.startswith("https://sage.example/media/a?")
    assert signature(here) != signature(there)


async def test_without_an_endpoint_it_is_aws() -> None:
    settings = StoreSettings(s3_endpoint=None, s3_region="eu-west-1")
    url = await Presigner(settings, CREDENTIALS).sign("a", lifetime=timedelta(hours=1))
    assert url.startswith("https://s3.eu-west-1.amazonaws.com/media/a?")


@pytest.mark.parametrize("key", ["a", "workspaces/w/ü b", "a+b&c=d?e", "a%20b"])
@pytest.mark.parametrize("file_name", ["", "sage-1.mp4", "one two.mov"])
@pytest.mark.parametrize("content_type", ["", "video/mp4"])
def test_it_signs_as_boto_does(
    boto: S3Client,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    file_name: str,
    content_type: str,
) -> None:
    frozen = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: frozen.replace(tzinfo=None))
    ours = Presigner(SETTINGS, CREDENTIALS).sign_blocking(
        key, lifetime=timedelta(hours=1), content_type=content_type, file_name=file_name
    )
    parameters = {"Bucket": "media", "Key": key}
    if content_type:
        parameters["ResponseContentType"] = content_type
    if file_name:
        parameters["ResponseContentDisposition"] = f"attachment; filename={file_name}"
    theirs = boto.generate_presigned_url("get_object", Params=parameters, ExpiresIn=3600)
    assert addressed(ours) == addressed(theirs)
    # Both together are signed in another order, which no reader can tell.
    if not (content_type and file_name):
        assert ours == theirs


def test_no_credentials_say_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(SageError, match="AWS_ACCESS_KEY_ID"):
        find_credentials()


def addressed(url: str) -> tuple[str, dict[str, list[str]]]:
    """Where a URL leads and what it asks for, besides who signed it."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    del asked["X-Amz-Signature"]
    return parts.path, asked


def signature(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]
