"""Looks into an image that was built: how large what is in it is, and what it lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.images.builders import Builder

_PREFIX = Path("opt/sage")
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Bytes of an image.

    total: all of it. base: what was there before SAGE. largest: folders of packages, largest first.
    """

    total: int
    base: int
    largest: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {size // _MEGABYTE}" for name, size in self.largest)
        own = (self.total - self.base) // _MEGABYTE
        return f"{own} MB on a base of {self.base // _MEGABYTE} MB (of it: {parts})"


@contextmanager
def opened(builder: Builder, tag: str) -> Iterator[Path]:
    """The files of an image, as a folder. Of buildah and podman only, as root."""
    container = builder.run("from", "--pull-never", tag)
    try:
        yield Path(builder.run("mount", container))
    finally:
        builder.run("rm", container)


def sizes(root: Path, *, count: int = 6) -> Sizes:
    """How large the image in the folder `root` is."""
    own = _size(root / _PREFIX) + _size(root / "srv")
    total = _size(root)
    packages = [
        (each.name, _size(each))
        for folder in root.glob("opt/sage/lib/python3.*/site-packages")
        for each in folder.iterdir()
        if each.is_dir()
    ]
    packages.sort(key=lambda entry: -entry[1])
    return Sizes(total=total, base=total - own, largest=tuple(packages[:count]))


def listed_parts(root: Path) -> list[Mapping[str, Any]]:
    """The bills of materials that the build left in an image."""
    folder = root / _PREFIX / "share" / "sbom"
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.cdx.json"))]


def dpkg_status(root: Path) -> str:
    """Debian's list of installed packages; empty for an image without one."""
    file = root / "var/lib/dpkg/status"
    return file.read_text() if file.exists() else ""


def _size(folder: Path) -> int:
    return sum(
        each.lstat().st_size for each in folder.rglob("*") if each.is_symlink() or each.is_file()
    )
