"""Language models work with SAGE through tools: with the official client, through the gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from tests.fixtures.clips import NEW_SCENE, REEL, replace
from tests.fixtures.media import ClipLibrary
from tests.fixtures.owners import Owners
from tests.fixtures.pictures import picture_of

pytestmark = pytest.mark.xdist_group("stack")


@asynccontextmanager
async def client(owners: Owners, token: str) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}) as http:
        transport = streamable_http_client(f"{owners.stack.url}/mcp", http_client=http)
        async with Client(transport) as client:
            yield client


async def call(tools: Client, tool: str, /, **arguments: Any) -> tuple[bool, dict[str, Any]]:
    """Whether it failed, and what it answered."""
    result = await tools.call_tool(tool, arguments)
    (content,) = result.content
    answer: dict[str, Any] = json.loads(content.text)  # type: ignore[union-attr]
    return bool(result.is_error), answer


async def test_every_tool_says_what_it_takes(owners: Owners) -> None:
    async with client(owners, owners.bearer("models")) as tools:
        listed = (await tools.list_tools()).tools
    assert {"list_videos", "describe_comparison", "get_still_links", "create_note"} <= {
        tool.name for tool in listed
    }
    for tool in listed:
        assert tool.description
        assert "curl" not in tool.description
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator(tool.input_schema).is_valid({})  # every reference leads somewhere


@pytest.mark.slow("embeds and compares two videos")
async def test_a_model_hears_in_sentences_what_differs(
    owners: Owners, clip_library: ClipLibrary
) -> None:
    new = replace(REEL, 1.0, 2.0, NEW_SCENE)
    files = [clip_library.get("original.mp4", REEL), clip_library.get("replaced.mp4", new.pieces)]
    headers = owners.headers("models")
    async with httpx.AsyncClient(base_url=owners.stack.url, headers=headers, timeout=60) as web:
        sent = [
            await web.put(f"/v1/files/{file.name}", content=file.read_bytes()) for file in files
        ]
    a, b = (answer.json()["name"] for answer in sent)
    async with client(owners, owners.bearer("models")) as tools:
        for video in (a, b):
            _, task = await call(tools, "create_embedding_task", video=video)
            while task["state"] != "STATE_SUCCEEDED":
                assert task["state"] not in ("STATE_FAILED", "STATE_CANCELLED"), task
                await asyncio.sleep(0.2)
                _, task = await call(tools, "get_embedding_task", name=task["name"])
        failed, told = await call(tools, "describe_comparison", a=a, b=b)
        assert not failed
        _, kept = await call(tools, "create_comparison", a=a, b=b, displayName="by a model")
        _, note = await call(
            tools, "create_note", parent=kept["name"], note={"text": "Looked at.", "author": "m"}
        )
    assert told["summary"].startswith("The two differ. ")
    assert "% of their time is the same" in told["summary"]
    found = next(each for each in told["findings"] if each["modality"] == "MODALITY_VISUAL")
    assert found["text"].startswith("Picture: 0:01.000 to 0:02.000 of A has become 0:01.000 to ")
    assert (found["aStart"], found["aEnd"]) == pytest.approx((1.0, 2.0), abs=0.1)
    async with httpx.AsyncClient(headers={"range": "bytes=0-99"}) as web:
        for link in (found["aLink"], found["bLink"]):
            url, _, moment = link.partition("#t=")
            assert float(moment) == pytest.approx(1.0, abs=0.1)
            assert (await web.get(url)).status_code == 206
    async with httpx.AsyncClient() as web:
        shown = [await web.get(found[still]["url"]) for still in ("aStill", "bStill")]
    assert [each.status_code for each in shown] == [200, 200]
    assert {each.headers["content-type"] for each in shown} == {"image/jpeg"}
    # The old scene, and the new one in its place.
    old, new_scene = (picture_of(each.content) for each in shown)
    assert old.shape == (found["aStill"]["height"], found["aStill"]["width"], 3)
    assert np.abs(old - new_scene).mean() > 20
    assert note["text"] == "Looked at."


async def test_errors_and_scopes_are_those_of_the_other_ways(owners: Owners) -> None:
    async with client(owners, owners.bearer("models")) as tools:
        failed, status = await call(tools, "get_video", name="videos/nothing")
        assert (failed, status["details"][0]["reason"]) == (True, "NOT_FOUND")
        failed, status = await call(tools, "list_videos", pageSize=-1)
        assert (failed, status["details"][0]["reason"]) == (True, "INVALID_ARGUMENT")
    request = {"display_name": "a model", "scope": "SCOPE_READ"}
    async with httpx.AsyncClient(base_url=owners.stack.url) as web:
        made = await web.post("/v1/apiTokens", json=request, headers=owners.headers("models"))
    async with client(owners, made.json()["token"]) as tools:
        failed, _ = await call(tools, "list_videos")
        assert not failed
        # As the protocol has it, what a token is not good for is told by HTTP's own status.
        with pytest.raises(MCPError):
            await call(tools, "create_embedding_task", video="videos/nothing")
    wanted = {"name": "create_embedding_task", "arguments": {"video": "videos/nothing"}}
    async with httpx.AsyncClient(base_url=owners.stack.url) as web:
        refused = await web.post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": wanted},
            headers={"authorization": f"Bearer {made.json()['token']}"},
        )
    assert refused.status_code == 403
    assert "SCOPE_INSUFFICIENT" in refused.text


def test_without_a_token_there_are_no_tools(owners: Owners) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    refused = httpx.post(f"{owners.stack.url}/mcp", json=request)
    assert refused.status_code == 401
