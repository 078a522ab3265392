"""Contracts compiled for a test, with their comments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grpc_tools import protoc

from gateway.openapi.image import Image, read_image

ROOT = Path(__file__).resolve().parents[4]
PROTO = ROOT / "proto"


def compiled(folder: Path, files: Sequence[str], includes: Sequence[Path]) -> Image:
    """The image of `files`, which lie below one of `includes`."""
    output = folder / "image.binpb"
    well_known = Path(protoc.__file__).parent / "_proto"
    arguments = [
        f"-I{include}" for include in (*includes, PROTO, PROTO / "third_party", well_known)
    ]
    arguments += ["--include_imports", "--include_source_info", f"--descriptor_set_out={output}"]
    assert protoc.main(["protoc", *arguments, *files]) == 0
    return read_image(output.read_bytes())
