"""Whoever has a link to a picture sees that picture, for a while, and nothing else."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from deploy.embedded.home import Home
from services.servicekit.presigning import Presigner
from services.servicekit.settings import StoreSettings
from tests.fixtures.clips import REEL, Piece
from tests.fixtures.media import ClipLibrary
from tests.fixtures.owners import Owners
from tests.fixtures.stack import Stack

pytestmark = pytest.mark.xdist_group("stack")

TIMES = (0.0, 1.04, 2.0, 99.0)
TEAM = "pictures"


@dataclass(frozen=True, kw_only=True)
class Pictured:
    """Two videos, and links to pictures of both."""

    web: httpx.Client
    headers: dict[str, str]
    links: dict[str, list[dict[str, Any]]]

    @property
    def urls(self) -> list[str]:
        return [link["url"] for links in self.links.values() for link in links]

    def stills(self, video: str, height: int) -> list[bytes]:
        """The pictures as whoever is signed in gets them."""
        answer = self.web.get(
            f"/v1/{video}:stills", params={"times": TIMES, "height": height}, headers=self.headers
        )
        return [base64.b64decode(each["jpeg"]) for each in answer.json()["stills"]]


@pytest.fixture(scope="module")
def pictured(owners: Owners, clip_library: ClipLibrary) -> Iterator[Pictured]:
    headers = owners.headers(TEAM)
    files = {
        "reel.mp4": REEL,
        "man.mp4": [Piece("man", 0.0, 3.0)],
    }
    with httpx.Client(base_url=owners.stack.url, timeout=60) as web:
        links = {}
        for name, pieces in files.items():
            content = clip_library.get(name, pieces).read_bytes()
            video = web.put(f"/v1/files/{name}", content=content, headers=headers).json()["name"]
            answer = web.get(f"/v1/{video}:stillLinks", params={"times": TIMES}, headers=headers)
            assert answer.status_code == 200, answer.text
            links[video] = answer.json()["links"]
        yield Pictured(web=web, headers=headers, links=links)


def test_a_link_shows_that_video_at_that_moment(pictured: Pictured) -> None:
    for video, links in pictured.links.items():
        expected = pictured.stills(video, links[0]["height"])
        for link, jpeg in zip(links, expected, strict=True):
            # As a stranger, without a token.
            shown = httpx.get(link["url"])
            assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
            assert shown.content == jpeg
    assert len({httpx.get(url).content for url in pictured.urls}) == len(pictured.urls)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_other_url_shows_anything(pictured: Pictured, data: st.DataObject) -> None:
    """One character of a link is another, or it is that of another picture with this signature."""
    url, other = (data.draw(st.sampled_from(pictured.urls)) for _ in range(2))
    place, query = url.split("?")
    parts = urlsplit(url)
    kind = data.draw(st.sampled_from(["character", "picture", "original", "index", "expiry"]))
    if kind == "character":
        start = url.index(parts.path) + 1
        at = data.draw(st.integers(start, len(url) - 1))
        forged = url[:at] + data.draw(st.sampled_from("0aZ-/.%")) + url[at + 1 :]
        # Upper and lower case are one in an escape, as in a number to the base of 16.
        assume(forged.lower() != url.lower())
    elif kind == "picture":
        forged = f"{other.split('?')[0]}?{query}"
        assume(other.split("?")[0] != place)
    elif kind == "expiry":
        forged = url.replace("X-Amz-Expires=21600", "X-Amz-Expires=604800")
    else:
        beside = {"original": place.rpartition("/stills-")[0], "index": place.rpartition("/")[0]}
        forged = f"{beside[kind]}/{kind}?{query}"
    assert forged != url
    answer = httpx.get(forged)
    assert answer.status_code in (400, 403, 404) or not answer.content.startswith(b"\xff\xd8"), (
        forged
    )


def test_a_link_shows_nothing_when_its_time_is_over(pictured: Pictured, stack: Stack) -> None:
    kept = Home(stack.home).store_credentials()
    signer = Presigner(
        StoreSettings(s3_endpoint=stack.url), Credentials(kept.access_key, kept.secret_key)
    )
    key = urlsplit(pictured.urls[0]).path.removeprefix("/media/")
    link = signer.sign_blocking(key, lifetime=timedelta(seconds=2), content_type="image/jpeg")
    assert httpx.get(link).status_code == 200
    give_up = time.monotonic() + 30
    while (answer := httpx.get(link)).status_code == 200:
        assert time.monotonic() < give_up
        time.sleep(0.2)
    assert answer.status_code == 403


def test_only_who_may_see_the_video_gets_links(pictured: Pictured, owners: Owners) -> None:
    for video in pictured.links:
        asked = {"url": f"/v1/{video}:stillLinks", "params": {"times": TIMES}}
        foreign = pictured.web.get(**asked, headers=owners.headers("others"))
        missing = pictured.web.get(
            "/v1/videos/01k9nothing:stillLinks",
            params={"times": TIMES},
            headers=owners.headers("others"),
        )
        assert foreign.status_code == missing.status_code == 404
        assert foreign.text.replace(video, "") == missing.text.replace("videos/01k9nothing", "")
        assert pictured.web.get(**asked).status_code == 401


def test_pictures_go_with_their_video(
    pictured: Pictured, clip_library: ClipLibrary, owners: Owners
) -> None:
    content = clip_library.get("gone.mp4", [Piece("man", 1.0, 2.0)]).read_bytes()
    headers = owners.headers("deleting")
    video = pictured.web.put("/v1/files/gone.mp4", content=content, headers=headers).json()["name"]
    asked = pictured.web.get(f"/v1/{video}:stillLinks", params={"times": 0.5}, headers=headers)
    (link,) = asked.json()["links"]
    assert httpx.get(link["url"]).status_code == 200
    assert pictured.web.delete(f"/v1/{video}", headers=headers).status_code == 200
    assert httpx.get(link["url"]).status_code == 404
