"""What a batch came to: a table for people, JSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sage_cli.batch.records import Record
from sage_cli.failures import DIFFERENCES, NO_DIFFERENCES

# By exit status; what is worse is trouble.
_STYLES = {NO_DIFFERENCES: "green", DIFFERENCES: "yellow"}
_TROUBLE_STYLE = "red"
_FILE_WIDTH = 200
_COLUMNS = (
    "name",
    "status",
    "exit_code",
    "similarity_percent",
    "differences",
    "verdict",
    "a",
    "b",
)


def write_text(console: Console, records: Sequence[Record]) -> None:
    """A row for each pair, and how many came to what. Names stay whole in what is no terminal."""
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Pair")
    table.add_column("Status", no_wrap=True)
    table.add_column("Similar", justify="right", no_wrap=True)
    table.add_column("Verdict")
    for record in records:
        similarity = record.similarity_percent
        table.add_row(
            Text(record.name),
            Text(record.status, style=_STYLES.get(record.exit_code, _TROUBLE_STYLE)),
            Text("" if similarity is None else f"{similarity:.1f} %"),
            Text(record.verdict),
        )
    console.print(table)
    told = ", ".join(f"{count} {status}" for status, count in _counts(records).items())
    console.print(Text(f"{len(records)} pairs: {told}", style="bold"))


def to_json(records: Sequence[Record]) -> str:
    """How many came to what under `counts`, and a row for each pair under `pairs`."""
    rows = [_values(record) for record in records]
    values = {"counts": _counts(records), "pairs": rows}
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def to_csv(records: Sequence[Record]) -> str:
    """A row for each pair below one of column names; a cell is empty for what is not known."""
    written = io.StringIO()
    writer = csv.DictWriter(written, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_values(record) for record in records)
    return written.getvalue()


def exit_code(records: Sequence[Record]) -> int:
    """The worst of all."""
    return max(record.exit_code for record in records)


def _counts(records: Sequence[Record]) -> dict[str, int]:
    """How many there are of each status, the best one first."""
    ordered = sorted(records, key=lambda record: record.exit_code)
    return dict(Counter(record.status for record in ordered))


def _values(record: Record) -> dict[str, object]:
    values = asdict(record)
    return {column: values[column] for column in _COLUMNS}
