from __future__ import annotations

import pytest

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import errors
from services.servicekit.errors import FieldViolation, SageError

REASONS = [value for value in ErrorReason.values() if value]


@pytest.mark.parametrize("reason", REASONS, ids=errors.reason_name)
def test_every_reason_of_the_contract_carries_a_code(
    reason: ErrorReason.ValueType,
) -> None:
    assert 1 <= errors.code_of(reason) <= 16


@pytest.mark.parametrize("reason", REASONS, ids=errors.reason_name)
def test_an_error_survives_the_wire(reason: ErrorReason.ValueType) -> None:
    sent = SageError(
        reason,
        "Too much at once.",
        metadata={"limit": "3"},
        retry_after=1.5,
        fields=[FieldViolation(field="name", description="is too long")],
    )
    received = errors.from_status(errors.to_status(sent))
    assert received is not None
    assert received.reason == reason
    assert received.message == sent.message
    assert received.metadata == sent.metadata
    assert received.retry_after == sent.retry_after
    assert received.fields == sent.fields


def test_a_status_of_somebody_else_is_not_ours() -> None:
    status = errors.to_status(errors.not_found("videos/a"))
    del status.details[:]
    assert errors.from_status(status) is None


def test_a_reason_of_a_newer_version_is_a_fault_of_the_server() -> None:
    assert errors.reason_of("SOMETHING_NEW") == ErrorReason.ERROR_REASON_INTERNAL
