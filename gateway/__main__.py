"""Becomes Envoy: `python -m gateway --config-path FILE`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gateway.launch import envoy_command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config-path", type=Path, required=True)
    command = envoy_command(parser.parse_args().config_path)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
