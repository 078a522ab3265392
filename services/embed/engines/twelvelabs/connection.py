"""How this process reaches the vendor: threads, since the calls block, and one pool of sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from services.embed.engines.twelvelabs.failures import requests_left
from services.embed.engines.twelvelabs.models import VENDOR

if TYPE_CHECKING:
    from services.embed.engines.twelvelabs.vendor import Vendor

Answer = TypeVar("Answer")

_BEGAN = "sage_began"
# Uploads of large parts take their time; the rest answers in a second.
_TIMEOUT = httpx.Timeout(60.0, connect=10.0, write=300.0)


class Connection:
    """Close it at the end."""

    def __init__(self, base_url: str, *, threads: int) -> None:
        self._base_url = base_url
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="twelvelabs")
        limits = httpx.Limits(max_connections=threads, max_keepalive_connections=threads)
        # A redirect would take the key to another host.
        self._http = httpx.Client(timeout=_TIMEOUT, limits=limits, follow_redirects=False)

    def watched_by(
        self,
        answered: Callable[[str, str, int, float], None],
        told_left: Callable[[str, float], None],
    ) -> None:
        """Tells of every answer from now on.

        answered: the server, the method, the status, and how many seconds it took. told_left: the
        vendor, and how many requests it has left for the key.
        """

        def ask(request: httpx.Request) -> None:
            request.extensions[_BEGAN] = time.monotonic()

        def hear(response: httpx.Response) -> None:
            asked = response.request
            seconds = time.monotonic() - asked.extensions[_BEGAN]
            answered(asked.url.host, asked.method, response.status_code, seconds)
            left = requests_left(response.headers)
            if left is not None:
                told_left(VENDOR, left)

        self._http.event_hooks = {"request": [ask], "response": [hear]}

    async def open(self, api_key: str) -> Vendor:
        """The vendor as the owner of a key sees it; nothing is asked of it yet."""
        return await self.call(self._open, api_key)

    async def call(self, call: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
        """Runs a blocking call on a thread. Cancelling does not stop the thread."""
        loop = asyncio.get_running_loop()
        # With the context of the attempt, so that its trace knows what the vendor was asked.
        work = partial(copy_context().run, call, *arguments, **options)
        return await loop.run_in_executor(self._threads, work)

    def close(self) -> None:
        """Waits for no call that is under way; its socket is closed below it."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def _open(self, api_key: str) -> Vendor:
        # The SDK takes a second to import, which a server without keys never needs to pay.
        from services.embed.engines.twelvelabs.vendor import Vendor  # noqa: PLC0415

        return Vendor(api_key, self._base_url, self._http)
