"""Which version this is, in whichever distribution it was installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

# By itself, and with the services.
_DISTRIBUTIONS = ("sage-video-client", "sage-video")


def release() -> str:
    """SAGE's version, such as `0.1.0`; `unknown` when it runs from files that nobody installed."""
    for distribution in _DISTRIBUTIONS:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return "unknown"
