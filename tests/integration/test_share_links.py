"""A shared link, through all of SAGE: it opens one comparison and its media, until revoked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack

pytestmark = pytest.mark.xdist_group("stack")


def rest(stack: Stack, token: str) -> httpx.Client:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{stack.url}/v1", headers=headers, timeout=60)


def uploaded(client: httpx.Client, clip: Path, name: str) -> str:
    answer = client.put(f"/files/{name}", content=clip.read_bytes()).raise_for_status()
    return str(answer.json()["name"])


def refusal(answer: httpx.Response, name: str) -> tuple[int, Any]:
    """The status and the message of an error, without the name of what it is about."""
    body = answer.json()
    return answer.status_code, body["message"].replace(name, "it")


def test_a_link_shows_what_was_shared_and_nothing_else(
    stack: Stack, clip_library: ClipLibrary
) -> None:
    clip = clip_library.get("short.mp4", [Piece("man", 0.0, 1.0)])
    with rest(stack, stack.sign_in()) as owner:
        a, b, other = (uploaded(owner, clip, f"shared-{each}.mp4") for each in "abc")
        comparison = {"a": a, "b": b, "displayName": "Shared"}
        name = owner.post("/comparisons", json=comparison).raise_for_status().json()["name"]
        link = owner.post(f"/{name}/shareLinks", json={"shareLink": {"displayName": "The agency"}})
        made = link.raise_for_status().json()
        with rest(stack, made["token"]) as reader:
            assert reader.get(f"/{name}").raise_for_status().json()["displayName"] == "Shared"
            for video in (a, b):
                assert reader.get(f"/{video}").is_success
                assert reader.get(f"/embeddings?video={video}").is_success
                url = reader.get(f"/{video}:playbackUrl").raise_for_status().json()["url"]
                assert httpx.get(url, headers={"range": "bytes=0-9"}).status_code == 206
            assert reader.get("/engines").is_success

            missing = refusal(reader.get("/videos/nothing"), "videos/nothing")
            assert missing[0] == 404
            assert refusal(reader.get(f"/{other}"), other) == missing
            assert refusal(reader.get(f"/{other}:playbackUrl"), other) == missing
            assert refusal(reader.get(f"/embeddings?video={other}"), other) == missing
            pair = {"a": a, "b": other}
            assert refusal(reader.post("/comparisons:compute", json=pair), other) == missing
            for answer in (
                reader.get("/videos"),
                reader.get("/uploads"),
                reader.get("/comparisons"),
                reader.get("/embeddings"),
                reader.delete(f"/{a}"),
                reader.patch(f"/{a}", json={"displayName": "Mine"}),
                reader.post("/embeddingTasks", json={"video": a}),
                reader.post(f"/{name}/notes", json={"note": {"text": "Hi."}}),
                reader.get("/sessions/current"),
                reader.post("/uploads", json={"displayName": "x", "sizeBytes": 1}),
                reader.put("/files/x.mp4", content=clip.read_bytes()),
            ):
                assert answer.status_code == 404, answer.request.url
            assert owner.get(f"/{a}").json()["displayName"] == "shared-a.mp4"

            owner.delete(f"/{made['name']}").raise_for_status()
            deadline = time.monotonic() + 15
            for path in (f"/{a}", f"/{name}", "/engines"):
                while reader.get(path).status_code != 401:
                    assert time.monotonic() < deadline
                    time.sleep(0.2)
