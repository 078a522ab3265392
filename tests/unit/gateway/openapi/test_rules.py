"""Rules of the contract as keywords of JSON Schema."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from buf.validate.validate_pb2 import (
    IGNORE_IF_ZERO_VALUE,
    BytesRules,
    FieldRules,
    Int32Rules,
    MapRules,
    Rule,
    StringRules,
)
from gateway.openapi.rules import keywords


def test_a_uuid_may_be_left_out_where_the_contract_says_so() -> None:
    rule = StringRules(uuid=True)

    needed = Draft202012Validator(keywords(FieldRules(string=rule)))
    free = Draft202012Validator(keywords(FieldRules(string=rule, ignore=IGNORE_IF_ZERO_VALUE)))

    uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    assert needed.is_valid(uuid)
    assert free.is_valid(uuid)
    assert not needed.is_valid("")
    assert free.is_valid("")
    assert not free.is_valid("x")


def test_a_rule_in_words_is_told() -> None:
    rules = FieldRules(string=StringRules(max_len=3), cel=[Rule(message="must be even")])

    assert keywords(rules) == {"maxLength": 3, "description": "must be even."}


def test_values_of_a_map_have_rules_too() -> None:
    rules = MapRules(max_pairs=2, values=FieldRules(string=StringRules(len=4)))

    assert keywords(FieldRules(map=rules)) == {
        "maxProperties": 2,
        "additionalProperties": {"minLength": 4, "maxLength": 4},
    }


def test_a_number_is_one_of_some() -> None:
    rules = FieldRules(int32=Int32Rules(lt=5))
    getattr(rules.int32, "in").extend([1, 2])

    assert keywords(rules) == {"exclusiveMaximum": 5, "enum": [1, 2]}


def test_a_rule_without_a_keyword_is_not_lost() -> None:
    with pytest.raises(ValueError, match="no keyword for prefix"):
        keywords(FieldRules(string=StringRules(prefix="a")))


@given(
    length=st.integers(0, 40),
    least=st.integers(0, 20),
    more=st.integers(0, 20),
    padded=st.booleans(),
)
def test_no_bytes_that_the_contract_takes_are_refused(
    length: int, least: int, more: int, padded: bool
) -> None:
    most = least + more
    schema = keywords(FieldRules(bytes=BytesRules(min_len=least, max_len=most)))
    text = base64.b64encode(b"x" * length).decode()

    taken = Draft202012Validator(schema).is_valid(text if padded else text.rstrip("="))

    assert taken or not least <= length <= most
