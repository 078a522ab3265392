"""Policies as TOML."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from sage_cli.policy.policies import Policy, StretchRules, TechnicalRules
from sage_cli.policy.properties import Property
from sage_cli.policy.ranges import AllowedRange
from sage_cli.policy.reading import PolicyProblem, load_policy, read_policy

DOCUMENTATION = Path(__file__).resolve().parents[4] / "docs" / "cli.md"
ALL = """\
# Only titles may differ.
[picture]
allow = ["overlay", "regraded"]
no_deleted = true
max_changed_seconds = 12.5
allowed_ranges = ["00:00:10-00:00:20", "b 1:00-1:10"]

[sound]
allow = ["track-added"]
max_loudness_lu = 2
max_offset_ms = inf

[technical]
must_match = ["frame_rate", "sound.codec"]
max_severity = "notice"

[overall]
min_similarity_percent = 95
"""


def test_every_rule_can_be_written() -> None:
    assert read_policy(ALL, "p.toml") == Policy(
        picture=StretchRules(
            allow=frozenset({"overlay", "regraded"}),
            no_deleted=True,
            max_changed_seconds=12.5,
            allowed_ranges=(
                AllowedRange(side="a", start=10, end=20),
                AllowedRange(side="b", start=60, end=70),
            ),
        ),
        sound=StretchRules(allow=frozenset({"track-added"})),
        max_loudness_lu=2,
        max_offset_ms=math.inf,
        technical=TechnicalRules(
            must_match=frozenset(
                {
                    Property(group="picture", name="frame_rate"),
                    Property(group="sound", name="codec"),
                }
            ),
            max_severity="notice",
        ),
        min_similarity_percent=95,
    )


def test_a_policy_that_says_nothing_is_the_strictest_about_what_is_seen_and_heard() -> None:
    assert read_policy("", "p.toml") == Policy()
    assert not Policy().picture.allow
    assert Policy().max_loudness_lu == 0


def test_the_policy_in_the_documentation_is_one() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(# Only titles.*?)^```", text, re.MULTILINE | re.DOTALL)
    policy = read_policy(example, "docs/cli.md")
    assert policy.picture.no_deleted
    assert policy.technical.need_all_of_the_file


def test_lines_of_rules_are_known() -> None:
    lines = read_policy(ALL, "p.toml").lines
    assert (lines["picture"], lines["picture.allow"], lines["sound.max_loudness_lu"]) == (2, 3, 10)


def test_rules_without_a_heading_have_lines_as_well() -> None:
    lines = read_policy('\npicture.allow = ["look"]\n', "p.toml").lines
    assert lines == {"picture": 2, "picture.allow": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[picture]\nalow = []",
            "line 2: [picture] has no key `alow`; did you mean `allow`?",
        ),
        ("\n[pictures]", "p.toml, line 2: there is no table [pictures]; did you mean `picture`?"),
        ("picture = 3", "p.toml, line 1: [picture] has to be a table."),
        ("[overall]\nx = 1", "p.toml, line 2: [overall] has no key `x`; there are min_similarity_"),
        (
            '[picture]\nallow = ["ovrlay"]',
            "line 2: `allow`: `ovrlay` is no kind of difference;",
        ),
        ('[picture]\nallow = "look"', "`allow`: has to be a list of texts"),
        ('[picture]\nallow = ["layout"]', "`layout` is no kind of difference"),
        ("[picture]\nno_deleted = 1", "`no_deleted`: has to be true or false."),
        ("[sound]\nmax_loudness_lu = -1", "`max_loudness_lu`: has to be at least 0."),
        ("[sound]\nmax_loudness_lu = nan", "has to be at least 0."),
        ("[sound]\nmax_loudness_lu = true", "has to be a number."),
        ("[overall]\nmin_similarity_percent = 101", "at least 0 and at most 100."),
        ('[technical]\nmust_match = ["framerate"]', "did you mean `frame_rate`?"),
        ('[technical]\nmax_severity = "bad"', "one of none, info, notice, important."),
        ('[picture]\nallowed_ranges = ["10"]', "`10` is not a range"),
        ("[picture]\nallow = [", "p.toml is not TOML: "),
        ("[picture]\nallow = [,]", "(at line 2"),
    ],
)
def test_what_is_not_understood_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(PolicyProblem) as problem:
        read_policy(text, "p.toml")
    assert message in problem.value.message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    with pytest.raises(PolicyProblem, match=r"p.toml cannot be read: No such file"):
        load_policy(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyProblem, match="not text in UTF-8"):
        load_policy(path)
