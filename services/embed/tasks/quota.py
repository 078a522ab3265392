"""How many tasks one workspace may have under way. Pure logic; the task store counts and locks."""

from __future__ import annotations

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

OPEN_TASKS = 1000


def check_open_tasks(limit: int, used: int) -> None:
    """Raises SageError(QUOTA_EXCEEDED) when one more would go beyond the limit."""
    if used >= limit:
        raise SageError(
            ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
            f"Your workspace has {used} embedding tasks that are queued or running; it may have "
            f"{limit}. Wait until some have finished, or cancel some, then try again.",
            metadata={
                "quota": "open_tasks",
                "limit": str(limit),
                "used": str(used),
                "requested": "1",
            },
        )
