"""Page tokens: the place after the last row of a page, bound to the list that it is of."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

# By what rows are ordered, of the last row of a page. The last one is its id.
Place: TypeAlias = Sequence[str | int | float]
_MOST = 2**63 - 1


def encode_page_token(place: Place, *list_of: str) -> str:
    """list_of: all that the list depends on but the page: whose it is, its filter, its order."""
    payload = json.dumps([_fingerprint(list_of), *place], ensure_ascii=False)
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode_page_token(token: str, kinds: Sequence[type], *list_of: str) -> Place | None:
    """The place of a token; None for the first page.

    kinds: of the values in the place. Raises SageError(INVALID_PAGE_TOKEN) for a token of another
    list.
    """
    if not token:
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        fingerprint, *place = json.loads(base64.urlsafe_b64decode(padded))
        if fingerprint != _fingerprint(list_of):
            raise ValueError("made for another list")
        return [_value(kind, value) for kind, value in zip(kinds, place, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise SageError(
            ErrorReason.ERROR_REASON_INVALID_PAGE_TOKEN,
            "This page token does not belong to this list. Start from the first page.",
        ) from None


def _value(kind: type, written: Any) -> str | int | float:
    """Raises ValueError for what no database takes: a token may be anything."""
    value: str | int | float = kind(written)
    if isinstance(value, str):
        fits = "\0" not in value
    else:
        fits = math.isfinite(value) and abs(value) <= _MOST
    if not fits:
        raise ValueError("not a value of a row")
    return value


def _fingerprint(list_of: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list_of).encode()).hexdigest()[:12]
