"""Messages of any type: what the contract allows, what it nearly allows, what nobody expects."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from buf.validate import validate_pb2

_DEPTH = 4
_NASTY_SHARE = 0.15
_SET_SHARE = 0.6
_ID = re.compile(r"\[a-z0-9\]\{1,40\}")
_CHOICE = re.compile(r"\(([a-zA-Z|]+)\)")
_NASTY_TEXTS = (
    "",
    "\0",
    "\u202e\u0301\U0001f600",
    "a" * 70_000,
    "../../etc/passwd",
    "videos/../uploads/x",
    "' OR 1=1 --",
    "%00%2e%2e/",
    "{{7*7}}${7*7}",
    "\r\nx-injected: 1",
    "*",
)
_NASTY_BYTES = (b"", b"\0" * 1000, b"\xff\xfe", b"PK\x03\x04", b"{" * 5000)
_NASTY_FLOATS = (float("nan"), float("inf"), float("-inf"), -0.0, 1e308, -1.0, 5e-324)
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
# What filters and orders are made of: more of it fits together than would by chance.
_LISTED = ("create_time", "displayName", "state", "size_bytes", "duration", "has_audio", "video")
_COMPARATORS = ("=", "!=", "<", ">=", ":", "~")
_VALUES = (
    "STATE_FAILED",
    "1",
    "-9223372036854775809",
    "1e999",
    "90s",
    "0001-01-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    '"100% _ \\\\ \\""',
    "'",
    "true",
    "videos/1",
    '"\0"',
)
# Keys would be asked about at the vendor.
_VENDOR_KEY = "twelvelabs_api_key"


class Names:
    """Names of resources that exist, by their shape: `comparisons/*/notes/*`."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}

    def learn(self, message: Message) -> None:
        """Remembers the names in an answer."""
        for field, value in message.ListFields():
            if field.name == "name" and isinstance(value, str) and "/" in value:
                shape = "/".join(
                    part if place % 2 == 0 else "*" for place, part in enumerate(value.split("/"))
                )
                self._known.setdefault(shape, set()).add(value)
            elif field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
                many: Iterable[Any] = value if isinstance(value, Iterable) else [value]
                for each in many:
                    if isinstance(each, Message):
                        self.learn(each)

    def any_of(self, shape: str, chance: random.Random) -> str | None:
        return chance.choice(sorted(self._known[shape])) if shape in self._known else None


class Messages:
    """Makes messages; the same seed and names make the same ones."""

    def __init__(self, chance: random.Random, names: Names) -> None:
        self._chance = chance
        self._names = names

    def of(self, kind: Descriptor, depth: int = 0) -> Message:
        message = GetMessageClass(kind)()
        taken: set[str] = set()
        for field in kind.fields:
            choice = field.containing_oneof
            if choice is not None and choice.name in taken:
                continue
            if self._chance.random() < (_SET_SHARE if depth else 0.85):
                self._set(message, field, depth)
                if choice is not None:
                    taken.add(choice.name)
        return message

    def bytes_of(self, kind: Descriptor) -> bytes:
        """A message as it is sent; now and then it is none."""
        content = self.of(kind).SerializePartialToString()
        roll = self._chance.random()
        if roll < 0.03:
            return self._chance.randbytes(self._chance.randint(1, 200))
        if roll < 0.06 and content:
            return content[: self._chance.randrange(len(content))]
        return content

    def _set(self, message: Message, field: FieldDescriptor, depth: int) -> None:
        kind: Any = field.message_type
        is_message = field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE
        if is_message and depth >= _DEPTH:
            return
        if field.is_repeated:
            if is_message and kind.GetOptions().map_entry:
                return
            several = getattr(message, field.name)
            for _ in range(self._chance.choice((0, 1, 1, 2, 5))):
                if is_message:
                    several.add().CopyFrom(self.of(kind, depth + 1))
                else:
                    several.append(self._value(field))
        elif is_message:
            getattr(message, field.name).CopyFrom(self.of(kind, depth + 1))
        else:
            setattr(message, field.name, self._value(field))

    def _value(self, field: FieldDescriptor) -> Any:
        nasty = self._chance.random() < _NASTY_SHARE
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_BOOL:
                return self._chance.random() < 0.5
            case FieldDescriptor.CPPTYPE_ENUM:
                enum: Any = field.enum_type
                known = [value.number for value in enum.values]
                return self._chance.choice((-1, 77, 2**31 - 1) if nasty else known)
            case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
                return self._chance.choice(_NASTY_FLOATS if nasty else (0.0, 0.1, 1.0, 2.5, 60.0))
            case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
                return self._chance.choice(_NASTY_BYTES) if nasty else self._chance.randbytes(20)
            case FieldDescriptor.CPPTYPE_STRING:
                return self._chance.choice(_NASTY_TEXTS) if nasty else self._text(field)
            case kind:
                return self._chance.choice(_INTEGERS[kind] if nasty else (0, 1, 2, 10))

    def _text(self, field: FieldDescriptor) -> str:
        if field.name == _VENDOR_KEY:
            return self._chance.choice(("", "no key", "k" * 300))
        if field.name == "filter":
            return self._filter()
        if field.name == "order_by":
            wanted = self._chance.sample(_LISTED, self._chance.choice((1, 2)))
            return ", ".join(f"{each}{self._chance.choice(('', ' desc'))}" for each in wanted)
        rules = field.GetOptions().Extensions[validate_pb2.field]
        text = rules.repeated.items.string if rules.HasField("repeated") else rules.string
        if text.uuid:
            return f"{self._chance.getrandbits(128):032x}"
        pattern = text.pattern.removeprefix("^").removesuffix("$")
        if not _ID.search(pattern):
            return self._chance.choice(("a", "Name", "display_name", "old cut.mp4", "sequence"))
        if pattern.startswith("(") and pattern.endswith(")?"):
            pattern = pattern[1:-2]
        pattern = _CHOICE.sub(lambda found: self._chance.choice(found[1].split("|")), pattern)
        known = self._names.any_of(_ID.sub("*", pattern), self._chance)
        if known is not None and self._chance.random() < 0.8:
            return known
        return _ID.sub(lambda _: f"{self._chance.getrandbits(40):x}", pattern)

    def _filter(self) -> str:
        comparisons = [
            " ".join(map(self._chance.choice, (_LISTED, _COMPARATORS, _VALUES)))
            for _ in range(self._chance.choice((1, 1, 2)))
        ]
        return self._chance.choice((" AND ", " OR ")).join(comparisons)
