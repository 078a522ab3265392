"""The user's own defaults: `config.toml` beside the tokens.

A table for each command has its options by their long names; `server` holds for all of them. What
is given on the command line goes first, then the environment, then this file, then what is built
in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sage_cli.failures import Failure
from sage_cli.nearest import hint

_SERVER = "server"


def default_path() -> Path:
    """Where the operating system keeps the settings of programs; the file need not be there."""
    return Path(click.get_app_dir("sage")) / "config.toml"


def load_defaults(path: Path, commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Defaults by command and parameter, as click takes them; empty when there is no such file.

    Raises Failure when it cannot be understood.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        raise Failure(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Failure(f"{path} is not TOML: {error}.") from None
    return _defaults(values, commands, path)


def _defaults(
    values: Mapping[str, Any], commands: Mapping[str, click.Command], path: Path
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {name: {} for name in commands}
    server = values.get(_SERVER)
    if server is not None and not isinstance(server, str):
        raise Failure(f"{path}: `server` has to be a text.")
    for name, command in commands.items():
        if server is not None and _SERVER in _options(command):
            found[name][_SERVER] = server
    for name, table in values.items():
        if name == _SERVER:
            continue
        if name not in commands:
            raise Failure(f"{path}: there is no command `{name}`; {hint(name, list(commands))}")
        if not isinstance(table, dict):
            raise Failure(f"{path}: `{name}` has to be a table, [{name}].")
        options = _options(commands[name])
        for key, value in table.items():
            if key not in options:
                told = hint(key, list(options))
                raise Failure(f"{path}: `sage {name}` has no option --{key}; {told}")
            found[name][options[key]] = value
    return found


def _options(command: click.Command) -> dict[str, str]:
    """The parameters of a command by its options' long names, without the dashes."""
    return {
        name.removeprefix("--"): parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name is not None
        for name in parameter.opts
        if name.startswith("--")
    }
