"""Every method of the contract has a worked example in its comment."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message_factory import GetMessageClass

from gateway.contract import Contract
from tests.fuzz.methods import methods

PROTO = Path(__file__).parents[3] / "proto" / "sage"
_COMMENTED = re.compile(r"((?:^  //[^\n]*\n)+)  rpc (\w+)\(", re.MULTILINE)
_EXAMPLE = re.compile(r"`((?:grp)?curl [^`]+)`")
COMMENTS = {
    name: " ".join(line.removeprefix("  //").strip() for line in block.splitlines())
    for file in sorted(PROTO.rglob("*.proto"))
    for block, name in _COMMENTED.findall(file.read_text())
}
METHODS = {method.name: method for method in methods()}


def example_of(name: str) -> list[str]:
    """The words of the example, as a shell reads them."""
    found = _EXAMPLE.search(COMMENTS[name])
    assert found, f'{name} needs an example, as `curl -H "$AUTH" $SAGE/v1/...`, in its comment'
    return shlex.split(found[1])


@pytest.mark.parametrize("name", METHODS)
def test_an_example_calls_its_own_method(name: str) -> None:
    words = example_of(name)
    if words[0] == "grpcurl":
        assert words[-1].endswith(f"Service/{name}")
        return
    verb = words[words.index("-X") + 1] if "-X" in words else "POST" if "-d" in words else "GET"
    (url,) = (word for word in words if word.startswith("$SAGE"))
    path = url.removeprefix("$SAGE").partition("?")[0]
    if "-T" in words:
        verb, path = "PUT", f"{path}cut.mp4"
    rules = Contract([METHODS[name].containing_service.full_name]).rest_rules()
    matching = [
        rule
        for rule in rules
        if rule.verb == verb and re.fullmatch(rule.pattern.replace("%", "\\"), path)
    ]
    assert matching, f"{verb} {path}"


@pytest.mark.parametrize("name", [name for name in METHODS if "-d" in example_of(name)])
def test_an_example_sends_what_the_contract_knows(name: str) -> None:
    words = example_of(name)
    sent = json.loads(words[words.index("-d") + 1])
    request = GetMessageClass(METHODS[name].input_type)()
    field = {"UpdateComparison": "comparison", "UpdateVideo": "video", "UpdateNote": "note"}.get(
        name
    )
    if name == "CarryOverFile":
        sent["content"] = ""  # shortened
    if name == "UploadPart":
        sent["data"] = ""
    try:
        ParseDict({field: sent} if field else sent, request)
    except ParseError as error:
        pytest.fail(str(error))
