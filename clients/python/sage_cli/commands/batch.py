"""`--batch` and `--batch-folders`: many pairs at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from sage_cli.batch.pairs import Batch, pairs_of_csv, pairs_of_folders
from sage_cli.batch.records import Record, Records
from sage_cli.batch.running import Compare, run_batch
from sage_cli.batch.summary import exit_code, to_csv, to_json, write_text
from sage_cli.commands import call
from sage_cli.failures import Failure

_FOLDER = click.Path(path_type=Path)


@dataclass(frozen=True, kw_only=True)
class BatchOptions:
    """results: the folder of the answers. summary: its format."""

    batch: Batch
    results: Path
    summary: str


_OPTIONS = (
    click.option(
        "--batch",
        "batch_file",
        type=_FOLDER,
        metavar="FILE",
        help="Compare the pairs of a CSV file with the columns a, b and, if you like, name. Paths "
        "are relative to its folder.",
    ),
    click.option(
        "--batch-folders",
        nargs=2,
        type=_FOLDER,
        metavar="DIR_A DIR_B",
        help="Compare the videos of two folders that have the same names.",
    ),
    click.option(
        "--results",
        type=_FOLDER,
        default=Path("sage-results"),
        show_default=True,
        metavar="DIR",
        help="Of several pairs: the folder for the answers, one file a pair.",
    ),
    click.option(
        "--summary",
        type=click.Choice(("text", "json", "csv")),
        default="text",
        show_default=True,
        help="Of several pairs: the format of the summary.",
    ),
)


def batch_options(command: Callable[..., Any]) -> Any:
    """Gives a command `batch`, BatchOptions; None when one pair is to be compared."""

    @wraps(command)
    def run(**arguments: Any) -> Any:
        file: Path | None = arguments.pop("batch_file")
        folders: tuple[Path, Path] | None = arguments.pop("batch_folders")
        results, summary = arguments.pop("results"), arguments.pop("summary")
        if file is not None and folders is not None:
            raise click.UsageError("Either --batch or --batch-folders.")
        options: BatchOptions | None = None
        if file is not None:
            batch = pairs_of_csv(file)
            options = BatchOptions(batch=batch, results=results, summary=summary)
        elif folders is not None:
            batch = pairs_of_folders(*folders)
            options = BatchOptions(batch=batch, results=results, summary=summary)
        return command(batch=options, **arguments)

    decorated: Any = run
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def compare_batch(
    server: str,
    options: BatchOptions,
    suffix: str,
    settings: Mapping[str, object],
    compare: Compare,
    output: Path | None,
) -> int:
    """Compares, writes the summary to `output` or prints it, and gives the exit status.

    suffix: of the files with the answers. settings: what an answer depends on besides the files.
    Raises Failure when an answer or the summary cannot be written.
    """
    records = Records(options.results, suffix)
    found = call(server, lambda sage: run_batch(sage, options.batch, records, settings, compare))
    if output is not None:
        try:
            output.write_text(_SUMMARIES[options.summary](found), encoding="utf-8")
        except OSError as error:
            raise Failure(f"{output}: {error.strerror}.") from None
    elif options.summary == "text":
        write_text(Console(), found)
    else:
        click.echo(_SUMMARIES[options.summary](found), nl=False)
    return exit_code(found)


def _plain_text(records: Sequence[Record]) -> str:
    written = io.StringIO()
    write_text(Console(file=written), records)
    return written.getvalue()


_SUMMARIES: Mapping[str, Callable[[Sequence[Record]], str]] = {
    "text": _plain_text,
    "json": to_json,
    "csv": to_csv,
}
