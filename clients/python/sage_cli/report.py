"""A comparison as text for people."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sage.compare.v1.compare_pb2 import Comparison, Region, RegionKind, RegionReason
from sage.embed.v1.embed_pb2 import Modality

_STYLES = {
    RegionKind.REGION_KIND_REPLACED: "red",
    RegionKind.REGION_KIND_INSERTED: "green",
    RegionKind.REGION_KIND_DELETED: "magenta",
    RegionKind.REGION_KIND_MOVED: "blue",
    RegionKind.REGION_KIND_RETIMED: "yellow",
}
# There is nothing on the other side to be compared with.
_ONE_SIDED = (RegionKind.REGION_KIND_INSERTED, RegionKind.REGION_KIND_DELETED)
# Wide enough for every row where there is no terminal to fit.
_FILE_WIDTH = 160


def timecode(seconds: float) -> str:
    """`h:mm:ss.mmm`."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def differences(comparison: Comparison) -> list[Region]:
    """All regions that are not unchanged, in the answer's order."""
    return [
        region for region in comparison.regions if region.kind != RegionKind.REGION_KIND_UNCHANGED
    ]


def write_report(console: Console, comparison: Comparison, a: str, b: str) -> None:
    """a, b: what the two versions are called."""
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    summary = comparison.summary
    console.print(Text(f"A  {a}  {timecode(summary.duration_a)}"))
    console.print(Text(f"B  {b}  {timecode(summary.duration_b)}"))
    found = differences(comparison)
    if found:
        console.print()
        console.print(_table(found))
    console.print()
    console.print(Text(verdict(comparison), style="bold"))
    for look in comparison.looks:
        console.print(Text(f"Look: {look.sentence}"))
    for note in summary.notes:
        console.print(Text(f"Note: {note}"))


def differs(comparison: Comparison) -> bool:
    """Whether there is anything but the encoding in which the two differ."""
    header = comparison.header
    one_sided = len(header.only_in_a) + len(header.only_in_b)
    besides = len(comparison.looks) + len(comparison.summary.sound_differences)
    counted = comparison.summary.difference_count + one_sided + besides
    return counted > 0 or out_of_step(comparison)


def out_of_step(comparison: Comparison) -> bool:
    """Whether B's sound is somewhere earlier or later than A's; the notes say by how much."""
    return any(region.sound_offset for region in comparison.regions)


def verdict(comparison: Comparison) -> str:
    """The last line of the report: what it comes to."""
    header, summary = comparison.header, comparison.summary
    found = differences(comparison)
    same_bytes = header.a.video_sha256 and header.a.video_sha256 == header.b.video_sha256
    if same_bytes and not found:
        return "Identical: the same file, byte for byte."
    one_sided = header.only_in_a or header.only_in_b
    if not found and not one_sided and summary.sound_differences:
        return "The sound differs: see the notes."
    if not found and not one_sided and out_of_step(comparison):
        return "The sound is out of step; nothing else differs."
    if not found and comparison.looks:
        return "The same content; it looks different."
    if not found and differs(comparison):
        # The notes say what it is that only one of them has.
        return (
            "No differences in what both have."
            if header.modalities
            else "Nothing could be compared."
        )
    if not found:
        if summary.reencode_only:
            return "Re-encode only: no differences but the encoding."
        return "No differences found."
    counts = Counter(_kind(region) for region in found)
    parts = [f"{len(found)} difference{'s' if len(found) > 1 else ''}"]
    parts.append(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    if summary.HasField("similarity_percent"):
        parts.append(f"{summary.similarity_percent:.1f} % similar")
    longer = summary.duration_b - summary.duration_a
    if abs(longer) >= 0.0005:
        parts.append(f"B is {abs(longer):.3f} s {'longer' if longer > 0 else 'shorter'}")
    return " · ".join(parts)


def _table(regions: list[Region]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    named = {region.modality for region in regions} != {Modality.MODALITY_VISUAL}
    table.add_column("Kind", no_wrap=True)
    if named:
        table.add_column("In", no_wrap=True)
    table.add_column("A", no_wrap=True)
    table.add_column("B", no_wrap=True)
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for region in regions:
        cells = [
            Text(_kind(region), style=_STYLES[region.kind]),
            Text(_span(region.a_start, region.a_end)),
            Text(_span(region.b_start, region.b_end)),
            Text("" if region.kind in _ONE_SIDED else f"{region.score:.3f}"),
            Text(_detail(region)),
        ]
        if named:
            cells.insert(1, Text(_modality(region.modality)))
        table.add_row(*cells)
    return table


def _kind(region: Region) -> str:
    return RegionKind.Name(region.kind).removeprefix("REGION_KIND_").lower()


def _modality(modality: Modality.ValueType) -> str:
    return Modality.Name(modality).removeprefix("MODALITY_").lower()


def _span(start: float, end: float) -> str:
    return f"{timecode(start)} - {timecode(end)}" if end > start else f"at {timecode(start)}"


def _detail(region: Region) -> str:
    if region.kind == RegionKind.REGION_KIND_RETIMED:
        return f"{region.rate:.3g} times as fast"
    if region.reason == RegionReason.REGION_REASON_LOOK:
        return "same content, another look"
    if region.reason == RegionReason.REGION_REASON_OVERLAY:
        return "over a part of the picture"
    return "part of the picture" if region.HasField("box") else ""
