"""The OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.openapi.errors import Reasons
from gateway.openapi.image import Image
from gateway.openapi.operations import Operations
from gateway.openapi.rules import Schema
from gateway.openapi.schemas import Schemas

_REFERENCE = "#/components/schemas/"
_ABOUT = (
    "Compares two versions of a video and says where, when and how they differ.\n\n"
    "The same methods answer gRPC, gRPC-web and Connect on the same port. Names may be written in "
    "`camelCase` or `snake_case`; 64-bit numbers and durations are text; bytes are base64. A field "
    "that the contract does not know is refused. The contract only grows: take fields, values and "
    "error reasons that you do not know as what they are, new."
)


def document(image: Image, services: Sequence[str]) -> Schema:
    """What the `services` (full names) offer over REST, as an OpenAPI 3.1 document."""
    schemas, reasons = Schemas(image), Reasons(image)
    operations = Operations(image, schemas, reasons)
    paths: dict[str, Schema] = {}
    for service in services:
        for operation in operations.of_service(service):
            paths.setdefault(operation.path, {})[operation.verb] = operation.content
    components = {**schemas.components, **reasons.schemas()}
    answered = set(_reachable(components, [_answers(paths)]))
    for name in schemas.components.keys() - answered:
        if components[name].get("type") == "object":
            components[name]["additionalProperties"] = False
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SAGE",
            "version": "v1",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "tags": [
            {
                "name": service.rpartition(".")[2],
                "description": _about_service(image, service, operations.only_grpc(service)),
            }
            for service in services
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `accessToken` of CreateSession.",
                }
            },
            "responses": reasons.responses(),
            "schemas": dict(sorted(components.items())),
        },
    }


def _about_service(image: Image, service: str, only_grpc: tuple[str, ...]) -> str:
    text = image.comments.get(service, "")
    if not only_grpc:
        return text
    return f"{text}\n\nWithout a path, for gRPC, gRPC-web and Connect: {', '.join(only_grpc)}."


def _answers(paths: dict[str, Schema]) -> list[Schema]:
    return [
        operation["responses"]["200"] for verbs in paths.values() for operation in verbs.values()
    ]


def _reachable(components: dict[str, Schema], wanted: list[object]) -> Iterator[str]:
    """Names of the schemas that something refers to, through others too."""
    seen: set[str] = set()
    while wanted:
        match wanted.pop():
            case {"$ref": str(reference), **rest}:
                name = reference.removeprefix(_REFERENCE)
                wanted.extend(rest.values())
                if name not in seen:
                    seen.add(name)
                    yield name
                    wanted.append(components[name])
            case dict(values):
                wanted.extend(values.values())
            case list(values):
                wanted.extend(values)
