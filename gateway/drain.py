"""Lets Envoy finish what is under way: `python -m gateway.drain --admin-port P --seconds S`.

For a container's preStop hook. Tells clients to go elsewhere, and returns when no request is left,
or when the time is over.
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.request

_INTERVAL_SECONDS = 0.5
_ANSWER_SECONDS = 5.0
_ACTIVE = "http.gateway.downstream_rq_active"


def drain(admin_url: str, seconds: float) -> None:
    """Drains the Envoy whose admin page is at `admin_url`."""
    deadline = time.monotonic() + seconds
    _request(admin_url, "/healthcheck/fail", method="POST")
    _request(admin_url, "/drain_listeners?graceful&skip_exit", method="POST")
    while time.monotonic() < deadline and active_requests(admin_url):
        time.sleep(_INTERVAL_SECONDS)


def active_requests(admin_url: str) -> int:
    """How many requests the gateway is serving."""
    answer = json.loads(_request(admin_url, f"/stats?format=json&filter={_ACTIVE}"))
    return sum(each["value"] for each in answer["stats"] if each.get("name") == _ACTIVE)


def _request(admin_url: str, path: str, *, method: str = "GET") -> bytes:
    request = urllib.request.Request(f"{admin_url}{path}", method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
        body: bytes = answer.read()
    return body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--admin-port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args()
    drain(f"http://127.0.0.1:{arguments.admin_port}", arguments.seconds)


if __name__ == "__main__":
    main()
