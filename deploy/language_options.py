"""What the packages of the contract are called in each language.

The names follow from the package and the file, so that a new file has nothing to decide.
"""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

CONTRACT = "sage/"


def missing_options(image: FileDescriptorSet) -> Iterator[str]:
    """A text for each file of the contract that lacks options: which lines it needs."""
    for file in image.file:
        if file.name.startswith(CONTRACT):
            wrong = [
                _line(option, value)
                for option, value in expected_options(file).items()
                if getattr(file.options, option) != value
            ]
            if wrong:
                yield f"proto/{file.name} needs, below its imports:\n" + "\n".join(wrong)


def expected_options(file: FileDescriptorProto) -> dict[str, str | bool]:
    """The options of a file like `sage/compare/v1/time_map.proto`, package `sage.compare.v1`."""
    _, topic, version = file.package.split(".")
    folder, _, stem = file.name.removesuffix(".proto").rpartition("/")
    in_pascal_case = "".join(word.capitalize() for word in stem.split("_"))
    capital, upper = topic.capitalize(), version.upper()
    both = f"{capital}{upper}"
    return {
        "csharp_namespace": f"Sage.{capital}.{upper}",
        "go_package": f"sage.video/go/{folder};{topic}{version}",
        "java_multiple_files": True,
        "java_outer_classname": f"{in_pascal_case}Proto",
        "java_package": f"video.sage.{topic}.{version}",
        "objc_class_prefix": f"SAGE{both}",
        "php_namespace": f"Sage\\{capital}\\{upper}",
        "ruby_package": f"Sage::{capital}::{upper}",
        "swift_prefix": f"Sage{both}",
    }


def _line(option: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return f"option {option} = {str(value).lower()};"
    escaped = value.replace("\\", "\\\\")
    return f'option {option} = "{escaped}";'
