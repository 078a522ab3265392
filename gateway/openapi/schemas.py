"""Messages and enums of the contract as JSON Schemas, in the JSON that Envoy reads and writes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from google.api import field_behavior_pb2
from google.api.field_behavior_pb2 import FieldBehavior
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

from buf.validate import validate_pb2
from gateway.openapi.image import Image
from gateway.openapi.rules import NATURAL, Schema, keywords, refuses_nothing

STATUS = "google.rpc.Status"
_DURATION = r"^-?[0-9]+(\.[0-9]{1,9})?s$"
_INTEGER = "^-?[0-9]+$"
_BASE64 = "^[A-Za-z0-9+/_-]*={0,2}$"

_WELL_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {
        "type": "string",
        "pattern": _DURATION,
        "examples": ["1.500s"],
    },
    "google.protobuf.FieldMask": {"type": "string", "examples": ["displayName"]},
    "google.protobuf.Empty": {"type": "object"},
    STATUS: {"$ref": "#/components/schemas/Error"},
}

_T = FieldDescriptorProto
_SCALARS: dict[int, Schema] = {
    _T.TYPE_DOUBLE: {"type": "number", "format": "double"},
    _T.TYPE_FLOAT: {"type": "number", "format": "float"},
    _T.TYPE_BOOL: {"type": "boolean"},
    _T.TYPE_STRING: {"type": "string"},
    _T.TYPE_BYTES: {"type": "string", "contentEncoding": "base64", "pattern": _BASE64},
    **{
        kind: {"type": "integer", "format": "int32"}
        for kind in (_T.TYPE_INT32, _T.TYPE_SINT32, _T.TYPE_SFIXED32)
    },
    **{
        kind: {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}
        for kind in (_T.TYPE_UINT32, _T.TYPE_FIXED32)
    },
    # JSON's numbers are exact up to 2^53 only.
    **{
        kind: {"type": "string", "format": "int64", "pattern": _INTEGER}
        for kind in (_T.TYPE_INT64, _T.TYPE_SINT64, _T.TYPE_SFIXED64)
    },
    **{
        kind: {"type": "string", "format": "uint64", "pattern": NATURAL}
        for kind in (_T.TYPE_UINT64, _T.TYPE_FIXED64)
    },
}


class Schemas:
    """Schemas of an image; those of messages and enums are kept and referred to."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._short_names = _short_names(image)
        self.components: dict[str, Schema] = {}

    def reference(self, name: str) -> Schema:
        """The schema of a message or an enum."""
        if name in _WELL_KNOWN:
            return dict(_WELL_KNOWN[name])
        short = self._short_names[name]
        if short not in self.components:
            # Put there first: a message may hold itself.
            self.components[short] = {}
            self.components[short] = (
                self._enum(name) if name in self._image.enums else self.message(name)
            )
        return {"$ref": f"#/components/schemas/{short}"}

    def message(self, name: str, without: Collection[str] = ()) -> Schema:
        """The object that a message is, less the fields that are called `without`."""
        message = self._image.messages[name]
        fields = [field for field in message.field if field.name not in without]
        schema: Schema = {"type": "object"}
        rules = message.options.Extensions[validate_pb2.message].cel
        said = [self._image.comments.get(name, ""), *(f"{rule.message}." for rule in rules)]
        if description := " ".join(part for part in said if part):
            schema["description"] = description
        schema["properties"] = {field.json_name: self.field(name, field) for field in fields}
        if required := [field.json_name for field in fields if is_required(field)]:
            schema["required"] = required
        if choices := _oneofs(message, without):
            schema["allOf"] = choices
        return schema

    def field(self, message: str, field: FieldDescriptorProto) -> Schema:
        """A field of a message, with its comment and its rules."""
        schema = self._type(field)
        rules = field.options.Extensions[validate_pb2.field]
        _merge(schema, keywords(rules, self._values(field)))
        text = self._image.comments.get(f"{message}.{field.name}", "")
        limits = schema.pop("description", "")
        if description := " ".join(part for part in (text, limits) if part):
            schema["description"] = description
        behaviors = field.options.Extensions[field_behavior_pb2.field_behavior]
        if FieldBehavior.OUTPUT_ONLY in behaviors:
            schema["readOnly"] = True
        if FieldBehavior.INPUT_ONLY in behaviors:
            schema["writeOnly"] = True
        return schema

    def _type(self, field: FieldDescriptorProto) -> Schema:
        name = field.type_name.lstrip(".")
        if field.type == _T.TYPE_MESSAGE and self._image.messages[name].options.map_entry:
            value = self._image.messages[name].field[1]
            return {"type": "object", "additionalProperties": self._single(value)}
        if field.label == _T.LABEL_REPEATED:
            return {"type": "array", "items": self._single(field)}
        return self._single(field)

    def _single(self, field: FieldDescriptorProto) -> Schema:
        if field.type in (_T.TYPE_MESSAGE, _T.TYPE_ENUM):
            return self.reference(field.type_name.lstrip("."))
        return dict(_SCALARS[field.type])

    def _values(self, field: FieldDescriptorProto) -> tuple[str, ...]:
        enum = self._image.enums.get(field.type_name.lstrip("."))
        return tuple(value.name for value in enum.value) if enum else ()

    def _enum(self, name: str) -> Schema:
        values = self._image.enums[name].value
        scope = self._image.comments
        lines = [f"- `{value.name}`: {scope.get(f'{name}.{value.name}', '')}" for value in values]
        return {
            "type": "string",
            "enum": [value.name for value in values],
            "description": "\n\n".join((scope.get(name, ""), "\n".join(lines))).strip(),
        }


def is_required(field: FieldDescriptorProto) -> bool:
    """Whether a request must hold the field."""
    rules = field.options.Extensions[validate_pb2.field]
    return bool(
        FieldBehavior.REQUIRED in field.options.Extensions[field_behavior_pb2.field_behavior]
        or rules.required
        # What is left out is empty.
        or (not field.HasField("oneof_index") and not rules.ignore and refuses_nothing(rules))
    )


def _oneofs(message: DescriptorProto, without: Collection[str]) -> list[Schema]:
    """That at most one field of each `oneof` is there, or exactly one where one must be."""
    choices = []
    for index, oneof in enumerate(message.oneof_decl):
        members: list[Any] = [
            {"required": [field.json_name]}
            for field in message.field
            if field.HasField("oneof_index")
            and field.oneof_index == index
            and not field.proto3_optional
            and field.name not in without
        ]
        if not members:
            continue
        if not oneof.options.Extensions[validate_pb2.oneof].required:
            members.append({"not": {"anyOf": list(members)}})
        choices.append({"oneOf": members})
    return choices


def _merge(schema: Schema, more: Schema) -> None:
    """Adds keywords; those of the values of a list or a map go to the values."""
    for key in ("items", "additionalProperties"):
        if key in more:
            _merge(schema[key], more.pop(key))
    schema.update(more)


def _short_names(image: Image) -> dict[str, str]:
    """Names without the package, as long as they are one element's alone."""
    short = {name: name.removeprefix(f"{package}.") for name, package in image.packages.items()}
    taken: dict[str, int] = {}
    for name, each in short.items():
        if name.startswith("sage."):
            taken[each] = taken.get(each, 0) + 1
    return {name: each if taken.get(each) == 1 else name for name, each in short.items()}
