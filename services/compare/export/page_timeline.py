"""The regions of both versions as two rows of bars, and which colour is which kind."""

from __future__ import annotations

from collections.abc import Sequence

from sage.compare.v1.compare_pb2 import Comparison, Region, RegionKind
from services.compare.export.document import kind_name
from services.compare.export.kinds import COLORS, UNCHANGED_COLOR

_WIDTH, _ROW = 1000.0, 34.0
_MIN_BAR, _MIN_LETTER_BAR = 1.5, 14.0


def timeline(comparison: Comparison, regions: Sequence[Region], name: str) -> str:
    """An SVG for the regions of one modality. name: `Picture`."""
    summary = comparison.summary
    longest = max(summary.duration_a, summary.duration_b, 1e-9)
    bars = []
    for region in regions:
        bars.append(_bar(region, region.a_start, region.a_end, 0.0, longest))
        bars.append(_bar(region, region.b_start, region.b_end, _ROW + 8, longest))
    label = f"{name}: the regions of A (above) and B (below); the table lists the differences."
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {2 * _ROW + 8:g}" role="img" aria-label="{label}">'
        f"{''.join(bars)}</svg>{_legend(regions)}"
    )


def _legend(regions: Sequence[Region]) -> str:
    present = {region.kind for region in regions}
    kinds = [kind for kind in RegionKind.values() if kind in present]
    items = "".join(
        f'<li><span class="kind {kind_name(kind)}">{kind_name(kind).title()}</span></li>'
        for kind in kinds
    )
    return f'<ul class="legend">{items}</ul>' if items else ""


def _color(region: Region) -> str:
    """Colours differ in lightness little: every bar carries its kind in letters, too."""
    color = COLORS.get(region.kind)
    return UNCHANGED_COLOR if color is None else color.hex


def _bar(region: Region, start: float, end: float, top: float, longest: float) -> str:
    if end <= start:
        return ""
    left = start / longest * _WIDTH
    width = max((end - start) / longest * _WIDTH, _MIN_BAR)
    bar = (
        f'<rect x="{left:.2f}" y="{top:g}" width="{width:.2f}" height="{_ROW:g}" '
        f'fill="{_color(region)}"/>'
    )
    if region.kind == RegionKind.REGION_KIND_UNCHANGED or width < _MIN_LETTER_BAR:
        return bar
    return (
        f'{bar}<text x="{left + width / 2:.2f}" y="{top + _ROW / 2 + 5:g}" fill="#fff" '
        f'font-size="14" text-anchor="middle">{kind_name(region.kind)[:3].title()}</text>'
    )
