"""The REST API as OpenAPI describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from gateway.contract import Contract
from gateway.openapi.document import document
from gateway.upstreams import ROUTED_SERVICES
from tests.unit.gateway.openapi.compiled import PROTO, ROOT, compiled


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The document of the real contract."""
    files = [str(file.relative_to(PROTO)) for file in sorted((PROTO / "sage").rglob("*.proto"))]
    return document(compiled(tmp_path_factory.mktemp("image"), files, []), ROUTED_SERVICES)


def test_it_is_valid(api: Any) -> None:
    validate(api)


def test_the_committed_one_is_that_of_the_contract(api: Any) -> None:
    assert json.loads((ROOT / "web" / "public" / "openapi.json").read_text()) == api


def test_every_rest_rule_is_in_it(api: Any) -> None:
    operations = [(verb.upper(), path) for path, verbs in api["paths"].items() for verb in verbs]

    rules = [
        rule
        for rule in Contract(ROUTED_SERVICES).rest_rules()
        if rule.pattern.startswith("^%/v1%/")
    ]

    assert len(operations) == len(rules)


def test_a_name_in_the_path_is_the_part_after_its_collection(api: Any) -> None:
    part = api["paths"]["/v1/uploads/{upload}/parts/{partNumber}"]["put"]

    upload, number = part["parameters"]
    assert (upload["in"], upload["required"]) == ("path", True)
    assert upload["schema"] == {"type": "string", "pattern": "^[a-z0-9]{1,40}$"}
    assert (number["schema"]["minimum"], number["schema"]["maximum"]) == (1, 10000)
    body = part["requestBody"]["content"]["application/json"]["schema"]
    assert sorted(body["properties"]) == ["crc32c", "data"]
    assert body["required"] == ["data"]


def test_what_is_neither_in_the_path_nor_in_the_body_is_a_parameter(api: Any) -> None:
    parameters = api["paths"]["/v1/videos/{video}"]["patch"]["parameters"]

    assert [(each["name"], each["in"]) for each in parameters] == [
        ("video", "path"),
        ("updateMask", "query"),
    ]


def test_a_list_of_states_says_which(api: Any) -> None:
    states = api["paths"]["/v1/uploads"]["get"]["parameters"][2]["schema"]

    assert states["items"] == {
        "$ref": "#/components/schemas/Upload.State",
        "not": {"const": "STATE_UNSPECIFIED"},
    }
    assert "STATE_ACTIVE" in api["components"]["schemas"]["Upload.State"]["enum"]


def test_only_what_is_sent_alone_is_closed(api: Any) -> None:
    schemas = api["components"]["schemas"]

    assert schemas["CreateUploadRequest"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Video"]


def test_a_stream_is_lines_or_events(api: Any) -> None:
    answer = api["paths"]["/v1/embeddingTasks:watch"]["get"]["responses"]["200"]

    assert sorted(answer["content"]) == ["application/x-ndjson", "text/event-stream"]


def test_a_method_names_the_reasons_of_its_comment(api: Any) -> None:
    part = api["paths"]["/v1/uploads/{upload}/parts/{partNumber}"]["put"]

    assert part["x-sage-reasons"] == ["PART_OUT_OF_RANGE", "CHECKSUM_MISMATCH"]


def test_reasons_stand_under_their_status(api: Any) -> None:
    responses = api["components"]["responses"]

    assert "`RATE_LIMITED`" in responses["429"]["description"]
    assert "`MESSAGE_TOO_LARGE`" in responses["413"]["description"]
    reasons = api["components"]["schemas"]["ErrorReason"]["x-sage-reasons"]
    assert reasons["ETAG_MISMATCH"]["code"] == "ABORTED"
    assert reasons["ETAG_MISMATCH"]["status"] == 409


def test_only_creating_a_session_needs_no_token(api: Any) -> None:
    free = [
        operation["operationId"]
        for verbs in api["paths"].values()
        for operation in verbs.values()
        if operation.get("security") == []
    ]

    assert free == ["CreateSession"]
    assert api["security"] == [{"session": []}]


def test_methods_without_a_path_are_named(api: Any) -> None:
    about = {tag["name"]: tag["description"] for tag in api["tags"]}

    assert about["IngestService"].endswith("UploadVideo.")


CONTRACT = """
syntax = "proto3";
package sage.made.v1;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/duration.proto";
import "sage/errors/v1/error_reason.proto";

// A made-up service.
service Made {
  // Makes it.
  rpc Make(MakeRequest) returns (MakeRequest) {
    option (google.api.http) = {post: "/v1/made" body: "*"};
  }
}
// What to make.
message MakeRequest {
  // One of two.
  oneof which {
    // By name.
    string name = 1;
    // By number.
    int64 number = 2 [(buf.validate.field).int64 = {gte: 1, lt: 9}];
  }
  // Holds itself.
  MakeRequest inner = 3;
  // Sizes.
  map<string, uint32> sizes = 4;
  // How long.
  google.protobuf.Duration for = 5 [(buf.validate.field).duration = {gte: {seconds: 1}}];
  // At least two
  // lines.
  bytes data = 6 [(buf.validate.field).bytes = {min_len: 4, max_len: 5}];
}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The only message of a small contract."""
    folder: Path = tmp_path_factory.mktemp("made")
    (folder / "made.proto").write_text(CONTRACT)
    api = document(compiled(folder, ["made.proto"], [folder]), ["sage.made.v1.Made"])
    return api["components"]["schemas"]["MakeRequest"]


def test_at_most_one_of_a_oneof_is_there(made: Any) -> None:
    (choice,) = made["allOf"]

    name, number, neither = choice["oneOf"]
    assert (name, number) == ({"required": ["name"]}, {"required": ["number"]})
    assert neither == {"not": {"anyOf": [name, number]}}


def test_fields_have_their_json(made: Any) -> None:
    fields = made["properties"]

    assert fields["number"]["type"] == "string"
    assert fields["number"]["description"] == "By number. Less than 9, at least 1."
    assert fields["inner"]["$ref"] == "#/components/schemas/MakeRequest"
    assert fields["sizes"]["additionalProperties"]["type"] == "integer"
    assert fields["for"]["description"] == "How long. At least 1 s."
    assert (fields["data"]["minLength"], fields["data"]["maxLength"]) == (6, 8)
    assert fields["data"]["description"] == "At least two lines."
