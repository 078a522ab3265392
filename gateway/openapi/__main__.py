"""Writes the REST API down: `python -m gateway.openapi IMAGE FOLDER TOOLS`.

IMAGE is a buf image with source information. The folder gets `openapi.json` and, for people,
`docs/api/index.html`; the gateway serves both as files of the page. TOOLS is the file with what
language models may call.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from gateway.openapi.document import document
from gateway.openapi.image import read_image
from gateway.openapi.page import page
from gateway.openapi.tools import tools
from gateway.upstreams import ROUTED_SERVICES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tools", type=Path)
    arguments = parser.parse_args()
    image = read_image(arguments.image.read_bytes())
    api = document(image, ROUTED_SERVICES)
    for_people = arguments.folder / "docs" / "api" / "index.html"
    for_people.parent.mkdir(parents=True, exist_ok=True)
    for_people.write_text(page(api))
    text = json.dumps(api, indent=1, ensure_ascii=False)
    (arguments.folder / "openapi.json").write_text(f"{text}\n")
    listed = json.dumps(tools(image), indent=1, ensure_ascii=False)
    arguments.tools.write_text(f"{listed}\n")


if __name__ == "__main__":
    main()
