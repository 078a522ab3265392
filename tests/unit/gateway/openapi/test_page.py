"""The API's page."""

from __future__ import annotations

import json
import re

from gateway.openapi.page import page
from tests.unit.gateway.openapi.compiled import ROOT

API = json.loads((ROOT / "web" / "public" / "openapi.json").read_text())


def test_links_lead_to_what_is_on_it() -> None:
    html = page(API)

    anchors = set(re.findall(r' id="([^"]+)"', html))
    links = set(re.findall(r'href="#([^"]+)"', html))
    assert links <= anchors
    assert {"CreateUpload", "Video", "NOT_FOUND"} <= anchors


def test_it_runs_nothing_and_loads_nothing_from_elsewhere() -> None:
    html = page(API)

    assert "<script" not in html
    assert "//" not in "".join(re.findall(r'(?:src|href)="([^"]*)"', html))


def test_comments_are_text() -> None:
    api = json.loads(json.dumps(API))
    api["info"]["description"] = "1 < 2 & `<b>`"

    assert "<p>1 &lt; 2 &amp; <code>&lt;b&gt;</code></p>" in page(api)
