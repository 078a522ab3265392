"""Whether an API key is good: the vendor says no, or the vendor cannot be asked; never mixed up."""

from __future__ import annotations

import httpx
from twelvelabs import AsyncTwelveLabs
from twelvelabs.core.api_error import ApiError

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

_TIMEOUT_SECONDS = 10
_REFUSED = frozenset({401, 403})


class KeyCheck:
    """Asks with the cheapest call that needs a key."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    async def __call__(self, api_key: str) -> None:
        """Raises SageError(API_KEY_INVALID or API_KEY_UNVERIFIED)."""
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as http:
            client = AsyncTwelveLabs(api_key=api_key, base_url=self._base_url, httpx_client=http)
            try:
                await client.embed.v_2.tasks.list(page_limit=1, request_options={"max_retries": 0})
            except ApiError as error:
                if error.status_code in _REFUSED:
                    raise SageError(
                        ErrorReason.ERROR_REASON_API_KEY_INVALID,
                        "TwelveLabs says that this API key is not valid. "
                        "Copy it again from the TwelveLabs dashboard.",
                    ) from None
                raise _unverified(f"it answered {error.status_code}") from None
            except (httpx.HTTPError, httpx.InvalidURL, ValueError):
                raise _unverified("it does not answer") from None


def _unverified(why: str) -> SageError:
    # Nothing of the vendor's words here: some proxies repeat the request, key included.
    return SageError(
        ErrorReason.ERROR_REASON_API_KEY_UNVERIFIED,
        f"Whether this API key is valid could not be checked with TwelveLabs: {why}. "
        "Try again in a moment.",
        retry_after=5.0,
    )
