"""Which errors public functions raise by themselves, and what their docstrings have to name.

Only what a function's own code raises is looked at, not what the functions that it calls do. A
`SageError` is named by its reason where that stands at the `raise`, or in the function of the same
module that makes the error; any other error by its class. What is caught in the same function is
nobody's concern, an `AssertionError` is a defect, and an RPC's errors are in the contract. The
docstring of a command is its help: it ends with a message, whatever the class.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import PurePath

from tests.unit.docstrings.public import Definition, Function, Source, last_name

_REASON = re.compile(r"ERROR_REASON_(\w+)")
_ANY = frozenset({"Exception", "BaseException"})
_DEFECTS = frozenset({"AssertionError", "NotImplementedError"})


@dataclass(frozen=True)
class Raised:
    """An error as a docstring may name it: by one of `names`."""

    by: Definition
    names: frozenset[str]

    def __str__(self) -> str:
        return f"{self.by} raises {' or '.join(sorted(self.names))}"


def unnamed(source: Source) -> Sequence[Raised]:
    """What public functions raise and the docstrings that hold for them do not name."""
    return [
        raised
        for definition in source.definitions
        if not source.is_rpc(definition) and not _is_command(definition)
        for raised in _raised(source, definition)
        if not any(re.search(rf"\b{name}\b", _said(source, definition)) for name in raised.names)
    ]


def _said(source: Source, definition: Definition) -> str:
    """With the class around a method, which may speak for all, or the `__init__` of a class."""
    node = definition.node
    around = _init_of(node) if isinstance(node, ast.ClassDef) else definition.owner
    beside = "" if around is None else ast.get_docstring(around)
    return f"{source.docstring_for(definition)}\n{beside}"


def _init_of(node: ast.ClassDef) -> Function | None:
    methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
    return next((each for each in methods if each.name == "__init__"), None)


def _is_command(definition: Definition) -> bool:
    return any(
        isinstance(decorator, ast.Call) and last_name(decorator.func) == "command"
        for decorator in definition.node.decorator_list
    )


def _raised(source: Source, definition: Definition) -> Iterator[Raised]:
    node = definition.node
    maker = _init_of(node) if isinstance(node, ast.ClassDef) else node
    for each, caught in _raises([] if maker is None else maker.body, frozenset()):
        names = _names(source, definition.path, each)
        if names and not names & (caught | _DEFECTS | _ANY):
            yield Raised(definition, names)


def _raises(
    body: Sequence[ast.AST], caught: frozenset[str]
) -> Iterator[tuple[ast.expr, frozenset[str]]]:
    """What is raised, and which classes are caught there; functions within are not looked into."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Raise(exc=ast.expr() as error):
                yield error, caught
            case ast.Try():
                within = frozenset(
                    name for handler in node.handlers for name in _caught(handler.type)
                )
                yield from _raises(node.body, caught | within)
                yield from _raises([*node.handlers, *node.orelse, *node.finalbody], caught)
            case _:
                yield from _raises(list(ast.iter_child_nodes(node)), caught)


def _caught(node: ast.expr | None) -> Iterator[str]:
    match node:
        case None:
            yield "BaseException"
        case ast.Tuple(elts=several):
            for each in several:
                yield last_name(each)
        case _:
            yield last_name(node)


def _names(source: Source, path: PurePath, error: ast.expr) -> frozenset[str]:
    """How a docstring may name the error; empty for one that came from elsewhere."""
    made = error.func if isinstance(error, ast.Call) else error
    name = last_name(made)
    if name[:1].isupper():
        return _named(name, error)
    if not isinstance(error, ast.Call):
        return frozenset()
    makers = _makers(source)
    maker = makers.get((path, name)) or makers.get((None, name))
    if maker is None or maker.returns is None:
        return frozenset()
    said = error if maker not in source.modules[path].body else maker
    return _named(ast.unparse(maker.returns).strip("'").rpartition(".")[2], said)


def _named(kind: str, said: ast.AST) -> frozenset[str]:
    reasons = _REASON.findall(ast.unparse(said)) if kind == "SageError" else []
    return frozenset(reasons or [kind])


@lru_cache(maxsize=1)
def _makers(source: Source) -> dict[tuple[PurePath | None, str], Function]:
    """The functions of each module by its path, and those of all with None."""
    found: dict[tuple[PurePath | None, str], Function] = {}
    for path, module in source.modules.items():
        classes = (each.body for each in module.body if isinstance(each, ast.ClassDef))
        for node in chain(module.body, *classes):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[path, node.name] = node
                found.setdefault((None, node.name), node)
    return found
