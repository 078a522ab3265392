"""What the object store's failures mean to a caller."""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.multipart import StoreUploadGone

log = structlog.get_logger()

_RETRY_SECONDS = 2.0
# Somebody has to make room first.
_FULL_RETRY_SECONDS = 60.0
# A head request has no body, so its code is the bare status.
_MISSING_CODES = frozenset({"404", "NoSuchKey", "NotFound"})
_FULL_STATUS = 507
_FULL_CODES = frozenset(
    {
        "507",
        "InsufficientStorage",
        "QuotaExceeded",
        "XMinioStorageFull",
        "XMinioAdminBucketQuotaExceeded",
    }
)
# A store on this machine whose disk has less room than this fails because of that.
_FULL_BELOW_BYTES = 64 << 20


class StoreErrors:
    """Translates one store's failures.

    endpoint: the store's URL. home: where a store on this machine keeps its files, to tell a full
    disk from other failures; None when that is not known.
    """

    def __init__(self, endpoint: str, home: Path | None) -> None:
        self.on_this_machine = _is_loopback(endpoint)
        self._home = home

    @contextmanager
    def translated(self, *, needed: int = 0) -> Iterator[None]:
        """Raises, in place of boto3's errors, KeyError for an object that does not exist,
        StoreUploadGone, and SageError(STORAGE_FULL or DEPENDENCY_UNAVAILABLE).

        needed: bytes of room that the call takes on the store's disk, besides the usual.
        """
        try:
            yield
        except ClientError as error:
            raise self._meaning(error, needed) from error
        except (BotoCoreError, OSError) as error:
            log.warning("store_unreachable", error=repr(error))
            raise _unavailable() from error

    def _meaning(self, error: ClientError, needed: int) -> Exception:
        code, status = _code_of(error), status_of(error)
        if code == "NoSuchUpload":
            return StoreUploadGone()
        if code in _MISSING_CODES:
            return KeyError(code)
        if status == _FULL_STATUS or code in _FULL_CODES:
            return _storage_full()
        if status >= 500 and self._disk_is_full(needed):
            return _storage_full()
        log.warning("store_refused", code=code, status=status, error=str(error))
        return _unavailable()

    def _disk_is_full(self, needed: int) -> bool:
        """Whether the store runs here and its disk is full: some stores just say 500 then."""
        if not self.on_this_machine or self._home is None or not self._home.exists():
            return False
        return shutil.disk_usage(self._home).free < needed + _FULL_BELOW_BYTES


def _code_of(error: ClientError) -> str:
    """The store's own word for what is wrong, such as `NoSuchKey`; empty when it says none."""
    return error.response.get("Error", {}).get("Code", "")


def status_of(error: ClientError) -> int:
    """The HTTP status of the answer; 0 when there was none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unavailable() -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "The store for videos and embeddings does not answer at the moment. Nothing is lost; try "
        "again.",
        retry_after=_RETRY_SECONDS,
    )


def _storage_full() -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_STORAGE_FULL,
        "The store for videos and embeddings has no room left. Remove videos, or have the disk or "
        "the quota enlarged, and try again; what has arrived is kept.",
        retry_after=_FULL_RETRY_SECONDS,
    )
