"""Every file of the contract says what its package is called in each language.

The names follow from the package and the file, so that a new file has nothing to decide: what is
missing is told as the lines to put below its imports.
"""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from gateway.contract import DESCRIPTOR_FILE

FILES = {
    file.name: file
    for file in FileDescriptorSet.FromString(DESCRIPTOR_FILE.read_bytes()).file
    if file.name.startswith("sage/")
}


def expected(file: FileDescriptorProto) -> dict[str, str | bool]:
    """Of `sage/compare/v1/time_map.proto`, package `sage.compare.v1`."""
    _, topic, version = file.package.split(".")
    folder, _, stem = file.name.removesuffix(".proto").rpartition("/")
    pascal = "".join(word.capitalize() for word in stem.split("_"))
    topic_and_version = f"{topic.capitalize()}{version.upper()}"
    return {
        "csharp_namespace": f"Sage.{topic.capitalize()}.{version.upper()}",
        "go_package": f"sage.video/go/{folder};{topic}{version}",
        "java_multiple_files": True,
        "java_outer_classname": f"{pascal}Proto",
        "java_package": f"video.sage.{topic}.{version}",
        "objc_class_prefix": f"SAGE{topic_and_version}",
        "php_namespace": f"Sage\\{topic.capitalize()}\\{version.upper()}",
        "ruby_package": f"Sage::{topic.capitalize()}::{version.upper()}",
        "swift_prefix": f"Sage{topic_and_version}",
    }


def line(option: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return f"option {option} = {str(value).lower()};"
    escaped = value.replace("\\", "\\\\")
    return f'option {option} = "{escaped}";'


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_its_package_is_called(name: str) -> None:
    options = FILES[name].options
    wrong = [
        line(option, value)
        for option, value in expected(FILES[name]).items()
        if getattr(options, option) != value
    ]
    assert wrong == [], f"proto/{name} needs, below its imports:\n" + "\n".join(wrong)


def test_the_lines_can_be_pasted() -> None:
    file = FileDescriptorProto(name="sage/compare/v1/time_map.proto", package="sage.compare.v1")
    lines = [line(option, value) for option, value in expected(file).items()]
    assert 'option go_package = "sage.video/go/sage/compare/v1;comparev1";' in lines
    assert 'option java_outer_classname = "TimeMapProto";' in lines
    assert "option java_multiple_files = true;" in lines
    assert r'option php_namespace = "Sage\\Compare\\V1";' in lines
