"""The bill of materials of an image: what Python, npm and Debian packages are in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Component = dict[str, Any]


def bill_of_materials(
    image: Mapping[str, str], dpkg_status: str, parts: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One CycloneDX document about an image.

    image: its labels by the OCI's names.
    dpkg_status: Debian's list of what is installed.
    parts: CycloneDX documents about the packages of one kind, as their package managers make them.
    """
    components: dict[str, Component] = {}
    for part in parts:
        for each in part.get("components", ()):
            components.setdefault(each.get("purl") or each["name"], each)
    for each in debian_components(dpkg_status):
        components.setdefault(each["purl"], each)
    name, version = (image.get(f"org.opencontainers.image.{it}", "") for it in ("title", "version"))
    ordered = [components[key] for key in sorted(components)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same content has the same number.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, repr((dict(image), ordered)))}",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": name, "version": version}},
        "components": ordered,
    }


def debian_components(dpkg_status: str) -> Iterator[Component]:
    """The packages that dpkg says are installed."""
    for paragraph in dpkg_status.split("\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in paragraph.splitlines()
            if ": " in line and not line.startswith(" ")
        )
        if fields.get("Status", "").endswith(" installed"):
            name, version = fields["Package"], fields["Version"]
            architecture = fields.get("Architecture", "all")
            yield {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:deb/debian/{name}@{version}?arch={architecture}",
            }
