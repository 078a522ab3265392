"""The images: what each is made of, and what its labels say."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# By which an image says what it is made of. The Containerfile sets it: buildah takes an image that
# differs in labels of the command line alone for the same one.
CONTENT_LABEL = "sage.content"
CONTENT_ARGUMENT = "CONTENT"
_LABEL = "org.opencontainers.image."
_RECIPE = ("deploy/images/Containerfile",)
_SCRIPTS = ("deploy/images/install_tools.sh", "deploy/images/install_packages.sh")
_LOCK = ("pyproject.toml", "requirements.lock")
_SHARED_CODE = (
    "services/__init__.py",
    "services/servicekit",
    "clients/python/sage",
    "clients/python/buf",
)
_PYTHON = (*_RECIPE, *_SCRIPTS, *_LOCK, *_SHARED_CODE)
# What lies beside sources and goes into no image; .dockerignore says the same.
_NOT_SOURCE = frozenset({"__pycache__", "node_modules", "dist"})


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image.

    name: `compare`; its repository is `sage-compare` and its target in the Containerfile `compare`.
    title: what it is, for its labels.
    sources: files and folders, from the root of the repository, that it is made of.
    page: whether the web page is in it, which Node builds.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    page: bool = False

    @property
    def repository(self) -> str:
        """Without a registry; whoever pushes the image puts theirs before it."""
        return f"sage-{self.name}"


IMAGES = (
    Image(
        name="ingest",
        title="SAGE ingest: takes videos in, keeps them and plays them back",
        sources=(*_PYTHON, "services/mediakit", "services/ingest"),
    ),
    Image(
        name="embed",
        title="SAGE embed: embedding tasks, engines and sessions",
        sources=(*_PYTHON, "services/mediakit", "services/embed"),
    ),
    Image(
        name="compare",
        title="SAGE compare: where, when and how two videos differ",
        sources=(*_PYTHON, "services/compare"),
    ),
    Image(
        name="gateway",
        title="SAGE gateway: Envoy, the web page and the contract",
        sources=(*_PYTHON, "gateway", "web"),
        page=True,
    ),
    Image(
        name="store",
        title="SAGE store: an S3 server over a folder, for development",
        sources=(*_RECIPE, *_SCRIPTS, *_LOCK),
    ),
    Image(
        name="postgres",
        title="SAGE postgres: PostgreSQL for development and tests",
        sources=(*_RECIPE, "deploy/images/postgres.sh"),
    ),
)


def content_hash(root: Path, image: Image, bases: Iterable[str]) -> str:
    """A hash of everything that an image is made of: an image with the same one is the same.

    bases: what names the base images that it is built on.
    """
    digest = hashlib.sha256()
    for base in bases:
        digest.update(f"base {base}\n".encode())
    digest.update(f"target {image.name}\n".encode())
    for source in sorted(image.sources):
        for file in _files(root / source):
            name = file.relative_to(root).as_posix()
            content = hashlib.sha256(_content(file)).hexdigest()
            digest.update(f"{content} {name}\n".encode())
    return digest.hexdigest()[:16]


def labels(image: Image, *, version: str, revision: str) -> Mapping[str, str]:
    """The labels of an image, by the names of the OCI's annotations.

    revision: the commit that it was built from; empty when that is unknown.
    """
    known = {
        f"{_LABEL}title": image.repository,
        f"{_LABEL}description": image.title,
        f"{_LABEL}version": version,
        f"{_LABEL}revision": revision,
        f"{_LABEL}licenses": "MIT",
    }
    return {name: value for name, value in known.items() if value}


def _content(file: Path) -> bytes:
    """What of a file gets into an image: of pyproject.toml, what is to be installed."""
    if file.name != "pyproject.toml":
        return file.read_bytes()
    project = tomllib.loads(file.read_text())["project"]
    return repr([project["dependencies"], project["optional-dependencies"]]).encode()


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    found = (each for each in source.rglob("*") if each.is_file())
    return sorted(each for each in found if not _NOT_SOURCE & set(each.parts))
