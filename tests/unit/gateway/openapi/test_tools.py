"""Tools of language models are what the contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from gateway.contract import Contract
from gateway.openapi.tools import METHODS
from gateway.upstreams import ROUTED_SERVICES

FILE = Path(__file__).parents[4] / "gateway" / "descriptor" / "tools.json"
TOOLS: dict[str, dict[str, Any]] = {tool["name"]: tool for tool in json.loads(FILE.read_text())}


def schema(name: str) -> dict[str, Any]:
    complete: dict[str, Any] = json.loads(TOOLS[name]["tool_list_config"]["input_schema"])
    return complete


def test_each_method_is_a_tool() -> None:
    assert len(TOOLS) == len(METHODS)
    assert {name.rpartition(".")[0] for name in METHODS} <= set(ROUTED_SERVICES)


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_makes_a_call_that_rest_has(name: str) -> None:
    (verb,) = TOOLS[name]["http_rule"].keys() - {"body"}
    rules = {(rule.verb, rule.pattern) for rule in Contract(ROUTED_SERVICES).rest_rules()}
    template = TOOLS[name]["http_rule"][verb]
    collections = [part for part in template.replace("{", "/").split("/") if part.isalpha()]
    assert any(
        rule_verb == verb.upper() and all(part in pattern for part in collections)
        for rule_verb, pattern in rules
    )


@pytest.mark.parametrize("name", TOOLS)
def test_a_schema_is_complete_in_itself_and_takes_nothing_unknown(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert "components" not in json.dumps(schema(name))
    assert not Draft202012Validator(schema(name)).is_valid({"noSuchField": 1})


def test_a_schema_has_the_rules_of_the_contract() -> None:
    validator = Draft202012Validator(schema("describe_comparison"))
    validator.validate({"a": "videos/a1", "b": "embeddings/b2", "options": {"threshold": 0.2}})
    for wrong in (
        {"a": "videos/a1"},
        {"a": "videos/../a1", "b": "videos/b2"},
        {"a": "videos/a1", "b": "videos/b2", "maxFindings": 501},
    ):
        with pytest.raises(ValidationError):
            validator.validate(wrong)


def test_examples_for_a_shell_are_left_out_of_what_a_model_reads() -> None:
    assert not [name for name, tool in TOOLS.items() if "curl" in json.dumps(tool)]
