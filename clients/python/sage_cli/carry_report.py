"""What became of a file that was carried over, as text for people."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sage.compare.v1.carry_over_pb2 import CarriedItem, CarryFate, CarryOverResponse
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.report import timecode

_STYLES = {
    CarryFate.CARRY_FATE_MOVED: "blue",
    CarryFate.CARRY_FATE_TRIMMED: "yellow",
    CarryFate.CARRY_FATE_SPLIT: "yellow",
    CarryFate.CARRY_FATE_LOST: "magenta",
    CarryFate.CARRY_FATE_TO_CHECK: "red",
}
_TEXT_CHARACTERS = 40
# Wide enough for every row where there is no terminal to fit.
_FILE_WIDTH = 180


def fate_name(fate: CarryFate.ValueType) -> str:
    """In words for a sentence, without the prefix of the enum: `moved to`."""
    return CarryFate.Name(fate).removeprefix("CARRY_FATE_").lower().replace("_", " ")


def needs_a_look(answer: CarryOverResponse) -> bool:
    """Whether anything is lost, unsure, or has a remark."""
    unsure = (CarryFate.CARRY_FATE_LOST, CarryFate.CARRY_FATE_TO_CHECK)
    return any(item.remark or item.fate in unsure for item in answer.items)


def write_carry_report(console: Console, answer: CarryOverResponse, target: Path) -> None:
    """The items that are not simply kept, and how many came out in which way."""
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    told = [item for item in answer.items if item.remark or item.fate != CarryFate.CARRY_FATE_KEPT]
    if told:
        console.print(_table(told))
    followed = "sound" if answer.modality == Modality.MODALITY_AUDIO else "picture"
    counts = ", ".join(f"{each.count} {fate_name(each.fate)}" for each in answer.totals)
    console.print(Text(f"{target}: {counts or 'nothing in it'} · by the {followed}", style="bold"))
    for note in answer.notes:
        console.print(Text(f"Note: {note}"))


def _table(items: list[CarriedItem]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("What", "Where", "From", "To"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Text", no_wrap=True, overflow="ellipsis", max_width=_TEXT_CHARACTERS)
    table.add_column("")
    for item in items:
        table.add_row(
            Text(fate_name(item.fate), style=_STYLES.get(item.fate, "")),
            Text(item.location),
            Text(_span(item.start, item.end if item.HasField("end") else None)),
            Text(
                "\n".join(
                    _span(each.start, each.end if each.HasField("end") else None)
                    for each in item.places
                )
            ),
            Text(" ".join(item.text.split())),
            Text(item.remark),
        )
    return table


def _span(start: float, end: float | None) -> str:
    return f"at {timecode(start)}" if end is None else f"{timecode(start)} - {timecode(end)}"
