"""Presigned URLs, signed here without asking the store."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import get_session

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.settings import StoreSettings


class Presigner:
    """Signs GET requests (signature version 4 in the query, path style).

    The host is part of the signature, so a URL only works on the origin it was made for; Envoy
    passes the Host header on untouched.
    """

    def __init__(self, settings: StoreSettings, credentials: Credentials) -> None:
        self._settings = settings
        self._credentials = credentials

    async def sign(
        self, key: str, *, lifetime: timedelta, origin: str | None = None, content_type: str = ""
    ) -> str:
        """A URL that gives the object to anybody, as this content type if one is named.

        origin: scheme and authority; None for the store's own endpoint.
        """
        # Credentials of a role are renewed over the network now and then.
        return await asyncio.to_thread(
            self.sign_blocking, key, lifetime=lifetime, origin=origin, content_type=content_type
        )

    def sign_blocking(
        self,
        key: str,
        *,
        lifetime: timedelta,
        origin: str | None = None,
        content_type: str = "",
        file_name: str = "",
    ) -> str:
        """Like `sign`. file_name: what a download is saved as; empty leaves that to the reader."""
        endpoint = origin or self._settings.s3_endpoint or self._aws_endpoint()
        url = f"{endpoint.rstrip('/')}/{self._settings.s3_bucket}/{quote(key)}"
        answered = {
            "response-content-disposition": file_name and f"attachment; filename={file_name}",
            "response-content-type": content_type,
        }
        # Encoded as it will be signed: a slash is not left alone in a query.
        query = "&".join(
            f"{header}={quote(value, safe='')}" for header, value in answered.items() if value
        )
        request = AWSRequest(method="GET", url=f"{url}?{query}" if query else url)
        seconds = int(lifetime.total_seconds())
        frozen = self._credentials.get_frozen_credentials()
        S3SigV4QueryAuth(frozen, "s3", self._settings.s3_region, expires=seconds).add_auth(request)
        return str(request.url)

    def _aws_endpoint(self) -> str:
        return f"https://s3.{self._settings.s3_region}.amazonaws.com"


def find_credentials() -> Credentials:
    """Credentials by the usual AWS chain: environment, files, role.

    Raises SageError(DEPENDENCY_UNAVAILABLE).
    """
    credentials = get_session().get_credentials()
    if credentials is None:
        raise SageError(
            ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
            "There are no credentials for the store: set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or any other of the AWS chain.",
        )
    return credentials
