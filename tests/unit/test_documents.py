"""Documents point to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
# A path in backticks that starts in one of the folders of this repository.
_PATH = re.compile(r"`((?:services|web/src|clients|proto|deploy|gateway|tests)/[\w./-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    text = document.read_text()
    linked = {document.parent / link for link in _LINK.findall(text)}
    missing = sorted(str(path) for path in linked if not path.exists())
    assert missing == []


def test_contributing_names_files_that_exist() -> None:
    named = _PATH.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_glossary_says_each_word_once_in_order() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    words = [row.split("|")[1].strip() for row in rows if row.startswith("| ") and "](" in row]
    assert words == sorted(set(words))
