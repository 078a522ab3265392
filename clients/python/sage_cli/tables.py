"""Lists on a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table


def new_table(*headings: str) -> Table:
    """A table to be filled row by row; names are never wrapped, so that they can be copied."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=heading == "Name")
    return table


def print_table(table: Table) -> None:
    """As wide as the terminal; in a pipe or a file 200 columns, so that names stay whole."""
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)
