"""Page sizes and page tokens, the same for every list method (AIP-158).

Lists are ordered by creation, newest first, with the id as tie-breaker; a token is the place after
the last row of a page, bound to the filter it was made for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The last row of the page before."""

    # Microseconds since 1970.
    created_at: int
    id: str


def page_size(requested: int) -> int:
    return min(requested or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)


def encode_page_token(cursor: Cursor, *filters: str) -> str:
    payload = json.dumps([cursor.created_at, cursor.id, _fingerprint(filters)])
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode_page_token(token: str, *filters: str) -> Cursor | None:
    """The cursor of a token; None for the first page.

    Raises SageError(INVALID_PAGE_TOKEN) for a token of another call.
    """
    if not token:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        created_at, row_id, fingerprint = json.loads(base64.urlsafe_b64decode(padded))
        if fingerprint != _fingerprint(filters):
            raise ValueError("made for other filters")
        return Cursor(created_at=int(created_at), id=str(row_id))
    except (ValueError, TypeError, binascii.Error):
        raise SageError(
            ErrorReason.ERROR_REASON_INVALID_PAGE_TOKEN,
            "This page token does not belong to this list. Start from the first page.",
        ) from None


def _fingerprint(filters: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(filters).encode()).hexdigest()[:12]
