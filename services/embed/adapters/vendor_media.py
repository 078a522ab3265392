"""The bytes of videos for vendors: read here to be sent, or by a URL that the vendor fetches."""

from __future__ import annotations

from datetime import timedelta

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.object_store import ObjectStore
from services.servicekit.presigning import Presigner


class VendorMedia:
    """public_endpoint: where vendors reach the store; None when they do not.

    lifetime: how long a URL is good.
    """

    def __init__(
        self,
        store: ObjectStore,
        presigner: Presigner,
        *,
        public_endpoint: str | None,
        lifetime: timedelta,
    ) -> None:
        self._store = store
        self._presigner = presigner
        self._public_endpoint = public_endpoint
        self._lifetime = lifetime

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Blocks. Raises SageError(DEPENDENCY_UNAVAILABLE)."""
        try:
            return self._store.read_range(key, offset, length)
        except KeyError:
            # The next attempt asks ingest, which knows whether the video was deleted.
            raise SageError(
                ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                "The video's bytes are not in the store. If the video still exists, try again.",
            ) from None

    def public_url(self, key: str, file_name: str) -> str | None:
        """A URL that reads an object without credentials; None when the store is not public."""
        if self._public_endpoint is None:
            return None
        return self._presigner.sign_blocking(
            key, lifetime=self._lifetime, origin=self._public_endpoint, file_name=file_name
        )
