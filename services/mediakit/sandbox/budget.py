"""How long a job of a confined process may take."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


class Budget:
    """How long a job may take: `base` seconds, and `share` more for each second of video done.

    Waiting for the store does not count.
    """

    def __init__(self, *, base: float, share: float = 0.0) -> None:
        self._allowed = base
        self._base = base
        self._share = share
        self._began = time.monotonic()
        self._fetching = 0
        self._fetch_began = 0.0
        self._fetched_seconds = 0.0

    def done(self, seconds: float) -> None:
        """So many seconds of the video are done."""
        self._allowed = max(self._allowed, self._base + self._share * seconds)

    @contextlib.contextmanager
    def fetching(self) -> Iterator[None]:
        """While it is entered, the store is waited for."""
        if self._fetching == 0:
            self._fetch_began = time.monotonic()
        self._fetching += 1
        try:
            yield
        finally:
            self._fetching -= 1
            if self._fetching == 0:
                self._fetched_seconds += time.monotonic() - self._fetch_began

    @property
    def left(self) -> float:
        """Seconds until the job has taken too long, if the store answers at once."""
        now = time.monotonic()
        waited = self._fetched_seconds + (now - self._fetch_began if self._fetching else 0.0)
        return self._allowed + waited - (now - self._began)

    @property
    def allowed(self) -> float:
        """Seconds that the job may take for what is done so far, beside waiting for the store."""
        return self._allowed
