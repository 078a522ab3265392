"""Sentences and links as a message."""

from __future__ import annotations

from sage.compare.v1.compare_pb2 import Comparison
from sage.compare.v1.description_pb2 import ComparisonDescription, Finding
from services.compare.export.sentences import sentences_of, summary_of
from services.compare.ports import Link

_DEFAULT_FINDINGS = 50


def description_of(
    comparison: Comparison, a: Link | None, b: Link | None, max_findings: int
) -> ComparisonDescription:
    """a, b: None when the file is gone."""
    sentences = list(sentences_of(comparison))
    told = sentences[: max_findings or _DEFAULT_FINDINGS]
    description = ComparisonDescription(
        summary=summary_of(comparison),
        findings=[
            Finding(
                text=each.text,
                modality=each.modality,
                a_start=each.a_start,
                a_end=each.a_end,
                b_start=each.b_start,
                b_end=each.b_end,
                a_link=a.at(each.a_start) if a else "",
                b_link=b.at(each.b_start) if b else "",
            )
            for each in told
        ],
        left_out=len(sentences) - len(told),
        notes=comparison.summary.notes,
    )
    expires = [link.expires for link in (a, b) if link and told]
    if expires:
        description.links_expire_time.CopyFrom(min(expires, key=lambda each: each.ToNanoseconds()))
    return description
