"""How every export tells the kinds of differences: one set of colours, the page's.

`web/src/styles.css` has the same colours; a test holds the two together. Programs know few colours
by name: the names are those nearest to ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import RegionKind


@dataclass(frozen=True, kw_only=True)
class KindColor:
    """hex: as in the page's light palette, dark enough for white letters. The others: by which name
    OpenTimelineIO, locators of an EDL and of Media Composer, and Resolve know it."""

    hex: str
    otio: str
    locator: str
    resolve: str


COLORS: Mapping[RegionKind.ValueType, KindColor] = {
    RegionKind.REGION_KIND_REPLACED: KindColor(
        hex="#8c5704", otio="ORANGE", locator="YELLOW", resolve="Yellow"
    ),
    RegionKind.REGION_KIND_INSERTED: KindColor(
        hex="#12704c", otio="GREEN", locator="GREEN", resolve="Green"
    ),
    RegionKind.REGION_KIND_DELETED: KindColor(
        hex="#b23418", otio="RED", locator="RED", resolve="Red"
    ),
    RegionKind.REGION_KIND_MOVED: KindColor(
        hex="#5a48b5", otio="PURPLE", locator="MAGENTA", resolve="Purple"
    ),
    RegionKind.REGION_KIND_RETIMED: KindColor(
        hex="#0f6d8c", otio="CYAN", locator="CYAN", resolve="Cyan"
    ),
}
# Of what is the same: a surface, not a mark.
UNCHANGED_COLOR = "#d8dde3"
