"""What of the source is public, and whose docstring says what it is for.

Public is what has no leading underscore, and no owner that has one. Five kinds need no docstring of
their own, as what they do is said elsewhere:

- an RPC's method of a servicer: in the contract, beside its message;
- a method that fulfils a Protocol, or overrides one of a base here, with a docstring: there;
- `main`, which starts a command, and what Alembic calls in a migration: in the docstring of the
  module;
- what is generated: in what it is generated from.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path, PurePath
from typing import TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_GENERATED = frozenset({"sage_client/stubs.py", "sage_client/synchronous.py"})
_MIGRATIONS = ("migrations", "versions")


@dataclass(frozen=True)
class Definition:
    """A public function, method or class."""

    path: PurePath
    qualified_name: str
    node: Function | ast.ClassDef
    # The class that it is a method of.
    owner: ast.ClassDef | None = None

    @property
    def docstring(self) -> str:
        """Empty where there is none."""
        return ast.get_docstring(self.node) or ""

    def __str__(self) -> str:
        return f"{self.path}:{self.node.lineno} {self.qualified_name}"


@dataclass(frozen=True, eq=False)
class Source:
    """Parsed modules by their path, and the names of the contract's RPCs."""

    modules: Mapping[PurePath, ast.Module]
    rpcs: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def definitions(self) -> Sequence[Definition]:
        """All that is public, whether or not it needs a docstring."""
        return [
            definition
            for path, module in self.modules.items()
            if not _is_explained_elsewhere(path)
            for definition in _public(path, module.body, None, "")
        ]

    @cached_property
    def undocumented(self) -> Sequence[Definition]:
        """What has no docstring and would need one."""
        return [each for each in self.definitions if not self.docstring_for(each)]

    def docstring_for(self, definition: Definition) -> str:
        """Its own, or the one that holds for it; the name for what the contract describes."""
        if definition.docstring:
            return definition.docstring
        if definition.qualified_name == "main":
            return ast.get_docstring(self.modules[definition.path]) or ""
        if definition.owner is None or isinstance(definition.node, ast.ClassDef):
            return ""
        if self.is_rpc(definition):
            return definition.node.name
        return next(self._said_above(definition.owner, definition.node), "")

    def is_rpc(self, definition: Definition) -> bool:
        """Whether it is a method of the contract as a servicer has it."""
        owner = definition.owner
        return (
            owner is not None
            and owner.name.endswith("Servicer")
            and definition.node.name in self.rpcs
        )

    def _said_above(self, owner: ast.ClassDef, method: Function) -> Iterator[str]:
        """From bases here, and Protocols that the class fulfils: the method's and their own."""
        above = list(self._above(owner))
        own = _names(owner).union(*map(_names, above))
        fulfilled = [each for each in self._protocols if own >= set(_members(each))]
        for each in (*above, *fulfilled):
            said = _members(each).get(method.name)
            if said is None or (each in fulfilled and _parameters(said) != _parameters(method)):
                continue
            if docstring := ast.get_docstring(said):
                yield f"{docstring}\n{ast.get_docstring(each) or ''}"

    def _above(self, owner: ast.ClassDef) -> Iterator[ast.ClassDef]:
        for base in owner.bases:
            for found in self._classes.get(last_name(base), ()):
                if found is not owner:
                    yield found
                    yield from self._above(found)

    @cached_property
    def _classes(self) -> Mapping[str, Sequence[ast.ClassDef]]:
        found = defaultdict(list)
        for module in self.modules.values():
            for node in module.body:
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(node)
        return found

    @cached_property
    def _protocols(self) -> Sequence[ast.ClassDef]:
        return [
            each
            for classes in self._classes.values()
            for each in classes
            if any(last_name(base) == "Protocol" for base in each.bases)
        ]


def read(root: Path, folders: Sequence[str], rpcs: frozenset[str]) -> Source:
    """The source of whole folders below `root`."""
    return Source(
        {
            path.relative_to(root): ast.parse(path.read_text("utf-8"))
            for folder in folders
            for path in sorted((root / folder).rglob("*.py"))
        },
        rpcs,
    )


def _is_explained_elsewhere(path: PurePath) -> bool:
    return path.parts[-3:-1] == _MIGRATIONS or "/".join(path.parts[-2:]) in _GENERATED


def _public(
    path: PurePath, body: Sequence[ast.stmt], owner: ast.ClassDef | None, prefix: str
) -> Iterator[Definition]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        yield Definition(path, prefix + node.name, node, owner)
        if isinstance(node, ast.ClassDef):
            yield from _public(path, node.body, node, f"{prefix}{node.name}.")


@cache
def _members(node: ast.ClassDef) -> dict[str, Function]:
    return {
        each.name: each
        for each in node.body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@cache
def _names(node: ast.ClassDef) -> frozenset[str]:
    """Of its methods and fields, and of what its methods set of `self`."""
    fields = {
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    set_of_self = {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and isinstance(each.value, ast.Name)
        and each.value.id == "self"
    }
    return frozenset(_members(node)) | fields | set_of_self


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def last_name(node: ast.expr) -> str:
    """`Protocol` of `Protocol`, `typing.Protocol` and `Protocol[T]`."""
    match node:
        case ast.Subscript(value=value):
            return last_name(value)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
