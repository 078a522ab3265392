"""Which fields of a resource an update changes (AIP-134)."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.field_mask_pb2 import FieldMask

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import FieldViolation, SageError

_ALL = "*"


def masked(mask: FieldMask, changeable: Sequence[str]) -> frozenset[str]:
    """The fields that a mask names, all that can be changed for `*`, the first when it names none.

    Raises SageError(INVALID_ARGUMENT) for one that cannot be changed.
    """
    if list(mask.paths) == [_ALL]:
        return frozenset(changeable)
    unknown = set(mask.paths) - set(changeable)
    if unknown:
        listed = ", ".join(sorted(unknown))
        message = f"{listed} cannot be changed; only {', '.join(changeable)} can, or {_ALL} alone."
        raise SageError(
            ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
            message,
            fields=[FieldViolation(field="update_mask", description=message)],
        )
    return frozenset(mask.paths) or frozenset(changeable[:1])
