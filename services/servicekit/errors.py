"""Errors that reach clients.

Domain code raises `SageError` with a reason of the contract; the canonical code follows from the
reason (it is an option of the enum value), so a reason always carries the same code. The
interceptors turn it into a `google.rpc.Status` with ErrorInfo, and anything else into INTERNAL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from sage.errors.v1 import error_reason_pb2
from sage.errors.v1.error_reason_pb2 import ErrorReason

DOMAIN = "sage"
_PREFIX = "ERROR_REASON_"


@dataclass(frozen=True, kw_only=True)
class FieldViolation:
    """One field of a request that breaks its rule."""

    field: str
    description: str


class SageError(Exception):
    """A failure that the caller should know about.

    reason: from the contract; fixes the canonical code.
    message: for people: what is wrong and what to do.
    metadata: facts for programs; goes into ErrorInfo.
    retry_after: seconds after which the same call may succeed.
    fields: the fields that break a rule.
    """

    def __init__(
        self,
        reason: ErrorReason.ValueType,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        fields: Sequence[FieldViolation] = (),
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after
        self.fields = tuple(fields)

    @property
    def reason_name(self) -> str:
        """As ErrorInfo carries it, without the prefix of the enum: `NOT_FOUND`."""
        return reason_name(self.reason)

    @property
    def code(self) -> int:
        """The number in `google.rpc.Code` that the contract ties to the reason."""
        return code_of(self.reason)


def reason_name(reason: ErrorReason.ValueType) -> str:
    """The reason as ErrorInfo carries it: `NOT_FOUND`."""
    return ErrorReason.Name(reason).removeprefix(_PREFIX)


def reason_of(name: str) -> ErrorReason.ValueType:
    """The reason of a name as ErrorInfo carries it; INTERNAL for a name that is not ours."""
    try:
        return ErrorReason.Value(_PREFIX + name)
    except ValueError:
        return ErrorReason.ERROR_REASON_INTERNAL


def code_of(reason: ErrorReason.ValueType) -> int:
    """The canonical code that the contract ties to a reason."""
    options = ErrorReason.DESCRIPTOR.values_by_number[reason].GetOptions()
    return int(options.Extensions[error_reason_pb2.code])


def to_status(error: SageError) -> Status:
    """The error as `google.rpc.Status`, with ErrorInfo, RetryInfo and BadRequest as they apply."""
    details = [_packed(ErrorInfo(reason=error.reason_name, domain=DOMAIN, metadata=error.metadata))]
    if error.retry_after is not None:
        delay = Duration()
        delay.FromMilliseconds(round(error.retry_after * 1000))
        details.append(_packed(RetryInfo(retry_delay=delay)))
    if error.fields:
        violations = [
            BadRequest.FieldViolation(field=field.field, description=field.description)
            for field in error.fields
        ]
        details.append(_packed(BadRequest(field_violations=violations)))
    return Status(code=error.code, message=error.message, details=details)


def from_status(status: Status) -> SageError | None:
    """The error that a SAGE service sent; None when the status is not one of ours."""
    info, retry_after, fields = ErrorInfo(), None, []
    for detail in status.details:
        if detail.Is(ErrorInfo.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(RetryInfo.DESCRIPTOR):
            retry = RetryInfo()
            detail.Unpack(retry)
            retry_after = retry.retry_delay.ToMilliseconds() / 1000
        elif detail.Is(BadRequest.DESCRIPTOR):
            bad = BadRequest()
            detail.Unpack(bad)
            fields = [
                FieldViolation(field=violation.field, description=violation.description)
                for violation in bad.field_violations
            ]
    if info.domain != DOMAIN:
        return None
    return SageError(
        reason_of(info.reason),
        status.message,
        metadata=dict(info.metadata),
        retry_after=retry_after,
        fields=fields,
    )


def not_found(name: str) -> SageError:
    """The one answer for what does not exist and for what belongs to somebody else."""
    return SageError(
        ErrorReason.ERROR_REASON_NOT_FOUND,
        f"There is no {name} in your workspace.",
        metadata={"name": name},
    )


def _packed(message: ErrorInfo | RetryInfo | BadRequest) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed
