"""What the vendor's errors mean for a task: wait, try again, or give up.

The status and the vendor's code decide; its words are passed on to people and decide nothing. What
does not look like an answer of the vendor's (a page of a captive portal or of a proxy, whatever its
status) refuses nothing: the vendor was not reached.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.engines.twelvelabs.models import VENDOR
from services.embed.ports import PermanentFailure, RateLimited, TransientFailure
from services.embed.tasks.task_state import Failure
from services.servicekit.errors import reason_name

# When the vendor limits without saying for how long.
_DEFAULT_LIMIT_SECONDS = 30.0
# A limit per day may lift in hours; asking once in a while does no harm.
_LONGEST_LIMIT_SECONDS = 3600.0
_SHORTEST_LIMIT_SECONDS = 0.1
_REFUSED_KEY = frozenset({401, 403})
_PASSING = frozenset({408, 409, 425})


class Gone(Exception):
    """The vendor knows nothing of a task or an asset that it made for us."""


def classify(code: int, headers: Mapping[str, str], body: object) -> Exception:
    """An HTTP answer that is an error, as the queue understands it.

    body: parsed; anything but a JSON object is not the vendor's.
    """
    words = _vendor_words(code, body)
    if code == 429:
        return RateLimited(VENDOR, limit_seconds(headers, time.time()))
    if code in _PASSING or not 400 <= code < 500 or not isinstance(body, Mapping):
        return unavailable(words)
    if code in _REFUSED_KEY:
        return PermanentFailure(
            Failure(
                reason=reason_name(ErrorReason.ERROR_REASON_API_KEY_INVALID),
                message=f"TwelveLabs does not take this workspace's API key: {words}",
                metadata={"vendor_status": str(code)},
            )
        )
    if code == 404:
        # A gateway says "not found" without a code, also of what is there.
        return Gone(words) if body.get("code") else unavailable(words)
    return rejected(words, code)


def unavailable(words: str) -> TransientFailure:
    """To be raised when another try may succeed. words: the vendor's."""
    return TransientFailure(
        Failure(
            reason=reason_name(ErrorReason.ERROR_REASON_VENDOR_UNAVAILABLE),
            message=f"TwelveLabs could not do it: {words}",
        )
    )


def rejected(words: str, code: int | None = None) -> PermanentFailure:
    """To be raised when the video itself is refused. code: the vendor's HTTP status."""
    return PermanentFailure(
        Failure(
            reason=reason_name(ErrorReason.ERROR_REASON_VENDOR_REJECTED),
            message=f"TwelveLabs refused this video: {words}",
            metadata={} if code is None else {"vendor_status": str(code)},
        )
    )


def unusable(what: str) -> PermanentFailure:
    """To be raised when vectors came, but not what was asked for. what: ends the sentence."""
    return PermanentFailure(
        Failure(
            reason=reason_name(ErrorReason.ERROR_REASON_COVERAGE_INCOMPLETE),
            message=f"TwelveLabs' answer cannot be used: {what}.",
        )
    )


def _vendor_words(code: int, body: object) -> str:
    """The message in the body of an error, or what comes nearest."""
    if isinstance(body, Mapping) and body.get("message"):
        return str(body["message"])
    return f"it answered {code}"


def limit_seconds(headers: Mapping[str, str], now: float) -> float:
    """How long a rate limit lasts, from Retry-After (seconds or a date) or X-Ratelimit-Reset.

    now: seconds since 1970.
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    wait = _seconds(lower.get("retry-after", ""), now)
    if wait is None:
        reset = _number(lower.get("x-ratelimit-reset", ""))
        wait = _DEFAULT_LIMIT_SECONDS if reset is None else reset - now
    return min(max(wait, _SHORTEST_LIMIT_SECONDS), _LONGEST_LIMIT_SECONDS)


def requests_left(headers: Mapping[str, str]) -> float | None:
    """How many more the vendor will answer soon; None where it does not say."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    return _number(lower.get("x-ratelimit-remaining", ""))


def used_up(headers: Mapping[str, str], now: float) -> float:
    """Seconds until the next call is welcome: 0 unless this answer used up the last one."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    if lower.get("x-ratelimit-remaining") != "0" or "x-ratelimit-reset" not in lower:
        return 0.0
    return limit_seconds(lower, now)


def _seconds(value: str, now: float) -> float | None:
    number = _number(value)
    if number is not None:
        return number
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - now
    except ValueError:
        return None


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
