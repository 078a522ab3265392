"""Errors that the gateway itself raises, in the shape of `google.rpc.Status`.

The services' own errors pass through the transcoder; these are for what never reaches a service.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from google.protobuf.any_pb2 import Any
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from sage.errors.v1.error_reason_pb2 import ErrorReason

_DOMAIN = "sage"
_PREFIX = "ERROR_REASON_"


@dataclass(frozen=True, kw_only=True)
class GatewayError:
    """What a client is told when Envoy answers with `status`.

    message: for people; Envoy replaces `%LOCAL_REPLY_BODY%` with its own words.
    """

    status: int
    code: Code.ValueType
    message: str
    reason: str

    @property
    def body(self) -> dict[str, object]:
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": self.reason,
            "domain": _DOMAIN,
        }
        return {"code": self.code, "message": self.message, "details": [info]}

    @property
    def status_details(self) -> str:
        """The same for clients of gRPC: what the trailer `grpc-status-details-bin` holds."""
        info = Any()
        info.Pack(ErrorInfo(reason=self.reason, domain=_DOMAIN))
        status = Status(code=self.code, details=[info])
        return base64.b64encode(status.SerializeToString()).decode().rstrip("=")


def _error(status: int, code: int, reason: ErrorReason.ValueType, message: str) -> GatewayError:
    name = ErrorReason.Name(reason).removeprefix(_PREFIX)
    return GatewayError(status=status, code=code, message=message, reason=name)


ERRORS = (
    _error(
        400,
        Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "The request does not fit the contract: %LOCAL_REPLY_BODY%",
    ),
    _error(
        401,
        Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_UNAUTHENTICATED,
        "This call needs a valid access token from CreateSession: %LOCAL_REPLY_BODY%.",
    ),
    _error(
        403,
        Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_UNAUTHENTICATED,
        "The request is not accepted: %LOCAL_REPLY_BODY%.",
    ),
    _error(
        404,
        Code.NOT_FOUND,
        ErrorReason.ERROR_REASON_NOT_FOUND,
        "There is nothing at this path.",
    ),
    _error(
        405,
        Code.UNIMPLEMENTED,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "This path does not know this method.",
    ),
    _error(
        408,
        Code.DEADLINE_EXCEEDED,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        "The request did not arrive in time.",
    ),
    _error(
        413,
        Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "The request is larger than one 10 MiB part.",
    ),
    _error(
        421,
        Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        "SAGE does not answer under this host name; SAGE_ALLOWED_HOSTS lists those it does.",
    ),
    _error(
        503,
        Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "A service is not ready; try again in a moment.",
    ),
    _error(
        504,
        Code.DEADLINE_EXCEEDED,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        "The deadline passed before a service answered.",
    ),
)

# Those that calls of gRPC meet, where Envoy's own code is the one of the reason.
GRPC_ERRORS = tuple(error for error in ERRORS if error.status in (401, 503))
