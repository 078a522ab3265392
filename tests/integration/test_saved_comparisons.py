"""Comparisons that are kept, through all of SAGE: REST, gRPC, and the `sage` command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from sage.compare.v1.saved_comparison_pb2 import (
    WatchComparisonsRequest,
    WatchComparisonsResponse,
)
from sage.compare.v1.saved_comparison_pb2_grpc import ComparisonServiceStub
from sage_cli.app import sage
from tests.fixtures.stack import Stack

pytestmark = pytest.mark.xdist_group("stack")

MARK = {
    "modality": "MODALITY_VISUAL",
    "kind": "REGION_KIND_REPLACED",
    "aStart": 1,
    "aEnd": 2,
    "bStart": 1,
    "bEnd": 2,
    "ignored": True,
}


def test_a_comparison_is_kept_and_everybody_is_told(stack: Stack, tmp_path: Path) -> None:
    token = stack.sign_in()
    headers = {"authorization": f"Bearer {token}"}
    environment = {"SAGE_SERVER": stack.url, "XDG_CONFIG_HOME": str(tmp_path)}
    with (
        httpx.Client(base_url=f"{stack.url}/v1", headers=headers, timeout=30) as rest,
        stack.channel() as channel,
    ):
        created = {"a": "videos/1", "b": "videos/2", "displayName": "Trailer, kept"}
        made = rest.post("/comparisons", json=created).raise_for_status().json()
        name = made["name"]
        watch: Iterator[WatchComparisonsResponse] = iter(
            ComparisonServiceStub(channel).WatchComparisons(
                WatchComparisonsRequest(names=[name]),
                metadata=(("authorization", f"Bearer {token}"),),
                timeout=60,
            )
        )
        assert next(watch).comparisons[0].display_name == "Trailer, kept"

        note = {"note": {"text": "The logo is gone.", "author": "Kim", "aSeconds": 12.4}}
        rest.post(f"/{name}/notes", json=note).raise_for_status()
        marked = rest.post(f"/{name}:setMarks", json={"marks": [MARK]}).raise_for_status().json()
        assert (marked["noteCount"], marked["ignoredCount"]) == (1, 1)
        told = next(watch).comparisons[0]
        while not told.marks:
            told = next(watch).comparisons[0]
        assert [it.text for it in told.notes] == ["The logo is gone."]

        approval = {"status": "STATUS_APPROVED", "etag": made["etag"]}
        path = f"/{name}?updateMask=status"
        rest.patch(path, json=approval).raise_for_status()
        late = rest.patch(path, json=approval)
        assert late.status_code == 409
        assert "ETAG_MISMATCH" in late.text

        listed = CliRunner().invoke(sage, ["comparisons", "--video", "videos/2"], env=environment)
        assert "Trailer, kept" in listed.stdout
        assert "approved" in listed.stdout
        added = CliRunner().invoke(
            sage, ["note", name, "And back.", "--at-b", "3", "--author", "Sam"], env=environment
        )
        assert added.stdout.startswith(f"{name}/notes/")
        shown = CliRunner().invoke(sage, ["comparisons", name], env=environment).stdout
        for words in ("The logo is gone.", "0:00:12.400", "And back.", "0:00:03.000", "Sam"):
            assert words in shown

        rest.delete(f"/{name}").raise_for_status()
        assert rest.get(f"/{name}").status_code == 404
        assert name not in rest.get("/comparisons").text
        # What is computed has its own verbs beside the collection.
        del created["displayName"]
        assert "EMBEDDING_NOT_READY" in rest.post("/comparisons:compute", json=created).text
