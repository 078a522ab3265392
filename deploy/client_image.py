"""`python -m deploy.client_image FROM TO`: the image of the contract that clients are made of.

Clients need messages and methods. How the gateway maps methods to REST, and how services check
fields, are options that would make every client depend on Google's and Buf's packages. They are
left out, and so are the imports that only they need. A file that does not say what its package is
called in each language is refused, with the lines that it needs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from deploy.language_options import CONTRACT, missing_options

# Options that are declared in these packages are left out.
_LEFT_OUT = ("buf.validate.", "google.api.")


def client_image(image: bytes) -> bytes:
    """A serialized FileDescriptorSet without what clients have no use for.

    Files stand after those that they import. Only the contract's own keep their comments.
    """
    files = {file.name: file for file in _without_options(image).file}
    declared = {name: file.name for file in files.values() for name in _declared(file)}
    kept: dict[str, FileDescriptorProto] = {}

    def keep(name: str) -> None:
        file = files[name]
        if name.startswith(CONTRACT):
            used = {declared[type_name] for type_name in _used(file)} - {name}
            del file.dependency[:]
            file.dependency.extend(sorted(used))
        else:
            file.ClearField("source_code_info")
        for imported in file.dependency:
            if imported not in kept:
                keep(imported)
        kept[name] = file

    for name in sorted(files):
        if name.startswith(CONTRACT) and name not in kept:
            keep(name)
    return FileDescriptorSet(file=kept.values()).SerializeToString(deterministic=True)


def _without_options(image: bytes) -> FileDescriptorSet:
    """The image, read with the options that it declares itself, and then without them."""
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(image).file:
        pool.Add(file)
    read = GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet"))
    files = read.FromString(image)
    _clear_options(files)
    return FileDescriptorSet.FromString(files.SerializeToString(deterministic=True))


def _clear_options(message: Message) -> None:
    for field, value in message.ListFields():
        if field.is_extension:
            if field.full_name.startswith(_LEFT_OUT):
                # The stubs know extensions of generated code alone.
                message.ClearExtension(field)  # type: ignore[arg-type]
        elif field.message_type is not None:
            for part in value if field.is_repeated else (value,):
                _clear_options(part)
            if field.name == "options" and not value.ByteSize():
                message.ClearField("options")


def _declared(file: FileDescriptorProto) -> Iterator[str]:
    """Full names of the messages and enums of a file, with a dot before them."""
    scope = f".{file.package}" if file.package else ""
    for enum in file.enum_type:
        yield f"{scope}.{enum.name}"
    for message in file.message_type:
        yield from _declared_within(scope, message)


def _declared_within(scope: str, message: DescriptorProto) -> Iterator[str]:
    name = f"{scope}.{message.name}"
    yield name
    for enum in message.enum_type:
        yield f"{name}.{enum.name}"
    for nested in message.nested_type:
        yield from _declared_within(name, nested)


def _used(file: FileDescriptorProto) -> Iterator[str]:
    """Full names of what the fields, extensions and methods of a file refer to."""
    for extension in file.extension:
        yield extension.extendee
        yield from _types([extension])
    for message in file.message_type:
        yield from _used_within(message)
    for service in file.service:
        for method in service.method:
            yield method.input_type
            yield method.output_type


def _used_within(message: DescriptorProto) -> Iterator[str]:
    yield from _types(message.field)
    for nested in message.nested_type:
        yield from _used_within(nested)


def _types(fields: Iterable[FieldDescriptorProto]) -> Iterator[str]:
    return (field.type_name for field in fields if field.type_name)


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    image = source.read_bytes()
    if missing := list(missing_options(FileDescriptorSet.FromString(image))):
        sys.exit("\n\n".join(missing))
    target.write_bytes(client_image(image))
