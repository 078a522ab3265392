"""A buf image, by names: what the contract defines, with the comments that stand there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

# Numbers of fields of the descriptors, of which paths to comments are made.
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE = 4, 5, 6
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM = 2, 3, 4
_ENUM_VALUE, _SERVICE_METHOD = 2, 2

_Path = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Image:
    """Elements of the contract by full name, without a dot in front.

    packages: the package of each message and enum.
    comments: of every element that has one, a field as `package.Message.field`; lines of a
        paragraph are joined, paragraphs stand apart.
    """

    messages: dict[str, DescriptorProto] = field(default_factory=dict)
    enums: dict[str, EnumDescriptorProto] = field(default_factory=dict)
    services: dict[str, ServiceDescriptorProto] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


def read_image(content: bytes) -> Image:
    """The image in `content`, which must hold the source information."""
    image = Image()
    for file in FileDescriptorSet.FromString(content).file:
        _add_file(image, file)
    return image


def _add_file(image: Image, file: FileDescriptorProto) -> None:
    texts = {
        tuple(location.path): location.leading_comments
        for location in file.source_code_info.location
        if location.leading_comments
    }
    names = dict(_named(image, file))
    image.comments.update(
        {names[path]: _paragraphs(text) for path, text in texts.items() if path in names}
    )


def _named(image: Image, file: FileDescriptorProto) -> Iterator[tuple[_Path, str]]:
    """Every element of the file with its path; adds them to the image."""
    package = file.package
    yield from _messages(image, package, package, (_FILE_MESSAGE,), file.message_type)
    yield from _enums(image, package, package, (_FILE_ENUM,), file.enum_type)
    for number, service in enumerate(file.service):
        name = f"{package}.{service.name}"
        image.services[name] = service
        path = (_FILE_SERVICE, number)
        yield path, name
        for index, method in enumerate(service.method):
            yield (*path, _SERVICE_METHOD, index), f"{name}.{method.name}"


def _messages(
    image: Image, package: str, scope: str, above: _Path, messages: Sequence[DescriptorProto]
) -> Iterator[tuple[_Path, str]]:
    for number, message in enumerate(messages):
        name, path = f"{scope}.{message.name}", (*above, number)
        image.messages[name] = message
        image.packages[name] = package
        yield path, name
        for index, each in enumerate(message.field):
            yield (*path, _MESSAGE_FIELD, index), f"{name}.{each.name}"
        yield from _messages(image, package, name, (*path, _MESSAGE_NESTED), message.nested_type)
        yield from _enums(image, package, name, (*path, _MESSAGE_ENUM), message.enum_type)


def _enums(
    image: Image, package: str, scope: str, above: _Path, enums: Sequence[EnumDescriptorProto]
) -> Iterator[tuple[_Path, str]]:
    for number, enum in enumerate(enums):
        name, path = f"{scope}.{enum.name}", (*above, number)
        image.enums[name] = enum
        image.packages[name] = package
        yield path, name
        for index, value in enumerate(enum.value):
            yield (*path, _ENUM_VALUE, index), f"{name}.{value.name}"


def _paragraphs(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return "\n\n".join(paragraph.replace("\n", " ") for paragraph in lines.split("\n\n"))
