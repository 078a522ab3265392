"""What commands give to programs: JSON, and files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from sage_cli.failures import Failure

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def json_format(command: Callable[..., Any]) -> Any:
    """Gives a command that has `--format` a `--json` that stands for `--format json`."""

    @wraps(command)
    def run(*, as_json: bool, file_format: str, **arguments: Any) -> Any:
        return command(file_format="json" if as_json else file_format, **arguments)

    option = click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
    return option(run)


def as_values(message: Message) -> dict[str, object]:
    """As JSON has it: every field, names as in the contract."""
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def echo_json(values: Message | Mapping[str, Iterable[Message]]) -> None:
    """A message, or lists of them by name."""
    if isinstance(values, Message):
        told: object = as_values(values)
    else:
        told = {name: [as_values(each) for each in them] for name, them in values.items()}
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def write_bytes(path: Path, content: bytes) -> None:
    """Raises Failure when it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}.") from None
