"""Sentences and links as a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Comparison, DescribeComparisonRequest
from sage.compare.v1.description_pb2 import ComparisonDescription, Finding
from services.compare.api.side_links import SideLinks, moment_of
from services.compare.export.sentences import Sentence, sentences_of, summary_of

_DEFAULT_FINDINGS = 50
_DEFAULT_STILLS = 10


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a description tells. pictured: how many of the sentences, the first ones, get pictures.
    left_out: how many there are besides."""

    sentences: Sequence[Sentence]
    pictured: int
    left_out: int

    @property
    def moments(self) -> tuple[list[float], list[float]]:
        """When the pictures are shown, in seconds of A and of B."""
        shown = self.sentences[: self.pictured]
        return [_a_moment(each) for each in shown], [_b_moment(each) for each in shown]


def told_of(comparison: Comparison, request: DescribeComparisonRequest) -> Told:
    """The first sentences, as many as are asked for, and how many are left out."""
    sentences = list(sentences_of(comparison))
    told = sentences[: request.max_findings or _DEFAULT_FINDINGS]
    return Told(
        sentences=told,
        pictured=request.max_stills if request.HasField("max_stills") else _DEFAULT_STILLS,
        left_out=len(sentences) - len(told),
    )


def description_of(
    comparison: Comparison, told: Told, a: SideLinks, b: SideLinks
) -> ComparisonDescription:
    """a, b: links to video and stills, which expire with the first of those that are told."""
    late = [name for name, side in (("A", a), ("B", b)) if side.late]
    description = ComparisonDescription(
        summary=summary_of(comparison),
        findings=[
            _finding(each, a, b, pictured=number < told.pictured)
            for number, each in enumerate(told.sentences)
        ],
        left_out=told.left_out,
        notes=[
            *comparison.summary.notes,
            *(f"The pictures of {name} are still being made: ask again for them." for name in late),
        ],
    )
    expires = [*a.expires, *b.expires] if told.sentences else []
    if expires:
        description.links_expire_time.CopyFrom(min(expires, key=lambda each: each.ToNanoseconds()))
    return description


def _finding(sentence: Sentence, a: SideLinks, b: SideLinks, *, pictured: bool) -> Finding:
    return Finding(
        text=sentence.text,
        modality=sentence.modality,
        a_start=sentence.a_start,
        a_end=sentence.a_end,
        b_start=sentence.b_start,
        b_end=sentence.b_end,
        a_link=a.video.at(sentence.a_start) if a.video else "",
        b_link=b.video.at(sentence.b_start) if b.video else "",
        a_still=a.stills.get(_a_moment(sentence)) if pictured else None,
        b_still=b.stills.get(_b_moment(sentence)) if pictured else None,
    )


def _a_moment(sentence: Sentence) -> float:
    return moment_of(sentence.a_start, sentence.a_end)


def _b_moment(sentence: Sentence) -> float:
    return moment_of(sentence.b_start, sentence.b_end)
