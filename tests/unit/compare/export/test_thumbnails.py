"""Pictures of both versions beside their differences."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import b64decode
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from sage.compare.v1.compare_pb2 import ExportFormat
from services.compare.export import Document, write
from services.compare.export.thumbnails import Thumbnails, pictured, shown_times
from services.compare.ports import Still
from services.ingest.media.pictures import jpeg_of

HTML = ExportFormat.EXPORT_FORMAT_HTML
XLSX = ExportFormat.EXPORT_FORMAT_CHANGE_LIST_XLSX


def still(time: float, level: int) -> Still:
    jpeg = jpeg_of(np.full((90, 160, 3), level, np.uint8))
    return Still(time=time, jpeg=jpeg, width=160, height=90)


@pytest.fixture
def with_pictures(document: Document) -> Document:
    """Of its two longest differences of the picture: RETIMED, and one of two seconds."""
    regions = pictured(document.comparison, 2)
    of_a, of_b = shown_times(regions, (document.a_clock, document.b_clock))
    return replace(
        document,
        thumbnails=Thumbnails(
            a={frame: still(time, 10) for frame, time in of_a.items()},
            b={frame: still(time, 200) for frame, time in of_b.items()},
        ),
    )


def test_the_longest_differences_are_shown_in_order_of_time(document: Document) -> None:
    spans = [(each.a_start, each.a_end) for each in pictured(document.comparison, 2)]
    assert spans == [(4, 6), (10, 14)]


def test_a_picture_is_of_the_middle_of_its_difference(document: Document) -> None:
    regions = pictured(document.comparison, 100)
    of_a, of_b = shown_times(regions, (document.a_clock, document.b_clock))
    assert of_a == {100: 5, 150: 7, 200: 9, 250: 12}
    # B has no picture of what is only in A.
    assert set(of_b) == {100, 150, 270, 195}


def test_the_page_has_the_pictures_in_itself(with_pictures: Document) -> None:
    page = write(HTML, with_pictures).data.decode()
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)" width="160"', page)
    expected = [*with_pictures.thumbnails.a.values(), *with_pictures.thumbnails.b.values()]
    assert sorted(map(b64decode, pictures)) == sorted(each.jpeg for each in expected)
    assert 'alt="A at 0:05.000"' in page
    assert "img-src data:" in page


def test_without_pictures_there_are_none(document: Document) -> None:
    assert b"<img" not in write(HTML, document).data


def test_the_workbook_has_each_picture_in_the_row_of_its_change(with_pictures: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(write(XLSX, with_pictures).data)) as book:
        kept = {book.read(name) for name in book.namelist() if name.startswith("xl/media/")}
        drawing = ElementTree.fromstring(book.read("xl/drawings/drawing1.xml"))
    thumbnails = with_pictures.thumbnails
    assert kept == {each.jpeg for each in (*thumbnails.a.values(), *thumbnails.b.values())}
    space = {"x": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"}
    anchors = drawing.findall("x:twoCellAnchor/x:from", space)
    places = {
        tuple(int(anchor.findtext(f"x:{part}", "", space)) for part in ("row", "col"))
        for anchor in anchors
    }
    # In B's order: replaced, added, omitted, retimed, moved.
    assert places == {(1, 11), (1, 12), (4, 11), (4, 12)}
