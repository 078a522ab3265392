"""The contract says which messages are resources, which fields name them, and what methods need."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from google.api import client_pb2, field_behavior_pb2, resource_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

from buf.validate import validate_pb2
from gateway.contract import DESCRIPTOR_FILE
from gateway.settings import GatewaySettings
from gateway.upstreams import grpc_upstreams

ANY_RESOURCE = "*"
# An identifier in a rule (`[a-z0-9]{1,40}`), and one in the pattern of a resource (`{video}`).
_IDENTIFIER = re.compile(r"\[[^\]]+\]\{[^}]+\}|\{\w+\}")

FILES = [
    file
    for file in FileDescriptorSet.FromString(DESCRIPTOR_FILE.read_bytes()).file
    if file.package.startswith("sage.")
]


def messages(within: DescriptorProto, name: str) -> Iterator[tuple[str, DescriptorProto]]:
    yield name, within
    for nested in within.nested_type:
        yield from messages(nested, f"{name}.{nested.name}")


MESSAGES = {
    name: message
    for file in FILES
    for top in file.message_type
    for name, message in messages(top, f"{file.package}.{top.name}")
}
FIELDS = {
    f"{name}.{field.name}": field for name, message in MESSAGES.items() for field in message.field
}
SERVICES = {f"{file.package}.{service.name}": service for file in FILES for service in file.service}
METHODS = {
    f"{name}.{method.name}": method
    for name, service in SERVICES.items()
    for method in service.method
}
RESOURCES = [
    resource
    for message in MESSAGES.values()
    if (resource := message.options.Extensions[resource_pb2.resource]).type
]
# By the shape of their names: `videos/*`, `videos/*/proxy`.
TYPES = {
    _IDENTIFIER.sub("*", pattern): resource.type
    for resource in RESOURCES
    for pattern in resource.pattern
}
KNOWN_TYPES = {resource.type for resource in RESOURCES} | {
    resource.type
    for file in FILES
    for resource in file.options.Extensions[resource_pb2.resource_definition]
}


def behaves(field: FieldDescriptorProto, behaviour: int) -> bool:
    return behaviour in field.options.Extensions[field_behavior_pb2.field_behavior]


def referred(field: FieldDescriptorProto) -> str:
    reference: str = field.options.Extensions[resource_pb2.resource_reference].type
    return reference


def shapes(field: FieldDescriptorProto) -> list[str]:
    """The shapes of the names that a field takes, by the pattern of its rule.

    `^(videos|embeddings)/[a-z0-9]{1,40}$` is `videos/*` and `embeddings/*`; a whole pattern that is
    optional, as `^(videos/[a-z0-9]{1,40})?$`, counts without its brackets.
    """
    rules = field.options.Extensions[validate_pb2.field]
    texts = rules.repeated.items.string if rules.HasField("repeated") else rules.string
    shape = _IDENTIFIER.sub("*", texts.pattern.removeprefix("^").removesuffix("$"))
    if shape.startswith("(") and shape.endswith(")?"):
        shape = shape[1:-2]
    if "/*" not in shape:
        return []
    if choice := re.fullmatch(r"\(([a-zA-Z|]+)\)(/.*)", shape):
        return [first + choice[2] for first in choice[1].split("|")]
    return [shape]


IDENTIFIED = {
    name: message
    for name, message in MESSAGES.items()
    if any(behaves(field, field_behavior_pb2.FieldBehavior.IDENTIFIER) for field in message.field)
}


@pytest.mark.parametrize("name", IDENTIFIED)
def test_what_has_a_name_of_its_own_is_a_resource(name: str) -> None:
    resource = IDENTIFIED[name].options.Extensions[resource_pb2.resource]
    kind = IDENTIFIED[name].name
    singular = kind[0].lower() + kind[1:]
    snake = re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", singular)
    assert resource.type == f"sage/{kind}", f"{name} needs `option (google.api.resource)`"
    assert resource.singular == singular
    (pattern,) = resource.pattern
    # One of many, in the workspace or in what it belongs to; or the only one of that.
    one_of_many = f"{resource.plural}/{{{snake}}}"
    assert f"/{pattern}".endswith(f"/{one_of_many}") or pattern.endswith(f"}}/{singular}")


NAMING = {name: field for name, field in FIELDS.items() if shapes(field)}


@pytest.mark.parametrize("name", NAMING)
def test_a_field_that_takes_names_says_of_what(name: str) -> None:
    types = [TYPES.get(shape) for shape in shapes(NAMING[name])]
    assert None not in types, f"{name} takes names of what no message is a resource of"
    expected = types[0] if len(types) == 1 else ANY_RESOURCE
    assert referred(NAMING[name]) == expected, (
        f'{name} needs `(google.api.resource_reference).type = "{expected}"`'
    )


def test_fields_refer_to_resources_of_the_contract() -> None:
    types = {referred(field) for field in FIELDS.values() if referred(field)} - {ANY_RESOURCE}
    assert types <= KNOWN_TYPES


# A stream of requests has no fields to sign with.
SIGNED = {name: method for name, method in METHODS.items() if not method.client_streaming}


@pytest.mark.parametrize("name", SIGNED)
def test_a_method_says_which_fields_a_call_cannot_do_without(name: str) -> None:
    method = SIGNED[name]
    request = MESSAGES[method.input_type.lstrip(".")]
    required = [
        field.name
        for field in request.field
        if behaves(field, field_behavior_pb2.FieldBehavior.REQUIRED)
    ]
    signatures = signatures_of(method)
    assert signatures, (
        f'{name} needs `option (google.api.method_signature) = "{",".join(required)}"`'
    )
    for signature in signatures:
        assert set(required) <= set(signature)
        assert set(signature) <= {field.name for field in request.field}


def signatures_of(method: MethodDescriptorProto) -> list[list[str]]:
    texts = method.options.Extensions[client_pb2.method_signature]
    return [text.split(",") if text else [] for text in texts]


OFFERED = [name for upstream in grpc_upstreams(GatewaySettings()) for name in upstream.services]


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_gateway_offers_has_a_host(name: str) -> None:
    assert host_of(SERVICES[name]) == ("127.0.0.1:8080" if name in OFFERED else ""), (
        f"{name}: `option (google.api.default_host)` is for what the gateway offers"
    )


def host_of(service: ServiceDescriptorProto) -> str:
    host: str = service.options.Extensions[client_pb2.default_host]
    return host
