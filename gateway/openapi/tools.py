"""Methods of the contract as tools for language models: names, words and JSON Schemas.

Envoy's bridge for the Model Context Protocol serves them (decision 0038).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import MethodDescriptorProto

from gateway.openapi.image import Image
from gateway.openapi.rules import Schema
from gateway.openapi.schemas import Schemas

_REFERENCE = "#/components/schemas/"
# What is of use to a model that works with videos, in the order in which it is read. Left out are
# bytes in either direction, streams, what a sentence tells better, and who may come in.
METHODS = (
    "sage.ingest.v1.IngestService.ListVideos",
    "sage.ingest.v1.IngestService.GetVideo",
    "sage.ingest.v1.IngestService.GetTechnicalFacts",
    "sage.ingest.v1.IngestService.GetPlaybackUrl",
    "sage.ingest.v1.IngestService.GetStillLinks",
    "sage.embed.v1.EmbedService.ListEngines",
    "sage.embed.v1.EmbedService.CreateEmbeddingTask",
    "sage.embed.v1.EmbedService.GetEmbeddingTask",
    "sage.embed.v1.EmbedService.ListEmbeddingTasks",
    "sage.compare.v1.CompareService.DescribeComparison",
    "sage.compare.v1.CompareService.GetTechnicalDifferences",
    "sage.compare.v1.CompareService.MapTimes",
    "sage.compare.v1.ComparisonService.CreateComparison",
    "sage.compare.v1.ComparisonService.ListComparisons",
    "sage.compare.v1.ComparisonService.GetComparison",
    "sage.compare.v1.ComparisonService.UpdateComparison",
    "sage.compare.v1.ComparisonService.CreateNote",
)
_EXAMPLE = re.compile(r"\s*`curl [^`]*`")
_VERBS = ("get", "put", "post", "delete", "patch")


def tools(image: Image) -> list[dict[str, Any]]:
    """The tools, as Envoy's bridge is configured with them."""
    return [_tool(image, *name.rsplit(".", 1)) for name in METHODS]


def _tool(image: Image, service: str, name: str) -> dict[str, Any]:
    (method,) = (each for each in image.services[service].method if each.name == name)
    words = [word.lower() for word in re.findall("[A-Z][a-z]*", name)]
    comment = _EXAMPLE.sub("", image.comments[f"{service}.{name}"]).strip()
    schema = json.dumps(_schema(image, method), ensure_ascii=False, separators=(",", ":"))
    return {
        "name": "_".join(words),
        "http_rule": _rule(method),
        "tool_list_config": {
            "title": " ".join(words).capitalize(),
            "description": " ".join(comment.split()),
            "input_schema": schema,
        },
    }


def _rule(method: MethodDescriptorProto) -> dict[str, str]:
    rule = method.options.Extensions[annotations_pb2.http]
    verb = str(rule.WhichOneof("pattern"))
    if verb not in _VERBS:
        raise ValueError(f"{method.name}: a tool needs a path, and {verb!r} gives it none")
    found = {verb: str(getattr(rule, verb))}
    return {**found, "body": rule.body} if rule.body else found


def _schema(image: Image, method: MethodDescriptorProto) -> Schema:
    """The request, complete in itself."""
    schemas = Schemas(image)
    schema = {**schemas.message(method.input_type.lstrip(".")), "additionalProperties": False}
    schema.pop("description", None)
    used: dict[str, Schema] = {}
    wanted = list(_references(schema))
    while wanted:
        name = wanted.pop()
        if name not in used:
            used[name] = schemas.components[name]
            wanted += _references(used[name])
    text = json.dumps({**schema, "$defs": used} if used else schema)
    complete: Schema = json.loads(text.replace(_REFERENCE, "#/$defs/"))
    return complete


def _references(schema: object) -> Iterator[str]:
    match schema:
        case {"$ref": str(reference), **rest}:
            yield reference.removeprefix(_REFERENCE)
            yield from _references(rest)
        case dict(values):
            for value in values.values():
                yield from _references(value)
        case list(values):
            for value in values:
                yield from _references(value)
