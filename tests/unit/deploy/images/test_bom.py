"""The bill of materials of an image."""

from __future__ import annotations

from deploy.images.bom import bill_of_materials, debian_components

STATUS = """\
Package: zlib1g
Status: install ok installed
Architecture: amd64
Version: 1:1.2.13
Description: compression library
 with a line that says: nothing

Package: gone
Status: deinstall ok config-files
Version: 1

"""
LABELS = {
    "org.opencontainers.image.title": "sage-compare",
    "org.opencontainers.image.version": "0.1.0",
}
NUMPY = {"type": "library", "name": "numpy", "version": "2", "purl": "pkg:pypi/numpy@2"}


def test_debians_packages_are_those_that_are_installed() -> None:
    assert list(debian_components(STATUS)) == [
        {
            "type": "library",
            "name": "zlib1g",
            "version": "1:1.2.13",
            "purl": "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64",
        }
    ]


def test_all_kinds_of_packages_are_in_one_document_once() -> None:
    bill = bill_of_materials(LABELS, STATUS, [{"components": [NUMPY]}, {"components": [NUMPY]}])

    assert [each["name"] for each in bill["components"]] == ["zlib1g", "numpy"]
    assert bill["metadata"]["component"] == {
        "type": "container",
        "name": "sage-compare",
        "version": "0.1.0",
    }


def test_the_same_content_makes_the_same_document() -> None:
    once, twice = (bill_of_materials(LABELS, STATUS, [{"components": [NUMPY]}]) for _ in "12")
    other = bill_of_materials(LABELS, STATUS, [])

    assert once == twice
    assert once["serialNumber"] != other["serialNumber"]
