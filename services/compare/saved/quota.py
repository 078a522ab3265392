"""How many comparisons a workspace may keep."""

from __future__ import annotations

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

MOST_COMPARISONS = 10_000


def check_comparisons(limit: int, used: int) -> None:
    """Raises SageError(QUOTA_EXCEEDED) when one more would go beyond the limit."""
    if used >= limit:
        raise SageError(
            ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
            f"Your workspace keeps {used} comparisons; it may keep {limit}. Delete some, then try "
            "again.",
            metadata={
                "quota": "comparisons",
                "limit": str(limit),
                "used": str(used),
                "requested": "1",
            },
        )
