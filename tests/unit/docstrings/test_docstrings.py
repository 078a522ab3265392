"""Every public docstring is there, says more than the name, and names the errors."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path, PurePath
from textwrap import dedent

import pytest

from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.embed.v1 import api_token_pb2, embed_pb2, session_pb2
from sage.ingest.v1 import ingest_pb2
from tests.unit.docstrings.errors import unnamed
from tests.unit.docstrings.public import Definition, Source, read

# All of them need the parsed source, which one worker keeps.
pytestmark = pytest.mark.xdist_group("docstrings")

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (
    "services",
    "gateway",
    "deploy",
    "clients/python/sage_cli",
    "clients/python/sage_client",
)
CONTRACT = (
    compare_pb2,
    saved_comparison_pb2,
    api_token_pb2,
    embed_pb2,
    session_pb2,
    ingest_pb2,
)
# Words that add nothing to a name.
EMPTY = re.compile(
    r"\b(an?|and|as|by|for|gets?|gives?|has|have|is|its?|makes|of|returns?|th(at|e|is)|to|values?"
    r"|whether|which)\b"
)


@cache
def source() -> Source:
    rpcs = (
        method.name
        for module in CONTRACT
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    )
    return read(ROOT, FOLDERS, frozenset(rpcs))


def made_of(text: str, *, path: str = "services/example.py") -> Source:
    return Source({PurePath(path): ast.parse(dedent(text))}, frozenset({"GetThing"}))


def words(text: str) -> set[str]:
    """Of `FrameTrack.has_end` or a sentence, without their endings."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text).lower()
    return {word.removesuffix("s") for word in re.findall(r"[a-z]+|\d+", EMPTY.sub("", parted))}


def repeats_its_name(definition: Definition) -> bool:
    said = words(definition.docstring)
    return bool(definition.docstring) and said <= words(definition.qualified_name)


def test_everything_public_has_a_docstring() -> None:
    assert [str(each) for each in source().undocumented] == []


def test_no_docstring_only_repeats_the_name() -> None:
    assert [str(each) for each in source().definitions if repeats_its_name(each)] == []


def test_docstrings_name_the_errors_that_are_raised() -> None:
    assert [str(each) for each in unnamed(source())] == []


@pytest.mark.parametrize(
    "text",
    [
        "def size() -> int: ...",
        "class Store: ...",
        '''
        class Store:
            """Keeps things."""
            def size(self) -> int: ...
        ''',
        '''
        class Sizes(Protocol):
            """Has sizes."""
            def size(self) -> int:
                """In bytes."""
        class Other:
            """Takes something else."""
            def size(self, of: str) -> int: ...
        ''',
        '''
        class ThingServicer:
            """Answers."""
            def GetOther(self) -> None: ...
        ''',
    ],
)
def test_one_that_is_missing_is_found(text: str) -> None:
    assert len(made_of(text).undocumented) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def _size() -> int: ...",
        "class _Store:\n    def size(self) -> int: ...",
        '''
        class ThingServicer:
            """Answers."""
            def GetThing(self) -> None: ...
        ''',
        '''
        class Sizes(Protocol):
            """Has sizes."""
            def size(self) -> int:
                """In bytes."""
            def name(self) -> str:
                """For people."""
        class File:
            """Lies on a disk."""
            name: str
            def size(self) -> int: ...
        class Object(Sizes):
            """Lies in a store."""
            def size(self) -> int: ...
        ''',
        '"""Does it."""\ndef main() -> None: ...',
    ],
)
def test_one_that_is_said_elsewhere_is_not_missing(text: str) -> None:
    assert made_of(text).undocumented == []


def test_what_migrations_and_generators_write_needs_none() -> None:
    text = "def upgrade() -> None: ..."
    assert made_of(text, path="services/x/migrations/versions/0001.py").undocumented == []
    assert made_of(text, path="clients/python/sage_client/stubs.py").undocumented == []


@pytest.mark.parametrize("said", ["The size.", "Returns the file size.", "Whether it is a size."])
def test_a_repeated_name_is_found(said: str) -> None:
    (found,) = made_of(f'def file_size() -> int:\n    """{said}"""').definitions
    assert repeats_its_name(found)


def test_a_unit_is_more_than_the_name() -> None:
    (found,) = made_of('def size() -> int:\n    """In bytes."""').definitions
    assert not repeats_its_name(found)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("raise ValueError('no')", "ValueError"),
        ("raise SageError(ErrorReason.ERROR_REASON_NOT_FOUND, 'no')", "NOT_FOUND"),
        ("if x:\n        raise _lost()", "TOO_LONG"),
        ("try:\n        raise KeyError\n    except OSError:\n        pass", "KeyError"),
        ("with x:\n        raise click.UsageError('no')", "UsageError"),
    ],
)
def test_an_error_that_no_docstring_names_is_found(body: str, names: str) -> None:
    text = f'''
def read() -> None:
    """Takes it all."""
    {body}

def _lost() -> SageError:
    return SageError(ErrorReason.ERROR_REASON_TOO_LONG, 'no')
'''
    assert [each.names for each in unnamed(made_of(text))] == [{names}]
    assert unnamed(made_of(text.replace("it all.", f"it all. Raises {names}."))) == []


@pytest.mark.parametrize(
    "body",
    [
        "try:\n        raise KeyError\n    except (OSError, KeyError):\n        pass",
        "raise AssertionError('never')",
        "raise",
        "def within():\n        raise KeyError",
    ],
)
def test_an_error_that_does_not_leave_the_function_needs_no_name(body: str) -> None:
    assert unnamed(made_of(f'def read() -> None:\n    """Takes it all."""\n    {body}')) == []
