"""Rules of the contract as keywords of JSON Schema."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from buf.validate.validate_pb2 import IGNORE_IF_ZERO_VALUE, BytesRules, FieldRules, StringRules
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
