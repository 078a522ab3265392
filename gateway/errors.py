"""Errors that the gateway itself raises, in the shape of `google.rpc.Status`.

The services' own errors pass through the transcoder; these are for what never reaches a service.
"""

from __future__ import annotations

from dataclasses import dataclass

from google.rpc.code_pb2 import Code

from sage.errors.v1 import error_reason_pb2
from sage.errors.v1.error_reason_pb2 import ErrorReason

_DOMAIN = "sage"
_PREFIX = "ERROR_REASON_"
# What is over soon, and when it is worth another try.
_PASSING = (Code.RESOURCE_EXHAUSTED, Code.UNAVAILABLE)
_RETRY_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class GatewayError:
    """What a client is told when Envoy answers with `status`.

    code: the canonical code of the reason.
    message: for people; Envoy replaces `%LOCAL_REPLY_BODY%` with its own words.
    flag: Envoy's short word for why it answers, where that matters too.
    told: the status that clients of REST are told instead.
    """

    status: int
    code: int
    message: str
    reason: str
    flag: str = ""
    told: int | None = None

    @property
    def answered(self) -> int:
        """The status that clients of REST see."""
        return self.told or self.status

    @property
    def retry_seconds(self) -> int | None:
        """After how long the same call may succeed, as RetryInfo and Retry-After tell it."""
        return _RETRY_SECONDS if self.code in _PASSING else None

    @property
    def body(self) -> dict[str, object]:
        """The error as clients of REST see it; calls.lua makes that of gRPC."""
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": self.reason,
            "domain": _DOMAIN,
        }
        details = [info]
        if self.retry_seconds is not None:
            kind = "type.googleapis.com/google.rpc.RetryInfo"
            details.append({"@type": kind, "retryDelay": f"{self.retry_seconds}s"})
        return {"code": self.code, "message": self.message, "details": details}


def _error(
    status: int,
    reason: ErrorReason.ValueType,
    message: str,
    *,
    flag: str = "",
    told: int | None = None,
) -> GatewayError:
    return GatewayError(
        status=status,
        code=_code(reason),
        message=message,
        reason=_reason_name(reason),
        flag=flag,
        told=told,
    )


def _reason_name(reason: ErrorReason.ValueType) -> str:
    return ErrorReason.Name(reason).removeprefix(_PREFIX)


def _code(reason: ErrorReason.ValueType) -> int:
    options = ErrorReason.DESCRIPTOR.values_by_number[reason].GetOptions()
    return int(options.Extensions[error_reason_pb2.code])


TOO_LARGE = "The request is larger than a message may be: one part of 10 MiB and a little."

# The first that fits holds.
ERRORS = (
    _error(
        503,
        ErrorReason.ERROR_REASON_OVERLOADED,
        "A service has as many calls under way as the gateway lets it have; try again in a moment.",
        flag="UO",
        told=429,
    ),
    _error(
        400,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "The request does not fit the contract: %LOCAL_REPLY_BODY%",
    ),
    _error(
        401,
        ErrorReason.ERROR_REASON_UNAUTHENTICATED,
        "This call needs a valid access token from CreateSession: %LOCAL_REPLY_BODY%.",
    ),
    _error(
        403,
        ErrorReason.ERROR_REASON_UNAUTHENTICATED,
        "The request is not accepted: %LOCAL_REPLY_BODY%.",
    ),
    _error(
        404,
        ErrorReason.ERROR_REASON_NOT_FOUND,
        "There is nothing at this path.",
    ),
    _error(
        405,
        ErrorReason.ERROR_REASON_UNKNOWN_METHOD,
        "This path does not know the method %LOCAL_REPLY_BODY%; Allow lists those it does.",
    ),
    _error(
        408,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        "The request did not arrive in time.",
    ),
    _error(
        411,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "The length of the file has to stand in Content-Length.",
    ),
    _error(
        413,
        ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE,
        TOO_LARGE,
    ),
    _error(
        415,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "The message cannot be read: %LOCAL_REPLY_BODY%.",
    ),
    _error(
        421,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "SAGE does not answer under this host name; SAGE_ALLOWED_HOSTS lists those it does.",
    ),
    _error(
        431,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "The headers of the request are larger than 60 KiB.",
    ),
    _error(
        502,
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "A service broke the call off; try again in a moment.",
    ),
    _error(
        503,
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "A service is not ready; try again in a moment.",
    ),
    _error(
        504,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        "The deadline passed before a service answered.",
    ),
)

# A method that does not exist is called so by gRPC, a path is not there for everybody else.
GRPC_ERRORS = tuple(
    _error(404, ErrorReason.ERROR_REASON_UNKNOWN_METHOD, "There is no such method.")
    if error.status == 404
    else error
    for error in ERRORS
)

# Reasons of what gRPC itself answers, without SAGE having a say.
REASONS = {
    _code(reason): _reason_name(reason)
    for reason in (
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        ErrorReason.ERROR_REASON_OVERLOADED,
        ErrorReason.ERROR_REASON_UNKNOWN_METHOD,
        ErrorReason.ERROR_REASON_INTERNAL,
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
    )
}
