"""What the gateway knows of the contract: methods, their REST paths, and the fields of bodies.

All of it comes from the descriptor by which Envoy transcodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    MethodOptions,
)

DESCRIPTOR_FILE = Path(__file__).parent / "descriptor" / "sage.binpb"
# The one method that needs no token.
OPEN_METHOD = "/sage.embed.v1.SessionService/CreateSession"
# Of gRPC itself: orchestrators and load balancers ask it without a token.
HEALTH_METHOD = "/grpc.health.v1.Health/Check"
# The message that stands for the content of a file.
HTTP_BODY = "google.api.HttpBody"
# A field whose value is no message of the contract: Envoy checks it.
PLAIN = ""
# Written as JSON strings, or as anything at all.
_WELL_KNOWN = "google."
_READS = MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS
_PARAMETER = re.compile(r"\{[^}=]+(?:=([^}]+))?\}")
_VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of gRPC.

    path: `/package.Service/Method`.
    streams: whether one side sends more than one message.
    reads: whether it changes nothing, so that it may be tried again.
    """

    path: str
    streams: bool
    reads: bool


@dataclass(frozen=True, kw_only=True)
class RestRule:
    """How a method is called over REST.

    verb: the HTTP method.
    pattern: a Lua pattern that the path (without its query) matches.
    body: full name of the message that the JSON of the body is; empty when there is no body.
    streams: whether the answer is a stream of messages.
    raw: whether the body is no JSON but the content of a file, of any length.
    """

    verb: str
    pattern: str
    body: str
    streams: bool
    raw: bool


class Contract:
    """The part of the contract that `services` (full names) offer."""

    def __init__(self, services: Sequence[str], descriptor_file: Path = DESCRIPTOR_FILE) -> None:
        files = FileDescriptorSet.FromString(descriptor_file.read_bytes()).file
        self._messages: dict[str, DescriptorProto] = {}
        self._methods: list[tuple[str, MethodDescriptorProto]] = []
        for file in files:
            self._messages |= _messages(file.package, file.message_type)
            for service in file.service:
                name = f"{file.package}.{service.name}"
                if name in services:
                    self._methods += [(name, method) for method in service.method]

    def methods(self, service: str) -> tuple[Method, ...]:
        """The methods of one service."""
        return tuple(
            Method(
                path=f"/{name}/{method.name}",
                streams=method.client_streaming or method.server_streaming,
                reads=method.options.idempotency_level == _READS,
            )
            for name, method in self._methods
            if name == service
        )

    def rest_rules(self) -> tuple[RestRule, ...]:
        """The paths of all methods that can be called over REST."""
        return tuple(rule for _, method in self._methods for rule in self._rules_of(method))

    def body_fields(self) -> Mapping[str, Mapping[str, str]]:
        """Fields of every message that a body may hold, by the message's full name.

        A field stands under each of its names (`page_size` and `pageSize`) with the full name of
        its message, or `PLAIN`.
        """
        found: dict[str, dict[str, str]] = {}
        wanted = [rule.body for rule in self.rest_rules() if rule.body]
        while wanted:
            name = wanted.pop()
            if name in found:
                continue
            found[name] = fields = {}
            for field in self._messages[name].field:
                kind = self._message_of(field)
                fields[field.name] = fields[field.json_name] = kind
                if kind:
                    wanted.append(kind)
        return found

    def _rules_of(self, method: MethodDescriptorProto) -> Iterator[RestRule]:
        if not method.options.HasExtension(annotations_pb2.http):
            return
        first: HttpRule = method.options.Extensions[annotations_pb2.http]
        for rule in (first, *first.additional_bindings):
            verb = str(rule.WhichOneof("pattern"))
            if verb not in _VERBS:
                raise ValueError(f"{method.name}: the gateway knows no REST rule with {verb!r}")
            yield RestRule(
                verb=verb.upper(),
                pattern=_lua_pattern(getattr(rule, verb)),
                body=self._body_of(method.input_type.lstrip("."), rule.body),
                streams=method.server_streaming,
                raw=self._is_raw(method.input_type.lstrip("."), rule.body),
            )

    def _body_of(self, request: str, body: str) -> str:
        if body in ("", "*"):
            return request if body else ""
        return next(
            self._message_of(field) for field in self._messages[request].field if field.name == body
        )

    def _is_raw(self, request: str, body: str) -> bool:
        fields = self._messages[request].field
        return any(field.name == body and field.type_name == f".{HTTP_BODY}" for field in fields)

    def _message_of(self, field: FieldDescriptorProto) -> str:
        name = field.type_name.lstrip(".")
        if field.type != FieldDescriptorProto.TYPE_MESSAGE or name.startswith(_WELL_KNOWN):
            return PLAIN
        return PLAIN if self._messages[name].options.map_entry else name


def _messages(scope: str, messages: Sequence[DescriptorProto]) -> dict[str, DescriptorProto]:
    found: dict[str, DescriptorProto] = {}
    for message in messages:
        name = f"{scope}.{message.name}"
        found |= {name: message, **_messages(name, message.nested_type)}
    return found


def _lua_pattern(template: str) -> str:
    """`/v1/{name=videos/*}:play` as `^/v1/videos/[^/:]+:play$`."""
    path = _PARAMETER.sub(lambda parameter: parameter[1] or "*", template)
    literals = [re.sub(r"(\W)", r"%\1", part) for part in path.split("*")]
    return "^" + "[^/:]+".join(literals) + "$"
