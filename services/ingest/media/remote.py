"""A file's bytes by ranges from a presigned URL."""

from __future__ import annotations

import os

import urllib3
from urllib3.util import Retry

from services.mediakit.source import FetchRange

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
_RETRIES = Retry(total=4, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504], redirect=0)
_PARTIAL_CONTENT = 206


class StoreError(OSError):
    """The store did not give the bytes."""


def open_url(url: str) -> FetchRange:
    """What gives ranges of the file at `url`; it raises StoreError when the store doesn't."""
    pool = urllib3.PoolManager(
        maxsize=2,
        retries=_RETRIES,
        timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
        ca_certs=os.environ.get("AWS_CA_BUNDLE") or None,
    )

    def fetch(offset: int, length: int) -> bytes:
        try:
            answer = pool.request(
                "GET", url, headers={"Range": f"bytes={offset}-{offset + length - 1}"}
            )
        except urllib3.exceptions.HTTPError as error:
            raise StoreError(f"the store does not answer: {error!r}") from error
        if answer.status != _PARTIAL_CONTENT:
            raise StoreError(f"the store answered {answer.status}")
        return answer.data

    return fetch
