"""The rules that the contract has for a field (buf.validate) as keywords of JSON Schema."""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.message import Message

from buf.validate.validate_pb2 import FieldRules

Schema = dict[str, Any]

_NUMBERS = {
    "gte": "minimum",
    "gt": "exclusiveMinimum",
    "lte": "maximum",
    "lt": "exclusiveMaximum",
}
_WORDS = {"gte": "at least", "gt": "more than", "lte": "at most", "lt": "less than"}
_TEXT = {"min_len": "minLength", "max_len": "maxLength", "pattern": "pattern", "const": "const"}
_FORMATS = ("email", "hostname", "uri")
_LIST = {"min_items": "minItems", "max_items": "maxItems", "unique": "uniqueItems"}
_MAP = {"min_pairs": "minProperties", "max_pairs": "maxProperties"}
_WIDE = {"int64", "uint64", "sint64", "fixed64", "sfixed64"}
# A number, as text, that is not negative.
NATURAL = "^[0-9]+$"
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def keywords(rules: FieldRules, values: tuple[str, ...] = ()) -> Schema:
    """What a schema says besides the type.

    values: names of an enum's values, the zero one first.

    Raises ValueError for a rule that has no translation, so that none is lost unseen.
    """
    schema = _of_type(rules, values)
    # What a rule of its own says, for people.
    said = [schema.get("description", ""), *(f"{rule.message}." for rule in rules.cel)]
    if description := " ".join(part for part in said if part):
        schema["description"] = description
    return schema


def _of_type(rules: FieldRules, values: tuple[str, ...]) -> Schema:
    kind = rules.WhichOneof("type")
    if kind is None:
        return {}
    each = getattr(rules, kind)
    match kind:
        case "string":
            return _string(each, may_be_empty=bool(rules.ignore))
        case "bytes":
            return _bytes(each)
        case "enum":
            return _enum(each, values)
        case "repeated":
            return _repeated(each, values)
        case "map":
            return _map(each)
        case "duration":
            return {"description": _in_words(each, " s")}
        case kind if kind in _WIDE:
            return _wide(each)
        case _:
            return _number(each)


def refuses_nothing(rules: FieldRules) -> bool:
    """Whether a text, bytes or a list must not be empty."""
    match rules.WhichOneof("type"):
        case "string":
            return rules.string.min_len > 0 or not re.search(rules.string.pattern, "")
        case "bytes":
            return rules.bytes.min_len > 0
        case "repeated":
            return rules.repeated.min_items > 0
        case _:
            return False


def _set_fields(rules: Message, known: dict[str, str] | set[str]) -> dict[str, Any]:
    found = {field.name: value for field, value in rules.ListFields()}
    unknown = sorted(found.keys() - set(known))
    if unknown:
        raise ValueError(f"{rules.DESCRIPTOR.name}: no keyword for {', '.join(unknown)}")
    return found


def _string(rules: Message, *, may_be_empty: bool) -> Schema:
    found = _set_fields(rules, {*_TEXT, *_FORMATS, "uuid", "len", "in"})
    schema: Schema = {_TEXT[name]: value for name, value in found.items() if name in _TEXT}
    for name in _FORMATS:
        if found.get(name):
            schema["format"] = name
    if "len" in found:
        schema["minLength"] = schema["maxLength"] = found["len"]
    if "in" in found:
        schema["enum"] = list(found["in"])
    if found.get("uuid"):
        schema["pattern"] = f"^({_UUID}){'?' if may_be_empty else ''}$"
    return schema


def _bytes(rules: Message) -> Schema:
    """Lengths of base64, which needs no padding."""
    found = _set_fields(rules, {"min_len", "max_len"})
    schema = {}
    if "min_len" in found:
        schema["minLength"] = -(-found["min_len"] * 4 // 3)
    if "max_len" in found:
        schema["maxLength"] = -(-found["max_len"] // 3) * 4
    return schema


def _enum(rules: Message, values: tuple[str, ...]) -> Schema:
    found = _set_fields(rules, {"defined_only", "not_in"})
    if "not_in" not in found:
        return {}
    if list(found["not_in"]) != [0]:
        raise ValueError("EnumRules: not_in means the zero value")
    return {"not": {"const": values[0]}}


def _repeated(rules: Any, values: tuple[str, ...]) -> Schema:
    found = _set_fields(rules, {*_LIST, "items"})
    schema: Schema = {_LIST[name]: value for name, value in found.items() if name in _LIST}
    if "items" in found:
        schema["items"] = keywords(rules.items, values)
    return schema


def _map(rules: Any) -> Schema:
    found = _set_fields(rules, {*_MAP, "keys", "values"})
    schema: Schema = {_MAP[name]: value for name, value in found.items() if name in _MAP}
    if "keys" in found:
        schema["propertyNames"] = keywords(rules.keys)
    if "values" in found:
        schema["additionalProperties"] = keywords(rules.values)
    return schema


def _number(rules: Message) -> Schema:
    found = _set_fields(rules, {*_NUMBERS, "finite", "const", "in"})
    schema: Schema = {_NUMBERS[name]: value for name, value in found.items() if name in _NUMBERS}
    if "const" in found:
        schema["const"] = found["const"]
    if "in" in found:
        schema["enum"] = list(found["in"])
    return schema


def _wide(rules: Any) -> Schema:
    """64-bit numbers are text in JSON, which has no minimum."""
    found = _set_fields(rules, set(_NUMBERS))
    schema: Schema = {"description": _in_words(rules, "")}
    if found.get("gte", -1) >= 0 or found.get("gt", -1) >= 0:
        schema["pattern"] = NATURAL
    return schema


def _in_words(rules: Message, unit: str) -> str:
    parts = []
    for name, value in _set_fields(rules, set(_WORDS)).items():
        number = value if isinstance(value, int) else value.seconds + value.nanos / 1e9
        parts.append(f"{_WORDS[name]} {number:g}{unit}")
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."
