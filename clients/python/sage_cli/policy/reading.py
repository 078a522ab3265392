"""Policies from TOML. What is not understood is an error: a misspelt rule must not pass for one."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sage_cli.failures import Failure
from sage_cli.nearest import hint
from sage_cli.policy.policies import (
    PICTURE_DIFFERENCES,
    SEVERITIES,
    SOUND_DIFFERENCES,
    Policy,
    StretchRules,
    TechnicalRules,
)
from sage_cli.policy.properties import parse_property
from sage_cli.policy.ranges import parse_range

_PERCENT = 100.0
_TABLE = re.compile(r"\s*\[\s*([\w-]+)\s*\]")
_KEY = re.compile(r"""\s*(?:["']?([\w-]+)["']?\s*\.\s*)?["']?([\w-]+)["']?\s*=""")

_Parser = Callable[[object], Any]


class PolicyProblem(Failure):
    """A policy that cannot be understood, and where."""


def load_policy(path: Path) -> tuple[str, Policy]:
    """The text of the file, and what it says. Raises PolicyProblem."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PolicyProblem(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise PolicyProblem(f"{path} cannot be read: {error.strerror}.") from None
    return text, read_policy(text, str(path))


def read_policy(text: str, source: str) -> Policy:
    """source: what messages call it. Raises PolicyProblem, with the line."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyProblem(f"{source} is not TOML: {error}.") from None
    lines = _lines(text)

    def problem(where: str, message: str) -> PolicyProblem:
        line = lines.get(where)
        place = f"{source}, line {line}" if line else source
        end = "" if message.endswith("?") else "."
        return PolicyProblem(f"{place}: {message}{end}")

    values: dict[str, dict[str, Any]] = {name: {} for name in _TABLES}
    for name, table in tables.items():
        if name not in _TABLES:
            raise problem(name, f"there is no table [{name}]; {hint(name, list(_TABLES))}")
        if not isinstance(table, dict):
            raise problem(name, f"[{name}] has to be a table")
        for key, value in table.items():
            parse = _TABLES[name].get(key)
            where = f"{name}.{key}"
            if parse is None:
                known = list(_TABLES[name])
                raise problem(where, f"[{name}] has no key `{key}`; {hint(key, known)}")
            try:
                values[name][key] = parse(value)
            except ValueError as error:
                raise problem(where, f"`{key}`: {error}") from None
    return _policy(values, lines)


def _policy(values: Mapping[str, dict[str, Any]], lines: Mapping[str, int]) -> Policy:
    sound = values["sound"]
    levels = {key: sound.pop(key) for key in ("max_loudness_lu", "max_offset_ms") if key in sound}
    return Policy(
        picture=StretchRules(**values["picture"]),
        sound=StretchRules(**sound),
        technical=TechnicalRules(**values["technical"]),
        lines=lines,
        **levels,
        **values["overall"],
    )


def _lines(text: str) -> dict[str, int]:
    """Where tables and keys stand: `picture` and `picture.allow`. tomllib does not tell."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := _TABLE.match(line):
            table = heading[1]
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            owner = table or key[1] or ""
            found.setdefault(f"{owner}.{key[2]}" if owner else key[2], number)
            if not table and key[1]:
                found.setdefault(key[1], number)
    return found


def _words(known: Sequence[str]) -> _Parser:
    def parse(value: object) -> frozenset[str]:
        words = _texts(value)
        for word in words:
            if word not in known:
                raise ValueError(f"`{word}` is no kind of difference; {hint(word, known)}")
        return frozenset(words)

    return parse


def _one_of(known: Sequence[str]) -> _Parser:
    def parse(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"has to be one of {', '.join(known)}")
        return value

    return parse


def _each(parse_one: Callable[[str], object], collect: Callable[..., Any]) -> _Parser:
    def parse(value: object) -> Any:
        return collect(parse_one(text) for text in _texts(value))

    return parse


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError('has to be a list of texts, such as ["overlay"]')
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("has to be true or false")
    return value


def _number(most: float = math.inf) -> _Parser:
    def parse(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("has to be a number")
        # NaN is not at least 0.
        if not 0 <= value <= most:
            limit = "" if math.isinf(most) else f" and at most {most:g}"
            raise ValueError(f"has to be at least 0{limit}")
        return float(value)

    return parse


def _stretch(kinds: Sequence[str]) -> dict[str, _Parser]:
    return {
        "allow": _words(kinds),
        "allowed_ranges": _each(parse_range, tuple),
        "no_deleted": _flag,
        "max_changed_seconds": _number(),
    }


_TABLES: Mapping[str, Mapping[str, _Parser]] = {
    "picture": _stretch(PICTURE_DIFFERENCES),
    "sound": {
        **_stretch(SOUND_DIFFERENCES),
        "max_loudness_lu": _number(),
        "max_offset_ms": _number(),
    },
    "technical": {
        "must_match": _each(parse_property, frozenset),
        "max_severity": _one_of(SEVERITIES),
    },
    "overall": {"min_similarity_percent": _number(_PERCENT)},
}
