from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from services.embed.adapters.vendor_media import VendorMedia
from services.servicekit.errors import SageError
from services.servicekit.presigning import Presigner
from services.servicekit.settings import StoreSettings

DATA = b"0123456789"


class Objects:
    """One object, under `there`."""

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        return {"there": DATA}[key][offset : offset + length]


Media = Callable[[str | None], VendorMedia]


@pytest.fixture
def media() -> Media:
    """Makes the media of a store that the public reaches at an address."""
    objects: Any = Objects()
    settings = StoreSettings(s3_endpoint="http://127.0.0.1:9000", s3_bucket="media")
    presigner = Presigner(settings, Credentials("access", "secret"))
    return lambda endpoint: VendorMedia(
        objects, presigner, public_endpoint=endpoint, lifetime=timedelta(hours=1)
    )


def test_bytes_come_by_ranges(media: Media) -> None:
    assert media(None).read_range("there", 2, 3) == b"234"


def test_a_video_that_is_gone_may_be_asked_for_again(media: Media) -> None:
    with pytest.raises(SageError, match="try again") as caught:
        media(None).read_range("gone", 0, 1)
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"


def test_a_url_is_for_the_public_address(media: Media) -> None:
    url = media("https://s3.example").public_url("there", "sage-1.mp4") or ""
    query = parse_qs(urlsplit(url).query)
    assert url.startswith("https://s3.example/media/there?")
    assert query["response-content-disposition"] == ["attachment; filename=sage-1.mp4"]
    assert query["X-Amz-Expires"] == ["3600"]


def test_a_store_that_is_not_public_has_no_url(media: Media) -> None:
    assert media(None).public_url("there", "sage-1.mp4") is None
