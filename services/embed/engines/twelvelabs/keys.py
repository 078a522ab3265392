"""Whether an API key is good: the vendor says no, or the vendor cannot be asked; never mixed up."""

from __future__ import annotations

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.engines.twelvelabs.connection import Connection
from services.embed.ports import PermanentFailure
from services.servicekit.errors import SageError, reason_name

_INVALID = reason_name(ErrorReason.ERROR_REASON_API_KEY_INVALID)


class KeyCheck:
    """Asks the vendor."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __call__(self, api_key: str) -> None:
        """Raises SageError(API_KEY_INVALID or API_KEY_UNVERIFIED)."""
        try:
            vendor = await self._connection.open(api_key)
            await self._connection.call(vendor.check_key)
        except PermanentFailure as error:
            if error.failure.reason != _INVALID:
                raise _unverified() from None
            raise SageError(
                ErrorReason.ERROR_REASON_API_KEY_INVALID,
                "TwelveLabs says that this API key is not valid. "
                "Copy it again from the TwelveLabs dashboard.",
            ) from None
        except Exception:  # whatever it was, it says nothing about the key
            raise _unverified() from None


def _unverified() -> SageError:
    # None of the vendor's words here: some proxies repeat the request, key included.
    return SageError(
        ErrorReason.ERROR_REASON_API_KEY_UNVERIFIED,
        "Whether this API key is valid could not be checked: TwelveLabs does not answer as it "
        "should. Try again in a moment.",
        retry_after=5.0,
    )
