"""Builds images that are not there yet: `python -m deploy.images [NAME...]`.

Each is tagged `sage-NAME:VERSION`; its bill of materials goes to `build/images`. An image of the
same content is not built again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from deploy.images.bases import Bases, find_bases
from deploy.images.bom import bill_of_materials
from deploy.images.builders import Builder, find_builder
from deploy.images.catalogue import (
    CONTENT_ARGUMENT,
    CONTENT_LABEL,
    IMAGES,
    Image,
    content_hash,
    labels,
)
from deploy.images.contents import dpkg_status, listed_parts, opened, sizes
from deploy.images.errors import ImageError

_ROOT = Path(__file__).resolve().parents[2]
_OUTPUT = _ROOT / "build" / "images"


def build_images(names: Sequence[str]) -> None:
    """Builds what is not there, one at a time. Raises ImageError."""
    builder = find_builder()
    bases = find_bases(builder, _OUTPUT / "bases.log")
    for image in IMAGES:
        if not names or image.name in names:
            _build(builder, bases, image)


def version() -> str:
    """SAGE's version, which is the images' tag."""
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def tag_of(image: Image) -> str:
    """The repository and SAGE's version: `sage-compare:0.1.0`."""
    return f"{image.repository}:{version()}"


def _build(builder: Builder, bases: Bases, image: Image) -> None:
    tag = tag_of(image)
    content = content_hash(_ROOT, image, _identities(builder, bases, image))
    if builder.label(tag, CONTENT_LABEL) == content:
        print(f"sage: {tag} is there", flush=True)
        return
    print(f"sage: {tag} ...", flush=True)
    began = time.monotonic()
    label = labels(image, version=version(), revision=_revision())
    arguments = {**bases.arguments, CONTENT_ARGUMENT: content}
    command = builder.build_command(
        image.name, tag, arguments=arguments, labels=label, context=_ROOT
    )
    builder.build(command, _OUTPUT / f"{image.name}.log")
    told = f"sage: {tag} done in {time.monotonic() - began:.0f} s"
    if builder.program == "buildah":
        with opened(builder, tag) as root:
            bill = bill_of_materials(label, dpkg_status(root), listed_parts(root))
            (_OUTPUT / f"{image.name}.cdx.json").write_text(json.dumps(bill, indent=1) + "\n")
            told = f"{told}: {sizes(root)}"
    print(told, flush=True)


def _identities(builder: Builder, bases: Bases, image: Image) -> list[str]:
    """What names the bases' content: their ids where they are here, else their names."""
    used = [bases.runtime, bases.build, *([bases.node] if image.page else [])]
    return [_identity(builder, name) for name in used]


def _identity(builder: Builder, name: str) -> str:
    if builder.program == "docker" or not builder.succeeds("inspect", "--type", "image", name):
        return name
    return builder.run("images", "--quiet", "--no-trunc", name)


def _revision() -> str:
    answer = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.images", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *(each.name for each in IMAGES)])
    try:
        build_images(parser.parse_args().names)
    except ImageError as error:
        print(f"sage: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
