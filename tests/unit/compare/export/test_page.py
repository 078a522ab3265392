"""The report: its cover, its colours, and what people said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sage.compare.v1.compare_pb2 import RegionKind
from services.compare.export import Document, review_of
from services.compare.export.kinds import COLORS
from services.compare.export.page import write_page
from services.compare.export.timecode import FrameClock
from services.compare.saved.comparison import Moment, Status
from tests.fixtures.saved_comparisons import make_comparison, make_mark, make_note


def page_of(document: Document) -> str:
    return write_page(document).data.decode()


def test_the_cover_has_names_hashes_lengths_and_the_verdict(document: Document) -> None:
    cover = page_of(document).split("</header>")[0]
    for said in ("A: Ünï", "1" * 64, "2" * 64, "0:14.000", "0:12.800", "6 edits found."):
        assert said in cover


def test_how_much_is_the_same_is_told_as_the_page_tells_it(document: Document) -> None:
    """Retimed content is the same to it, and is no unchanged content."""
    document.comparison.summary.similarity_percent = 68.34
    document.comparison.summary.modalities[0].similarity_percent = 71.26
    page = page_of(document)
    assert "<dt>The same</dt><dd>68.3 %</dd>" in page.split("</header>")[0]
    assert "The same: 71.3 % of the time of both." in page
    document.comparison.summary.ClearField("similarity_percent")
    document.comparison.summary.modalities[0].ClearField("similarity_percent")
    assert "The same" not in page_of(document)


def test_differences_have_time_codes_where_the_frame_rate_is_known(document: Document) -> None:
    assert "00:00:04:00 &ndash; 00:00:05:24" in page_of(document)
    uncounted = replace(document, a_clock=FrameClock(1000), b_clock=FrameClock(1000))
    assert "00:00:04" not in page_of(uncounted)


def test_every_kind_has_the_colour_that_it_has_everywhere(document: Document) -> None:
    page = page_of(document)
    for kind, color in COLORS.items():
        name = RegionKind.Name(kind).removeprefix("REGION_KIND_").lower()
        assert f".{name}{{border-color:{color.hex}}}" in page
        assert f'<span class="kind {name}">' in page


def test_the_report_tells_what_people_said(document: Document) -> None:
    saved = make_comparison(
        display_name="Trailer <3>",
        status=Status.APPROVED,
        notes=(
            make_note("Second.", moment=Moment(b_seconds=5.0)),
            make_note("First, about <all>.", author="", moment=Moment()),
        ),
        marks=(make_mark(4.0, 6.0), make_mark(50.0, 60.0)),
    )
    page = page_of(replace(document, review=review_of(saved, document.comparison)))
    assert "<h1>Trailer &lt;3&gt;</h1>" in page
    assert "Approved, 1 reviewed" in page
    assert '<span class="mark">Reviewed</span>' in page
    assert page.index("First, about &lt;all&gt;.") < page.index("Second.")
    assert "Kim, B 0:05.000 (00:00:05:00)" in page


@pytest.mark.parametrize("status", Status)
def test_every_status_has_words(document: Document, status: Status) -> None:
    assert review_of(make_comparison(status=status), document.comparison).status


def test_a_cut_of_picture_and_sound_is_counted_once(document: Document) -> None:
    picture, sound = document.comparison.regions[1], document.comparison.regions[-1]
    modality = sound.modality
    sound.CopyFrom(picture)
    sound.modality = modality

    assert "5 edits found: 6 differences of picture and sound." in page_of(document)
