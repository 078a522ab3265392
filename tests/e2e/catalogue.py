"""What the page says in a language, as its sources have it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fixtures.stack import ROOT

_TEXTS = ROOT / "web" / "src" / "texts"
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|\s//\s.*?$", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(r"^(?:import|export) .*from .*$", re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
_VALUE = re.compile(r"\$\{[^{}]*\}")
_WORDS = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{2,}")
# What stands between two values may be no words at all.
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def texts_of(language: str) -> frozenset[str]:
    """Every text, and of those with values every part between two values."""
    found: set[str] = set()
    for file in sorted(Path(_TEXTS / language).glob("*.ts")):
        source = _IMPORT.sub("", _COMMENT.sub("", file.read_text()))
        for plain, template in _QUOTED.findall(source):
            found.update(part.strip() for part in _VALUE.split(plain or template))
    return frozenset(part for part in found if _LETTERS.search(part))


def leftovers(said: list[str], language: str, other: str) -> list[str]:
    """What of `said`, by a page that speaks `language`, is of the catalogue of `other`."""
    foreign = texts_of(other) - texts_of(language)
    phrases = [part for part in foreign if _WORDS.search(part)]
    return sorted(
        {text for text in said if text in foreign or any(phrase in text for phrase in phrases)}
    )
