"""The contract against Google's rules for APIs (https://aip.dev), and why it departs from some.

The rules are those of api-linter that say something about this contract, by its names. `make lint`
runs the whole of it where there is Go; these run wherever the tests do, and name single elements.
`buf lint` holds the rules on style and comments, `test_language_options` and
`test_resource_options` those on options.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from google.api import annotations_pb2, client_pb2, field_behavior_pb2, http_pb2, resource_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    MethodDescriptorProto,
)

from tests.unit.contract.aip_exceptions import EXCEPTIONS
from tests.unit.contract.test_resource_options import FILES, MESSAGES, SERVICES

REQUIRED = field_behavior_pb2.FieldBehavior.REQUIRED
OUTPUT_ONLY = field_behavior_pb2.FieldBehavior.OUTPUT_ONLY
Field = FieldDescriptorProto
_EMPTY, _MASK = ".google.protobuf.Empty", ".google.protobuf.FieldMask"
_TIMESTAMP, _DURATION = ".google.protobuf.Timestamp", ".google.protobuf.Duration"


@dataclass(frozen=True)
class Method:
    """A method and what it takes and gives."""

    service: str
    proto: MethodDescriptorProto

    @property
    def name(self) -> str:
        return f"{self.service.rpartition('.')[2]}.{self.proto.name}"

    @property
    def verb(self) -> str:
        """`Get` of GetVideo; empty when the name begins with no standard verb."""
        found = re.match("(Get|List|Create|Update|Delete)(?=[A-Z])", self.proto.name)
        return found[1] if found else ""

    @property
    def noun(self) -> str:
        return self.proto.name.removeprefix(self.verb)

    @property
    def request(self) -> DescriptorProto:
        return MESSAGES[self.proto.input_type.removeprefix(".")]

    @property
    def response(self) -> str:
        return self.proto.output_type.rpartition(".")[2]

    @property
    def http(self) -> http_pb2.HttpRule:
        return self.proto.options.Extensions[annotations_pb2.http]

    @property
    def way(self) -> str:
        return str(self.http.WhichOneof("pattern") or "")

    @property
    def path(self) -> str:
        return str(getattr(self.http, self.way)) if self.way else ""

    @property
    def signatures(self) -> list[str]:
        return list(self.proto.options.Extensions[client_pb2.method_signature])

    def field(self, name: str) -> Field | None:
        return next((field for field in self.request.field if field.name == name), None)


METHODS = [
    Method(service, method) for service, proto in SERVICES.items() for method in proto.method
]
RESOURCES = {
    message.name: message
    for message in MESSAGES.values()
    if message.options.Extensions[resource_pb2.resource].type
}
ENUMS: dict[str, EnumDescriptorProto] = {
    **{enum.name: enum for file in FILES for enum in file.enum_type},
    **{
        f"{name.rpartition('.')[2]}.{enum.name}": enum
        for name, message in MESSAGES.items()
        for enum in message.enum_type
    },
}
Found = Iterator[str]
RULES: dict[str, Callable[[], Found]] = {}


def rule(name: str) -> Callable[[Callable[[], Found]], Callable[[], Found]]:
    """Registers a rule, which gives the elements that break it."""

    def registered(check: Callable[[], Found]) -> Callable[[], Found]:
        RULES[name] = check
        return check

    return registered


def snake(name: str) -> str:
    return re.sub("(?<=.)([A-Z])", r"_\1", name).lower()


def behaves(field: Field, behaviour: int) -> bool:
    return behaviour in field.options.Extensions[field_behavior_pb2.field_behavior]


def standard(verb: str) -> list[Method]:
    """Methods of a standard verb; those that read a view of something else are custom ones."""
    return [method for method in METHODS if method.verb == verb]


def fields() -> Iterator[tuple[str, Field]]:
    for name, message in MESSAGES.items():
        for field in message.field:
            yield f"{name.rpartition('.')[2]}.{field.name}", field


@rule("core::0127::http-annotation")
def has_a_path() -> Found:
    yield from (method.name for method in METHODS if not method.way)


@rule("core::0127::resource-name-extraction")
def names_in_paths_have_shapes() -> Found:
    yield from (
        method.name for method in METHODS if re.search(r"\{(\w*name|parent)\}", method.path)
    )


@rule("core::0131::get")
def get() -> Found:
    for method in standard("Get"):
        name = method.field("name")
        if not (
            method.response == method.noun
            and method.way in ("get", "")
            and not method.http.body
            and name is not None
            and behaves(name, REQUIRED)
            and "name" in method.signatures
        ):
            yield method.name


@rule("core::0131::request-unknown-fields")
def get_takes_a_name_only() -> Found:
    for method in standard("Get"):
        if {field.name for field in method.request.field} - {"name", "view", "read_mask"}:
            yield method.name


@rule("core::0132::list")
def list_() -> Found:
    for method in standard("List"):
        answer = MESSAGES[method.proto.output_type.removeprefix(".")]
        first = answer.field[0]
        if not (
            method.request.name == f"{method.proto.name}Request"
            and method.response == f"{method.proto.name}Response"
            and method.way == "get"
            and not method.http.body
            and first.label == Field.LABEL_REPEATED
            and first.number == 1
            and snake(method.noun).endswith(first.name)
        ):
            yield method.name


@rule("core::0132::request-fields")
def lists_have_filters_and_orders() -> Found:
    for method in standard("List"):
        for name in ("filter", "order_by"):
            field = method.field(name)
            if field is None or field.type != Field.TYPE_STRING:
                yield f"{method.name} {name}"


@rule("core::0158::pages")
def lists_have_pages() -> Found:
    for method in standard("List"):
        size, token = method.field("page_size"), method.field("page_token")
        answer = MESSAGES[method.proto.output_type.removeprefix(".")]
        told = {field.name: field.type for field in answer.field}
        if not (
            size is not None
            and size.type == Field.TYPE_INT32
            and token is not None
            and token.type == Field.TYPE_STRING
            and told.get("next_page_token") == Field.TYPE_STRING
            and told.get("total_size") == Field.TYPE_INT32
        ):
            yield method.name


@rule("core::0133::create")
def create() -> Found:
    for method in standard("Create"):
        if not (
            method.request.name == f"{method.proto.name}Request"
            and method.response in (method.noun, f"Saved{method.noun}")
            and method.way == "post"
        ):
            yield method.name


@rule("core::0133::request-resource-field")
def create_takes_the_resource() -> Found:
    for method in standard("Create"):
        if method.field(snake(method.noun)) is None:
            yield method.name


@rule("core::0155::request-id")
def create_can_be_repeated() -> Found:
    yield from (method.name for method in standard("Create") if method.field("request_id") is None)


@rule("core::0134::update")
def update() -> Found:
    for method in standard("Update"):
        resource, mask = method.field(snake(method.noun)), method.field("update_mask")
        if not (
            resource is not None
            and behaves(resource, REQUIRED)
            and mask is not None
            and mask.type_name == _MASK
            and method.way == "patch"
            and method.http.body == resource.name
            and method.proto.output_type == resource.type_name
            and f"{resource.name}.name=" in method.path
            and f"{resource.name},update_mask" in method.signatures
        ):
            yield method.name


@rule("core::0135::delete")
def delete() -> Found:
    for method in standard("Delete"):
        name = method.field("name")
        if not (
            method.request.name == f"{method.proto.name}Request"
            and method.proto.output_type == _EMPTY
            and method.way == "delete"
            and not method.http.body
            and name is not None
            and behaves(name, REQUIRED)
            and "name" in method.signatures
        ):
            yield method.name


@rule("core::0154::etag")
def who_deletes_what_has_an_etag_can_say_which() -> Found:
    for method in standard("Delete"):
        resource = RESOURCES.get(method.noun) or RESOURCES.get(f"Saved{method.noun}")
        tagged = resource is not None and any(field.name == "etag" for field in resource.field)
        if tagged and method.field("etag") is None:
            yield method.name


@rule("core::0136::http-uri-suffix")
def custom() -> Found:
    for method in METHODS:
        if method.verb or not method.way:
            continue
        if method.way not in ("get", "post") or ":" not in method.path:
            yield method.name


@rule("core::0136::verb-noun")
def custom_verbs_are_those_of_the_path() -> Found:
    for method in METHODS:
        if not method.verb and ":" in method.path:
            suffix = method.path.rpartition(":")[2]
            if not snake(method.proto.name).startswith(snake(suffix).partition("_")[0]):
                yield method.name


@rule("core::0140::uri")
def addresses_are_uris() -> Found:
    yield from (name for name, field in fields() if re.search(r"(^|_)url(_|$)", field.name))


@rule("core::0140::abbreviations")
def words_are_short_where_google_has_them_short() -> Found:
    for name, field in fields():
        if {"configuration", "identifier", "information", "specification", "statistics"} & set(
            field.name.split("_")
        ):
            yield name


@rule("core::0140::prepositions")
def names_have_no_prepositions() -> Found:
    prepositions = {"after", "at", "before", "between", "by", "for", "from", "in", "into", "of"}
    prepositions |= {"on", "over", "to", "with", "without"}
    for name, field in fields():
        if field.name != "order_by" and prepositions & set(field.name.split("_")):
            yield name


@rule("core::0141::count")
def counts_are_called_counts() -> Found:
    yield from (name for name, field in fields() if field.name.startswith("num_"))


@rule("core::0142::time-field-type")
def times_are_timestamps() -> Found:
    for name, field in fields():
        if field.name.endswith("_time") and field.type_name != _TIMESTAMP:
            yield name


@rule("core::0142::time-field-names")
def timestamps_are_called_times() -> Found:
    for name, field in fields():
        if field.type_name == _TIMESTAMP and not field.name.endswith("_time"):
            yield name


@rule("core::0142::duration")
def numbers_of_seconds_are_durations() -> Found:
    for name, field in fields():
        if re.search(r"(_seconds|_millis|_ms)$", field.name) and field.type_name != _DURATION:
            yield name


@rule("core::0126::unspecified")
def enums_begin_with_nothing() -> Found:
    for name, enum in ENUMS.items():
        prefix = snake(name.rpartition(".")[2]).upper()
        if enum.value[0].name != f"{prefix}_UNSPECIFIED" or enum.value[0].number:
            yield name


@rule("core::0216::synonyms")
def states_are_called_states() -> Found:
    yield from (name for name in ENUMS if name.rpartition(".")[2] in ("Status", "Stage", "Phase"))


@rule("core::0216::state-field-output-only")
def nobody_sets_a_state() -> Found:
    for name, field in fields():
        resource = name.partition(".")[0]
        is_state = resource in RESOURCES and field.type_name.endswith(f"{resource}.State")
        if is_state and not behaves(field, OUTPUT_ONLY):
            yield name


@rule("core::0148::standard-fields")
def standard_fields_have_their_types() -> Found:
    types = {
        "display_name": Field.TYPE_STRING,
        "etag": Field.TYPE_STRING,
        "request_id": Field.TYPE_STRING,
        "validate_only": Field.TYPE_BOOL,
        "create_time": Field.TYPE_MESSAGE,
        "update_time": Field.TYPE_MESSAGE,
        "expire_time": Field.TYPE_MESSAGE,
    }
    for name, field in fields():
        if field.name in types and field.type != types[field.name]:
            yield name


@rule("core::0203::times-are-the-server's")
def the_server_says_when_something_was_made() -> Found:
    for name, field in fields():
        told = name.partition(".")[0] in RESOURCES and field.name in ("create_time", "update_time")
        if told and not behaves(field, OUTPUT_ONLY):
            yield name


@pytest.mark.parametrize("name", RULES)
def test_the_contract_keeps_a_rule_but_for_what_is_explained(name: str) -> None:
    assert set(RULES[name]()) == set(EXCEPTIONS.get(name, {}))


def test_exceptions_are_of_rules_and_have_reasons() -> None:
    assert set(EXCEPTIONS) <= set(RULES)
    assert all(len(reason) > 20 for each in EXCEPTIONS.values() for reason in each.values())
