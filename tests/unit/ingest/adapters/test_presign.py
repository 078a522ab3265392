from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from services.ingest.adapters.presign import S3Signer
from services.servicekit.settings import StoreSettings
from services.servicekit.store import create_s3_client

SETTINGS = StoreSettings(s3_endpoint="http://127.0.0.1:9000", s3_bucket="media")
CREDENTIALS = Credentials("access", "secret")


async def test_a_url_names_the_object_the_time_and_the_type() -> None:
    url = await S3Signer(SETTINGS, CREDENTIALS).sign(
        "workspaces/w/a", lifetime=timedelta(hours=6), content_type="video/mp4"
    )
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    assert (parts.netloc, parts.path) == ("127.0.0.1:9000", "/media/workspaces/w/a")
    assert query["X-Amz-Expires"] == ["21600"]
    assert query["response-content-type"] == ["video/mp4"]
    assert query["X-Amz-SignedHeaders"] == ["host"]


async def test_a_url_is_for_one_origin_only() -> None:
    signer = S3Signer(SETTINGS, CREDENTIALS)
    life = timedelta(hours=1)
    here = await signer.sign("a", lifetime=life)
    there = await signer.sign("a", lifetime=life, origin="https://sage.example")
    assert there.startswith("https://sage.example/media/a?")
    assert signature(here) != signature(there)


async def test_without_an_endpoint_it_is_aws() -> None:
    settings = StoreSettings(s3_endpoint=None, s3_region="eu-west-1")
    url = await S3Signer(settings, CREDENTIALS).sign("a", lifetime=timedelta(hours=1))
    assert url.startswith("https://s3.eu-west-1.amazonaws.com/media/a?")


async def test_it_signs_as_boto_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "access")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    frozen = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: frozen.replace(tzinfo=None))
    key = "workspaces/w/ü b"
    ours = await S3Signer(SETTINGS, CREDENTIALS).sign(
        key, lifetime=timedelta(hours=1), content_type="video/mp4"
    )
    theirs = create_s3_client(SETTINGS.s3_endpoint, SETTINGS.s3_region).generate_presigned_url(
        "get_object",
        Params={"Bucket": "media", "Key": key, "ResponseContentType": "video/mp4"},
        ExpiresIn=3600,
    )
    assert ours == theirs


def signature(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]
