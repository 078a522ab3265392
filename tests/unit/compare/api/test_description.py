"""A description shows its first findings: pictures of both versions, where something differs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import Comparison, DescribeComparisonRequest, Region, RegionKind
from sage.compare.v1.description_pb2 import ComparisonDescription
from sage.embed.v1.embed_pb2 import Modality
from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1.still_link_pb2 import StillLink
from services.compare.api.description import description_of, told_of
from services.compare.api.side_links import side_links
from services.compare.ports import Files, Link, StillLinks
from services.servicekit.errors import SageError

MOST_STILLS = 20
KINDS = {
    RegionKind.REGION_KIND_REPLACED: (True, True),
    RegionKind.REGION_KIND_INSERTED: (False, True),
    RegionKind.REGION_KIND_DELETED: (True, False),
}


class Pictures:
    """Links whose URLs say what they show. fails: with what, of which video."""

    def __init__(self, **fails: ErrorReason.ValueType) -> None:
        self.asked: dict[str, list[float]] = {}
        self._fails = fails

    async def link(self, video: str) -> Link | None:
        return Link(url=video, expires=Timestamp(seconds=9))

    async def still_links(self, video: str, times: Sequence[float]) -> StillLinks:
        self.asked[video] = list(times)
        if video in self._fails:
            raise SageError(self._fails[video], "no picture")
        links = [StillLink(time=time, url=f"{video}@{time}") for time in times]
        return StillLinks(links=links, expires=Timestamp(seconds=7))


def described(comparison: Comparison, files: Pictures, **request: Any) -> ComparisonDescription:
    async def run() -> ComparisonDescription:
        told = told_of(comparison, DescribeComparisonRequest(**request))
        of_a, of_b = told.moments
        some = cast(Files, files)
        sides = await side_links(some, "a", of_a), await side_links(some, "b", of_b)
        return description_of(comparison, told, *sides)

    return asyncio.run(run())


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    found = Comparison()
    for _ in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        in_a, in_b = KINDS[kind]
        a, b = draw(st.floats(0, 100)), draw(st.floats(0, 100))
        found.regions.append(
            Region(
                kind=kind,
                modality=draw(st.sampled_from([Modality.MODALITY_VISUAL, Modality.MODALITY_AUDIO])),
                a_start=a,
                a_end=a + in_a * draw(st.floats(0.001, 10)),
                b_start=b,
                b_end=b + in_b * draw(st.floats(0.001, 10)),
            )
        )
    return found


@given(comparisons(), st.none() | st.integers(0, MOST_STILLS), st.integers(0, 500))
def test_the_first_findings_show_what_differs(
    comparison: Comparison, max_stills: int | None, max_findings: int
) -> None:
    files = Pictures()
    wanted = {} if max_stills is None else {"max_stills": max_stills}
    told = described(comparison, files, max_findings=max_findings, **wanted)
    pictured = 10 if max_stills is None else max_stills
    for number, finding in enumerate(told.findings):
        assert finding.HasField("a_still") == finding.HasField("b_still") == (number < pictured)
        for side in ("a", "b") if number < pictured else ():
            start, end = getattr(finding, f"{side}_start"), getattr(finding, f"{side}_end")
            still = getattr(finding, f"{side}_still")
            assert still.url == f"{side}@{still.time}"
            if end > start:
                assert start <= still.time <= end
            else:
                assert max(start - 0.02, 0) <= still.time < start or still.time == 0
    for times in files.asked.values():
        assert 1 <= len(times) == len(set(times)) <= MOST_STILLS
    shown = any(finding.HasField("a_still") for finding in told.findings)
    assert told.links_expire_time.seconds == (0 if not told.findings else 7 if shown else 9)


def one_replaced() -> Comparison:
    region = Region(
        kind=compare_pb2.REGION_KIND_REPLACED,
        modality=Modality.MODALITY_VISUAL,
        a_start=1,
        a_end=2,
        b_start=1,
        b_end=2,
    )
    return Comparison(regions=[region])


def test_pictures_that_are_not_ready_are_told_and_all_else_is_there() -> None:
    late = Pictures(b=ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED)
    told = described(one_replaced(), late)
    (finding,) = told.findings
    assert (finding.HasField("a_still"), finding.HasField("b_still")) == (True, False)
    assert finding.text
    assert finding.b_link
    assert list(told.notes) == ["The pictures of B are still being made: ask again for them."]


@pytest.mark.parametrize("reason", ["NOT_FOUND", "VIDEO_NOT_READY", "UNDECODABLE"])
def test_a_file_without_pictures_has_none(reason: str) -> None:
    told = described(one_replaced(), Pictures(a=ErrorReason.Value(f"ERROR_REASON_{reason}")))
    (finding,) = told.findings
    assert (finding.HasField("a_still"), finding.HasField("b_still")) == (False, True)
    assert not told.notes


def test_a_part_of_sage_that_is_away_is_an_error() -> None:
    with pytest.raises(SageError):
        described(one_replaced(), Pictures(a=ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE))
