"""What the gateway reads in the descriptor of the contract."""

from __future__ import annotations

import pytest

from gateway.contract import PLAIN, Contract

INGEST = "sage.ingest.v1.IngestService"
COMPARE = "sage.compare.v1.CompareService"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract([INGEST, COMPARE])


def test_methods_say_whether_they_stream(contract: Contract) -> None:
    methods = {method.path: method.streams for method in contract.methods(INGEST)}

    assert methods[f"/{INGEST}/UploadPart"] is False
    assert methods[f"/{INGEST}/UploadVideo"] is True
    assert not contract.methods("sage.embed.v1.EmbedService")


def test_rest_paths_are_patterns(contract: Contract) -> None:
    rules = {(rule.verb, rule.pattern): rule.body for rule in contract.rest_rules()}

    assert rules["GET", "^%/v1%/videos$"] == ""
    assert rules["PATCH", "^%/v1%/videos%/[^/:]+$"] == "sage.ingest.v1.Video"
    assert (
        rules["POST", "^%/v1%/uploads%/[^/:]+%:complete$"] == "sage.ingest.v1.CompleteUploadRequest"
    )
    part = "^%/v1%/uploads%/[^/:]+%/parts%/[^/:]+$"
    assert rules["PUT", part] == "sage.ingest.v1.UploadPartRequest"


def test_a_body_that_is_a_file_is_not_read(contract: Contract) -> None:
    raw = [(rule.verb, rule.pattern, rule.body) for rule in contract.rest_rules() if rule.raw]

    assert raw == [("PUT", "^%/v1%/files%/[^/:]+$", PLAIN)]


def test_fields_stand_under_both_their_names(contract: Contract) -> None:
    fields = contract.body_fields()

    upload = fields["sage.ingest.v1.CreateUploadRequest"]
    assert upload["display_name"] == upload["displayName"] == PLAIN
    comparison = fields["sage.compare.v1.ComputeComparisonRequest"]
    assert comparison["options"] in fields
    assert "threshold" in fields[comparison["options"]]
    assert "threshold" not in comparison


def test_messages_of_other_contracts_are_envoys_to_check(contract: Contract) -> None:
    kinds = {kind for fields in contract.body_fields().values() for kind in fields.values()}

    assert not [kind for kind in kinds if kind.startswith("google.")]
