"""The files themselves, on the page."""

from __future__ import annotations

from dataclasses import replace

from sage.compare.v1.compare_pb2 import ExportFormat
from sage.ingest.v1.technical_pb2 import Cue, PictureFacts, SubtitleFacts, TechnicalFacts
from services.compare.export import Document, write
from services.compare.technical.comparing import compare_facts


def page_of(document: Document, a: TechnicalFacts, b: TechnicalFacts) -> str:
    told = replace(document, technical=compare_facts(a, b))
    return write(ExportFormat.EXPORT_FORMAT_HTML, told).data.decode()


def test_what_differs_is_told_with_what_it_means(document: Document) -> None:
    a = TechnicalFacts(picture=PictureFacts(codec="h264", frame_rate="25", scan="progressive"))
    b = TechnicalFacts(picture=PictureFacts(codec="hevc", frame_rate="25", scan="progressive"))
    page = page_of(document, a, b)
    assert "<h2>Files</h2>" in page
    assert "<td>Picture: Codec</td><td>H.264</td><td>HEVC</td>" in page
    assert "progressive" not in page


def test_texts_of_subtitles_are_told_and_can_do_no_harm(document: Document) -> None:
    a, b = (
        TechnicalFacts(
            subtitles=[
                SubtitleFacts(
                    codec="subrip", texts_read=True, cues=[Cue(start=1, end=2, text=text)]
                )
            ]
        )
        for text in ("Good morning, <b>friends</b>", "Good evening, <b>friends</b>")
    )
    page = page_of(document, a, b)
    assert "<td>0:01.000 Good evening, &lt;b&gt;friends&lt;/b&gt;</td>" in page


def test_files_that_do_not_differ_say_so(document: Document) -> None:
    facts = TechnicalFacts(picture=PictureFacts(codec="h264"))
    assert "Nothing differs in the files themselves" in page_of(document, facts, facts)
