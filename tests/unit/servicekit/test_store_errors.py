"""What each failure of the store is told as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from hypothesis import given
from hypothesis import strategies as st

from services.servicekit.errors import SageError
from services.servicekit.multipart import StoreUploadGone
from services.servicekit.store_errors import StoreErrors

ELSEWHERE = "http://s3.example"
HERE = "http://127.0.0.1:9000"
MIB = 1 << 20


def client_error(status: int, code: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "PutObject",
    )


def told(errors: StoreErrors, error: Exception, *, needed: int = 0) -> str:
    """The reason that the caller gets, or the name of the exception."""
    with pytest.raises(Exception) as caught, errors.translated(needed=needed):  # noqa: PT011
        raise error
    meaning = caught.value
    return meaning.reason_name if isinstance(meaning, SageError) else type(meaning).__name__


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    """Makes the disk of the store have so many bytes free."""

    def with_room(free: int) -> Path:
        usage: Any = lambda _: type("Usage", (), {"free": free})  # noqa: E731
        monkeypatch.setattr("services.servicekit.store_errors.shutil.disk_usage", usage)
        return tmp_path

    return with_room


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (client_error(404, "NoSuchKey"), "KeyError"),
        (client_error(404, "404"), "KeyError"),
        (client_error(404, "NoSuchUpload"), "StoreUploadGone"),
        (client_error(404, "NoSuchBucket"), "DEPENDENCY_UNAVAILABLE"),
        (client_error(507, "InsufficientStorage"), "STORAGE_FULL"),
        (client_error(507, "AnythingElse"), "STORAGE_FULL"),
        (client_error(403, "QuotaExceeded"), "STORAGE_FULL"),
        (client_error(400, "XMinioAdminBucketQuotaExceeded"), "STORAGE_FULL"),
        (client_error(503, "SlowDown"), "DEPENDENCY_UNAVAILABLE"),
        (client_error(403, "AccessDenied"), "DEPENDENCY_UNAVAILABLE"),
        (EndpointConnectionError(endpoint_url=ELSEWHERE), "DEPENDENCY_UNAVAILABLE"),
        (ReadTimeoutError(endpoint_url=ELSEWHERE), "DEPENDENCY_UNAVAILABLE"),
        (ResponseStreamingError(error="cut off"), "DEPENDENCY_UNAVAILABLE"),
        (NoCredentialsError(), "DEPENDENCY_UNAVAILABLE"),
        (ConnectionResetError(), "DEPENDENCY_UNAVAILABLE"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
    ids=repr,
)
def test_failures_say_what_they_mean(error: Exception, expected: str) -> None:
    assert told(StoreErrors(ELSEWHERE, None), error) == expected


@given(
    status=st.integers(400, 599),
    code=st.text(max_size=20).filter(lambda code: code != "NoSuchUpload"),
)
def test_whatever_the_store_says_the_caller_gets_a_reason_or_no_object(
    status: int, code: str
) -> None:
    meaning = told(StoreErrors(ELSEWHERE, None), client_error(status, code))
    assert meaning in ("KeyError", "STORAGE_FULL", "DEPENDENCY_UNAVAILABLE")


def test_an_answer_without_a_code_is_a_refusal() -> None:
    error = ClientError({}, "PutObject")
    assert told(StoreErrors(ELSEWHERE, None), error) == "DEPENDENCY_UNAVAILABLE"


def test_an_upload_that_is_over_keeps_its_cause() -> None:
    error = client_error(404, "NoSuchUpload")
    with pytest.raises(StoreUploadGone) as caught, StoreErrors(ELSEWHERE, None).translated():
        raise error
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("endpoint", "free", "status", "expected"),
    [
        (HERE, 10 * MIB, 500, "STORAGE_FULL"),
        ("http://localhost:9000", 10 * MIB, 500, "STORAGE_FULL"),
        ("http://[::1]:9000", 10 * MIB, 500, "STORAGE_FULL"),
        (HERE, 10 * 1024 * MIB, 500, "DEPENDENCY_UNAVAILABLE"),
        (HERE, 10 * MIB, 403, "DEPENDENCY_UNAVAILABLE"),
        (ELSEWHERE, 10 * MIB, 500, "DEPENDENCY_UNAVAILABLE"),
    ],
)
def test_a_store_on_this_machine_fails_when_its_disk_is_full(
    disk: Callable[[int], Path], endpoint: str, free: int, status: int, expected: str
) -> None:
    errors = StoreErrors(endpoint, disk(free))
    assert told(errors, client_error(status, "InternalError")) == expected


def test_what_a_call_needs_counts_as_taken(disk: Callable[[int], Path]) -> None:
    errors = StoreErrors(HERE, disk(500 * MIB))
    failure = client_error(500, "InternalError")
    assert told(errors, failure, needed=400 * MIB) == "DEPENDENCY_UNAVAILABLE"
    assert told(errors, failure, needed=450 * MIB) == "STORAGE_FULL"


@pytest.mark.parametrize("home", [None, Path("/nowhere/at/all")])
def test_a_disk_that_is_not_known_is_not_full(home: Path | None) -> None:
    failure = client_error(500, "InternalError")
    assert told(StoreErrors(HERE, home), failure) == "DEPENDENCY_UNAVAILABLE"
