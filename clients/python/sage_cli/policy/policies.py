"""What a policy says. One that says nothing lets nothing differ but the encoding."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from sage_cli.policy.properties import Property
from sage_cli.policy.ranges import AllowedRange

ANYTHING = "any"
# What may be allowed to differ in a stretch, of pictures and of sound.
_STRETCHES = ("content", "inserted", "deleted", "moved", "retimed")
PICTURE_DIFFERENCES = (
    *_STRETCHES,
    "part",
    "look",
    "overlay",
    "bars",
    "reframed",
    "mirrored",
    "regraded",
    "monochrome",
    "blended",
    ANYTHING,
)
SOUND_DIFFERENCES = (
    *_STRETCHES,
    "track-added",
    "track-removed",
    "track-content",
    "layout",
    "channel",
    "channel-order",
    ANYTHING,
)
SEVERITIES = ("none", "info", "notice", "important")


@dataclass(frozen=True, kw_only=True)
class StretchRules:
    """What may differ in the picture, or in the sound.

    allow: kinds of difference. allowed_ranges: where anything may differ. no_deleted: whether all
    of A has to be in B, even in those ranges. max_changed_seconds: how much may differ outside of
    them, all kinds together.
    """

    allow: frozenset[str] = frozenset()
    allowed_ranges: tuple[AllowedRange, ...] = ()
    no_deleted: bool = False
    max_changed_seconds: float = math.inf

    def allows(self, *kinds: str) -> bool:
        """Whether a difference may be, that goes by each of these names."""
        return not self.allow.isdisjoint({*kinds, ANYTHING})


@dataclass(frozen=True, kw_only=True)
class TechnicalRules:
    """must_match: properties that have to be the same. max_severity: the gravest difference that
    may be, one of SEVERITIES."""

    must_match: frozenset[Property] = frozenset()
    max_severity: str = SEVERITIES[-1]

    @property
    def ask_for_anything(self) -> bool:
        """Whether technical facts have to be fetched at all."""
        return bool(self.must_match) or self.max_severity != SEVERITIES[-1]

    @property
    def need_all_of_the_file(self) -> bool:
        """Whether a rule needs facts that only reading the whole file gives, which takes long."""
        return self.max_severity != SEVERITIES[-1] or any(
            wanted.needs_all_of_the_file for wanted in self.must_match
        )


@dataclass(frozen=True, kw_only=True)
class Policy:
    """max_loudness_lu: by how much B may be louder or quieter. max_offset_ms: by how much its sound
    may be early or late. min_similarity_percent: how similar the two have to be.

    lines: where each rule is written, as `picture.allow`: 3.
    """

    picture: StretchRules = StretchRules()
    sound: StretchRules = StretchRules()
    max_loudness_lu: float = 0.0
    max_offset_ms: float = 0.0
    technical: TechnicalRules = TechnicalRules()
    min_similarity_percent: float = 0.0
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
