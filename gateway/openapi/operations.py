"""Methods of the contract as operations of OpenAPI: one for each `google.api.http` rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    MethodDescriptorProto,
)

from gateway.contract import HTTP_BODY, OPEN_METHOD
from gateway.openapi.errors import Reasons
from gateway.openapi.image import Image
from gateway.openapi.rules import Schema
from gateway.openapi.schemas import Schemas, is_required

_VARIABLE = re.compile(r"\{([^}=]+)(?:=([^}]+))?\}")
_VERBS = ("get", "put", "post", "delete", "patch")
JSON = "application/json"
LINES = "application/x-ndjson"
EVENTS = "text/event-stream"
_FILE = {"type": "string", "format": "binary"}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One way to call a method over REST.

    path: with a parameter for each part that varies.
    verb: in lower case.
    content: the operation object.
    """

    path: str
    verb: str
    content: Schema


class Operations:
    """Makes operations of the methods of an image."""

    def __init__(self, image: Image, schemas: Schemas, reasons: Reasons) -> None:
        self._image = image
        self._schemas = schemas
        self._reasons = reasons

    def of_service(self, service: str) -> Iterator[Operation]:
        """The operations of all methods of a service that can be called over REST."""
        for method in self._image.services[service].method:
            if not method.options.HasExtension(annotations_pb2.http):
                continue
            first: HttpRule = method.options.Extensions[annotations_pb2.http]
            for number, rule in enumerate((first, *first.additional_bindings)):
                yield self._operation(service, method, rule, number)

    def only_grpc(self, service: str) -> tuple[str, ...]:
        """Names of the methods that have no path."""
        return tuple(
            method.name
            for method in self._image.services[service].method
            if not method.options.HasExtension(annotations_pb2.http)
        )

    def _operation(
        self, service: str, method: MethodDescriptorProto, rule: HttpRule, number: int
    ) -> Operation:
        verb = str(rule.WhichOneof("pattern"))
        if verb not in _VERBS:
            raise ValueError(f"{method.name}: no operation of OpenAPI is {verb!r}")
        request = method.input_type.lstrip(".")
        comment = self._image.comments.get(f"{service}.{method.name}", "")
        path, in_path = self._path(request, getattr(rule, verb))
        bound = [variable for variable, _ in _VARIABLE.findall(getattr(rule, verb))]
        content: Schema = {
            "operationId": method.name + (str(number + 1) if number else ""),
            "tags": [service.rpartition(".")[2]],
            "summary": comment.partition(". ")[0].partition(":")[0].rstrip("."),
            "description": comment,
        }
        parameters = [*in_path]
        if rule.body != "*":
            parameters += self._query(request, {*bound, rule.body})
        if parameters:
            content["parameters"] = parameters
        if rule.body:
            content["requestBody"] = self._body(request, rule.body, bound)
        content["responses"] = {"200": self._answer(method), **self._failures()}
        if named := self._reasons.named_in(comment):
            content["x-sage-reasons"] = named
        if f"/{service}/{method.name}" == OPEN_METHOD:
            content["security"] = []
        return Operation(path=path, verb=verb, content=content)

    def _path(self, request: str, template: str) -> tuple[str, list[Schema]]:
        """The template as OpenAPI writes it, and its parameters."""
        parameters: list[Schema] = []

        def named(match: re.Match[str]) -> str:
            owner, field = self._find(request, match[1])
            pattern = match[2]
            if pattern is None:
                parameters.append(self._parameter("path", field.json_name, owner, field))
                return "{" + field.json_name + "}"
            parts = pattern.split("/")
            for place, part in enumerate(parts):
                if part == "*":
                    name = parts[place - 1].removesuffix("s")
                    parts[place] = "{" + name + "}"
                    prefix = "/".join(parts[:place]) + "/"
                    parameters.append(self._name_parameter(name, prefix, owner, field))
            return "/".join(parts)

        return _VARIABLE.sub(named, template), parameters

    def _name_parameter(
        self, name: str, prefix: str, owner: str, field: FieldDescriptorProto
    ) -> Schema:
        """The part of a resource's name that comes after its collection."""
        parameter = self._parameter("path", name, owner, field)
        schema = parameter["schema"]
        pattern = schema.pop("pattern", "")
        if pattern.startswith(f"^{prefix}"):
            schema["pattern"] = "^" + pattern.removeprefix(f"^{prefix}")
        if text := parameter.get("description"):
            parameter["description"] = f"The part after `{prefix}`: {text}"
        return parameter

    def _query(self, request: str, without: set[str], above: str = "") -> Iterator[Schema]:
        """Parameters for the fields that are neither in the path nor in the body."""
        for field in self._image.messages[request].field:
            if field.name in without:
                continue
            kind = field.type_name.lstrip(".")
            message = field.type == FieldDescriptorProto.TYPE_MESSAGE
            if message and not kind.startswith("google."):
                if field.label == FieldDescriptorProto.LABEL_REPEATED:
                    continue
                yield from self._query(kind, set(), f"{above}{field.json_name}.")
                continue
            yield self._parameter("query", f"{above}{field.json_name}", request, field)

    def _parameter(self, place: str, name: str, owner: str, field: FieldDescriptorProto) -> Schema:
        schema = self._schemas.field(owner, field)
        description = schema.pop("description", "")
        parameter: dict[str, Any] = {"name": name, "in": place}
        if description:
            parameter["description"] = description
        if place == "path" or is_required(field):
            parameter["required"] = True
        parameter["schema"] = schema
        return parameter

    def _body(self, request: str, body: str, bound: Sequence[str]) -> Schema:
        if body == "*":
            if bound:
                schema = self._schemas.message(request, without=bound)
                schema["additionalProperties"] = False
            else:
                schema = self._schemas.reference(request)
            required = any(
                is_required(field)
                for field in self._image.messages[request].field
                if field.name not in bound
            )
        else:
            _, field = self._find(request, body)
            if field.type_name == f".{HTTP_BODY}":
                return {"required": True, "content": {"*/*": {"schema": _FILE}}}
            # What the path says already must not stand in the body.
            named = [each.removeprefix(f"{body}.") for each in bound]
            schema = self._schemas.message(field.type_name.lstrip("."), without=named)
            schema["additionalProperties"] = False
            required = True
        return {"required": required, "content": {JSON: {"schema": schema}}}

    def _answer(self, method: MethodDescriptorProto) -> Schema:
        name = method.output_type.lstrip(".")
        if name == HTTP_BODY:
            return {
                "description": "The file, in its own type.",
                "content": {"*/*": {"schema": _FILE}},
            }
        schema = self._schemas.reference(name)
        if not method.server_streaming:
            description = self._image.comments.get(name) or "Done."
            return {"description": description, "content": {JSON: {"schema": schema}}}
        return {
            "description": "A stream of messages, for as long as it goes on. As lines, each is a "
            "message in JSON; with `Accept: text/event-stream` each is the data of an event. A "
            'stream that fails after its first message ends with `{"error": ...}` on a line of '
            "its own, or with an event `error`, whose data is an Error; one that is complete ends "
            "with an event `end`.",
            "content": {
                LINES: {"schema": {"type": "string"}, "x-item-schema": schema},
                EVENTS: {"schema": {"type": "string"}, "x-item-schema": schema},
            },
        }

    def _failures(self) -> Schema:
        return {
            status: {"$ref": f"#/components/responses/{status}"}
            for status in self._reasons.responses()
        }

    def _find(self, message: str, path: str) -> tuple[str, FieldDescriptorProto]:
        """A field by its path, and the message that it stands in."""
        first, _, rest = path.partition(".")
        field = _field(self._image.messages[message], first)
        return self._find(field.type_name.lstrip("."), rest) if rest else (message, field)


def _field(message: DescriptorProto, name: str) -> FieldDescriptorProto:
    return next(field for field in message.field if field.name == name)
