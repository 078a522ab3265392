"""What the vendor's errors mean: wait, try again, or give up."""

from __future__ import annotations

import pytest

from services.embed.engines.twelvelabs import failures
from services.embed.ports import PermanentFailure, RateLimited, TransientFailure

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"X-Ratelimit-Reset": f"{NOW + 12}"}, 12.0),
        ({"Retry-After": "3", "X-Ratelimit-Reset": f"{NOW + 12}"}, 3.0),
        ({"X-Ratelimit-Reset": f"{NOW - 5}"}, 0.1),
        ({"X-Ratelimit-Reset": f"{NOW + 86_400}"}, 3600.0),
        ({}, 30.0),
        ({"Retry-After": "soon"}, 30.0),
    ],
)
def test_how_long_a_limit_lasts(headers: dict[str, str], seconds: float) -> None:
    assert failures.limit_seconds(headers, NOW) == pytest.approx(seconds)


def test_an_answer_that_used_up_the_last_call_asks_for_a_pause() -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 2}"}
    assert failures.used_up(headers, NOW) == pytest.approx(2.0)
    assert failures.used_up({**headers, "X-RateLimit-Remaining": "1"}, NOW) == 0.0


VENDORS = {"code": "some_code", "message": "Please try again later, it is temporarily away."}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, PermanentFailure),
        (401, PermanentFailure),
        (403, PermanentFailure),
        (404, failures.Gone),
        (408, TransientFailure),
        (409, TransientFailure),
        (413, PermanentFailure),
        (422, PermanentFailure),
        (429, RateLimited),
        (500, TransientFailure),
        (503, TransientFailure),
        (504, TransientFailure),
    ],
)
def test_the_status_decides_and_never_the_words(code: int, kind: type[Exception]) -> None:
    assert isinstance(failures.classify(code, {}, VENDORS), kind)


@pytest.mark.parametrize("code", [0, 200, 204, 302, 400, 401, 403, 404, 451, 500, 511])
@pytest.mark.parametrize("page", ["<html>Please sign in to the network</html>", "", None])
def test_what_is_not_the_vendor_s_answer_refuses_nothing(code: int, page: str | None) -> None:
    assert isinstance(failures.classify(code, {}, page), TransientFailure)


def test_a_gateway_that_finds_nothing_does_not_say_that_a_task_is_gone() -> None:
    assert isinstance(failures.classify(404, {}, {"message": "Not Found"}), TransientFailure)


def test_the_vendor_s_words_are_kept() -> None:
    words = "Duration (35.0 seconds) exceeds maximum limit of 30 seconds"
    error = failures.classify(400, {}, {"code": "parameter_invalid", "message": words})
    assert words in str(error)
