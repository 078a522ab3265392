"""What one workspace may keep and begin. Pure logic; the database applies it in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

_GB = 10**9


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a workspace has: bytes of its stored objects and announced files, open uploads."""

    bytes: int
    open_uploads: int


@dataclass(frozen=True, kw_only=True)
class Quota:
    """The most that a workspace may have.

    bytes: of stored objects, each counted once however many videos share it, and of the files that
    unfinished uploads announced. open_uploads: uploads that are neither completed nor over.
    """

    bytes: int
    open_uploads: int

    def check(self, usage: Usage, size_bytes: int) -> None:
        """Raises SageError(QUOTA_EXCEEDED) when a file of this size would go beyond it."""
        if usage.open_uploads >= self.open_uploads:
            raise SageError(
                ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
                f"Your workspace has {usage.open_uploads} unfinished uploads; it may have "
                f"{self.open_uploads}. Complete or abort some of them (ListUploads shows them), "
                "then try again.",
                metadata=_numbers("open_uploads", self.open_uploads, usage.open_uploads, 1),
            )
        if usage.bytes + size_bytes > self.bytes:
            raise SageError(
                ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
                f"Your workspace may hold {self.bytes / _GB:.1f} GB and holds "
                f"{usage.bytes / _GB:.1f} GB, unfinished uploads included; this file has "
                f"{size_bytes / _GB:.1f} GB. Delete videos or abort unfinished uploads "
                "(ListUploads shows them), then try again.",
                metadata=_numbers("workspace_bytes", self.bytes, usage.bytes, size_bytes),
            )


def _numbers(quota: str, limit: int, used: int, requested: int) -> dict[str, str]:
    return {
        "quota": quota,
        "limit": str(limit),
        "used": str(used),
        "requested": str(requested),
    }
