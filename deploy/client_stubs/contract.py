"""The services of the contract, as a client offers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

from deploy.language_options import CONTRACT


@dataclass(frozen=True)
class Stream:
    """A method that answers with many messages: `CompareVideos`, and the names of its types."""

    method: str
    request: str
    response: str


@dataclass(frozen=True)
class Service:
    """A service that the outside may call.

    name: `ApiTokenService`. file: `sage/embed/v1/api_token.proto`. package: `sage.embed.v1`.
    streams: its methods that answer with many messages to one.
    """

    name: str
    file: str
    package: str
    streams: tuple[Stream, ...]

    @property
    def topic(self) -> str:
        """`embed`."""
        return self.package.split(".")[1]

    @property
    def plural(self) -> str:
        """What its stub is called, in PascalCase: `ApiTokens`, and `Embed` for EmbedService."""
        noun = self.name.removesuffix("Service")
        return noun if noun.lower() == self.topic else f"{noun}s"

    @property
    def camel(self) -> str:
        """`apiTokens`."""
        return self.plural[0].lower() + self.plural[1:]

    @property
    def snake(self) -> str:
        """`api_tokens`."""
        return snake(self.plural)


def snake(pascal: str) -> str:
    """`ApiTokens` as `api_tokens`."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in pascal).split()
    return "_".join(words).lower()


def services_of(image: FileDescriptorSet, offered: Iterable[str]) -> list[Service]:
    """The services with these full names, in their order. Raises KeyError when one is missing."""
    found = {
        f"{file.package}.{service.name}": (file, service) for file, service in _services(image)
    }
    return [_service(*found[name]) for name in offered]


def files_of(image: FileDescriptorSet) -> list[str]:
    """The files of the contract: `sage/compare/v1/compare.proto`."""
    return sorted(file.name for file in image.file if file.name.startswith(CONTRACT))


def _services(
    image: FileDescriptorSet,
) -> Iterator[tuple[FileDescriptorProto, ServiceDescriptorProto]]:
    return ((file, service) for file in image.file for service in file.service)


def _service(file: FileDescriptorProto, service: ServiceDescriptorProto) -> Service:
    streams = tuple(
        Stream(method.name, _type(file, method.input_type), _type(file, method.output_type))
        for method in service.method
        if _answers_with_many(method)
    )
    return Service(service.name, file.name, file.package, streams)


def _answers_with_many(method: MethodDescriptorProto) -> bool:
    return method.server_streaming and not method.client_streaming


def _type(file: FileDescriptorProto, name: str) -> str:
    """The name of a type within its package. Raises ValueError when it is of another package."""
    package, _, plain = name.removeprefix(".").rpartition(".")
    if package != file.package:
        raise ValueError(f"{name} is not of {file.package}: the clients' generators know no other.")
    return plain
