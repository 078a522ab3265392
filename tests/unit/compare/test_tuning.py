"""The numbers of the tuning are all used, all explained, and those that are given are taken."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

import services.compare.tuning
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.sequence import align_sequence
from services.compare.timeline import RegionKind
from services.compare.tuning import TUNED
from tests.bench.edited_pairs import make_pair

COMPARE = Path(services.compare.tuning.__file__).parent
PACKAGES = [field.name for field in fields(TUNED)]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_number_is_used(package: str) -> None:
    modules = [path for path in (COMPARE / package).glob("*.py") if path.stem != "tuning"]
    code = "\n".join(path.read_text() for path in modules)
    unused = [
        field.name
        for field in fields(getattr(TUNED, package))
        if not re.search(rf"tuning\.{field.name}\b", code)
    ]
    assert not unused


@pytest.mark.parametrize("package", PACKAGES)
def test_every_number_says_what_half_of_it_would_do(package: str) -> None:
    text = (COMPARE / package / "tuning.py").read_text()
    explained = True
    comment = ""
    for line in text[text.index("class ") :].splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            comment += stripped.removeprefix("#")
        elif comment:
            # Numbers that follow each other without a word share the words above them.
            explained, comment = "Half" in comment, ""
        if re.match(r"    \w+: (float|int) = ", line):
            assert explained, line


def test_another_tuning_gives_another_answer() -> None:
    pair = make_pair("move", 1000)
    strict = replace(TUNED.segments, move_least_score=1e6)
    usual, without = (
        align_sequence(pair.a, pair.b, AlignmentOptions(), tuning=tuning).regions
        for tuning in (TUNED.segments, strict)
    )
    assert RegionKind.MOVED in {region.kind for region in usual}
    assert RegionKind.MOVED not in {region.kind for region in without}
