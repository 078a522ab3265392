"""Which version this is, in whichever distribution it was installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

# By itself, and with the services.
_DISTRIBUTIONS = ("sage-video-client", "sage-video")


def release() -> str:
    for distribution in _DISTRIBUTIONS:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return "unknown"
