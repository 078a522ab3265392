"""Technical properties as policies name them: `frame_rate`, `sound.codec`, `colour`.

The names are those of the rows of `sage technical`, in lower case with underscores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sage.compare.v1.technical_pb2 import TechnicalGroup, TechnicalRow

# By group, in the order in which a name without a group is looked for.
PROPERTIES: Mapping[str, Sequence[str]] = {
    "picture": (
        "codec",
        "codec_tag",
        "profile",
        "level",
        "bit_rate",
        "size",
        "sample_aspect",
        "display_aspect",
        "rotation",
        "frame_rate",
        "frame_timing",
        "frames",
        "scan",
        "field_order",
        "captions",
        "start_stamp",
        "duration",
    ),
    "colour": (
        "pixel_format",
        "bit_depth",
        "primaries",
        "transfer",
        "matrix",
        "range",
        "mastering_display",
        "mastering_luminance",
        "maxcll",
        "maxfall",
        "dolby_vision",
        "hdr10",
    ),
    "file": (
        "container",
        "size",
        "sha_256",
        "bit_rate",
        "duration",
        "start_stamp",
        "start_time_code",
        "drop_frame",
        "reel",
        "other_tracks",
        "written_by",
    ),
    "sound": (
        "codec",
        "profile",
        "bit_rate",
        "sample_rate",
        "bit_depth",
        "channels",
        "language",
        "title",
        "disposition",
        "start_stamp",
        "duration",
        "integrated_loudness",
        "true_peak",
        "loudness_range",
    ),
    "subtitles": ("codec", "language", "title", "disposition", "texts"),
}
# What is told only when all of a file is read.
_NEED_ALL_OF_THE_FILE = frozenset(
    {
        ("sound", "integrated_loudness"),
        ("sound", "true_peak"),
        ("sound", "loudness_range"),
        ("subtitles", "texts"),
        ("picture", "frame_timing"),
    }
)
# The row of a track that only one of the files has.
_TRACK = "track"


@dataclass(frozen=True, kw_only=True, order=True)
class Property:
    """name: empty for all of the group."""

    group: str
    name: str

    def __str__(self) -> str:
        return f"{self.group}.{self.name}" if self.name else self.group

    @property
    def needs_all_of_the_file(self) -> bool:
        """Whether it, or anything of its group, is known only once the whole file was read."""
        names = [self.name] if self.name else PROPERTIES[self.group]
        return any((self.group, name) in _NEED_ALL_OF_THE_FILE for name in names)

    def is_told_by(self, row: TechnicalRow) -> bool:
        """A track that only one file has matches in no property."""
        group, name = group_of(row), key_of(row)
        return group == self.group and (not self.name or name in (self.name, _TRACK))


def parse_property(text: str) -> Property:
    """`group.name`, `name` (the picture's where several groups have it) or `group`.

    Raises ValueError, naming the nearest that there is.
    """
    group, dot, name = text.partition(".")
    if dot and name in PROPERTIES.get(group, ()):
        return Property(group=group, name=name)
    if not dot and text in PROPERTIES:
        return Property(group=text, name="")
    if not dot:
        for group, names in PROPERTIES.items():
            if text in names:
                return Property(group=group, name=text)
    near = get_close_matches(text, _all_names(), n=1)
    hint = f"did you mean `{near[0]}`?" if near else "`sage technical --all` shows all there are"
    raise ValueError(f"there is no technical property `{text}`; {hint}")


def group_of(row: TechnicalRow) -> str:
    """`sound`; a number for a group that is not known yet."""
    if row.group not in TechnicalGroup.values():
        return str(row.group)
    return TechnicalGroup.Name(row.group).removeprefix("TECHNICAL_GROUP_").lower()


def key_of(row: TechnicalRow) -> str:
    """`frame_rate` of `Frame rate`."""
    return re.sub(r"[^a-z0-9]+", "_", row.name.lower()).strip("_")


def _all_names() -> list[str]:
    simple = [name for names in PROPERTIES.values() for name in names]
    full = [f"{group}.{name}" for group, names in PROPERTIES.items() for name in names]
    return [*simple, *full, *PROPERTIES]
