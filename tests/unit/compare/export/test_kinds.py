"""Every export has the page's colours."""

from __future__ import annotations

import re
from pathlib import Path

from sage.compare.v1.compare_pb2 import RegionKind
from services.compare.export.kinds import COLORS

STYLES = Path(__file__).parents[4] / "web" / "src" / "styles.css"


def test_exports_and_the_page_have_the_same_colours() -> None:
    light = STYLES.read_text().split("@media (prefers-color-scheme: dark)")[0]
    for kind, color in COLORS.items():
        name = RegionKind.Name(kind).removeprefix("REGION_KIND_").lower()
        found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", light)
        assert found is not None
        assert found[1] == color.hex


def test_no_two_kinds_look_alike() -> None:
    for names in zip(
        *((c.hex, c.otio, c.locator, c.resolve) for c in COLORS.values()), strict=True
    ):
        assert len(set(names)) == len(COLORS)
