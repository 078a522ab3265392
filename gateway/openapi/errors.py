"""What calls answer when they fail, by HTTP status."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from google.rpc.code_pb2 import Code

from gateway.errors import ERRORS
from gateway.openapi.image import Image
from gateway.openapi.rules import Schema
from sage.errors.v1 import error_reason_pb2

_ENUM = "sage.errors.v1.ErrorReason"
_PREFIX = "ERROR_REASON_"
# How Envoy answers with each code.
_STATUS = {
    Code.CANCELLED: 499,
    Code.INVALID_ARGUMENT: 400,
    Code.FAILED_PRECONDITION: 400,
    Code.OUT_OF_RANGE: 400,
    Code.UNAUTHENTICATED: 401,
    Code.PERMISSION_DENIED: 403,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.ABORTED: 409,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
    Code.DEADLINE_EXCEEDED: 504,
}
# Where the reason says more than its code.
_OF_REASONS = {"MESSAGE_TOO_LARGE": 413, "UNKNOWN_METHOD": 405}
_TITLES = {
    421: "Unknown host name",
    431: "Headers too large",
    499: "The caller went away",
}


class Reasons:
    """The error reasons of the contract: name, code, HTTP status, meaning."""

    def __init__(self, image: Image) -> None:
        self._meaning: dict[str, str] = {}
        self._codes: dict[str, int] = {}
        self._statuses: dict[str, int] = {}
        for value in image.enums[_ENUM].value:
            if not value.options.HasExtension(error_reason_pb2.code):
                continue
            name = value.name.removeprefix(_PREFIX)
            code = value.options.Extensions[error_reason_pb2.code]
            self._codes[name] = code
            self._statuses[name] = _OF_REASONS.get(name, _STATUS.get(code, 500))
            self._meaning[name] = image.comments.get(f"{_ENUM}.{value.name}", "")

    def named_in(self, text: str) -> list[str]:
        """The reasons that a comment names, in its order."""
        return [
            word for word in dict.fromkeys(re.findall(r"\b[A-Z_]+\b", text)) if word in self._codes
        ]

    def status(self, reason: str) -> int:
        """The HTTP status of a reason."""
        return self._statuses[reason]

    def responses(self) -> dict[str, Schema]:
        """Every answer of a failed call, by HTTP status."""
        statuses = {*self._statuses.values(), *(error.answered for error in ERRORS)}
        return {str(status): self._response(status) for status in sorted(statuses)}

    def schemas(self) -> dict[str, Schema]:
        """`Error`, and what is in it."""
        return {
            "Error": _ERROR,
            "ErrorInfo": _typed(
                "google.rpc.ErrorInfo",
                "What happened, for programs.",
                {
                    "reason": {"$ref": "#/components/schemas/ErrorReason"},
                    "domain": {"type": "string", "examples": ["sage"]},
                    "metadata": {
                        "type": "object",
                        "additionalProperties": {"type": "string"},
                        "description": "Facts that the reason's meaning names.",
                    },
                },
            ),
            "RetryInfo": _typed(
                "google.rpc.RetryInfo",
                "The same call may succeed later.",
                {
                    "retryDelay": {
                        "type": "string",
                        "description": "How long to wait at least, in seconds.",
                        "examples": ["2.500s"],
                    }
                },
            ),
            "BadRequest": _typed(
                "google.rpc.BadRequest",
                "Fields that break a rule.",
                {
                    "fieldViolations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "field": {"type": "string", "description": "Where it stands."},
                                "description": {"type": "string", "description": "Its rule."},
                            },
                        },
                    }
                },
            ),
            "ErrorReason": {
                "type": "string",
                "description": "Why a call failed. New ones may be added.\n\n"
                + "\n".join(f"- `{name}`: {text}" for name, text in self._meaning.items()),
                "examples": list(self._meaning),
                "x-sage-reasons": {
                    name: {
                        "code": Code.Name(self._codes[name]),
                        "status": self._statuses[name],
                        "description": text,
                    }
                    for name, text in self._meaning.items()
                },
            },
        }

    def _response(self, status: int) -> Schema:
        reasons = [name for name, each in self._statuses.items() if each == status]
        reasons += [
            error.reason
            for error in ERRORS
            if error.answered == status and error.reason not in reasons
        ]
        title = _TITLES.get(status) or HTTPStatus(status).phrase
        response: dict[str, Any] = {
            "description": f"{title}: {', '.join(f'`{reason}`' for reason in reasons)}",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            response["headers"] = {
                "Allow": {"schema": {"type": "string"}, "description": "Methods of this path."}
            }
        return response


def _typed(name: str, description: str, properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": {"@type": {"const": f"type.googleapis.com/{name}"}, **properties},
        "required": ["@type"],
    }


_ERROR: Schema = {
    "type": "object",
    "description": "google.rpc.Status. Programs react to the reason in ErrorInfo. Only errors with "
    "the code 14 (UNAVAILABLE), or with RetryInfo, are worth the same call again.",
    "properties": {
        "code": {
            "type": "integer",
            "format": "int32",
            "description": "The canonical code of gRPC.",
        },
        "message": {"type": "string", "description": "For people; says what to do."},
        "details": {
            "type": "array",
            "items": {
                "anyOf": [
                    {"$ref": "#/components/schemas/ErrorInfo"},
                    {"$ref": "#/components/schemas/RetryInfo"},
                    {"$ref": "#/components/schemas/BadRequest"},
                ]
            },
        },
    },
    "required": ["code", "message"],
}
