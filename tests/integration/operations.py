"""What an operator does to a SAGE on one machine, and what people then see of it, over REST."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.fixtures.stack import ROOT, Stack

# What a SAGE tells of what it holds, apart from URLs that are made for each caller.
LISTS = ("videos", "embeddings", "embeddingTasks", "comparisons")


def operate(what: str, folder: Path, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`python -m deploy.operations`, for the SAGE in a home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAGE_")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.operations", what, str(folder), *options],
        cwd=ROOT,
        env={**kept, "SAGE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def rest_of(stack: Stack, token: str) -> httpx.Client:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{stack.url}/v1", headers=headers, timeout=60)


def holds(rest: httpx.Client) -> dict[str, Any]:
    return {each: rest.get(f"/{each}").raise_for_status().json() for each in LISTS}


def upload(rest: httpx.Client, clip: Path) -> str:
    answer = rest.put(f"/files/{clip.name}", content=clip.read_bytes())
    return str(answer.raise_for_status().json()["name"])


def embed(rest: httpx.Client, video: str) -> str:
    asked = rest.post("/embeddingTasks", json={"video": video, "engine": "local"})
    name = asked.raise_for_status().json()["name"]
    while True:
        task = rest.get(f"/{name}").raise_for_status().json()
        if task["state"] in ("STATE_SUCCEEDED", "STATE_FAILED"):
            assert task["state"] == "STATE_SUCCEEDED", task
            return str(task["embedding"])
        time.sleep(0.2)


def played(stack: Stack, rest: httpx.Client, video: str) -> httpx.Response:
    url = rest.get(f"/{video}:playbackUrl").raise_for_status().json()["url"]
    return httpx.get(f"{stack.url}{url}" if url.startswith("/") else url, timeout=60)


def compared(rest: httpx.Client, video: str) -> httpx.Response:
    return rest.post("/comparisons:compute", json={"a": video, "b": video})
