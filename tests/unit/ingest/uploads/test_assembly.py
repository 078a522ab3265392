from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.uploads.assembly import PartAssembler
from services.servicekit.errors import SageError
from tests.unit.ingest.uploads.test_upload import make_upload


@given(
    data=st.binary(min_size=1, max_size=400),
    part_size=st.integers(1, 60),
    skipped=st.integers(0, 10),
    chunk_sizes=st.lists(st.integers(0, 130), max_size=30),
)
@settings(deadline=None)
def test_however_it_is_cut_the_parts_are_the_same(
    data: bytes, part_size: int, skipped: int, chunk_sizes: list[int]
) -> None:
    upload = make_upload(len(data), part_size)
    first = min(skipped, upload.part_count)
    offset = min(first * part_size, len(data))
    assembler = PartAssembler(upload, offset)
    parts: list[tuple[int, bytes]] = []
    at = offset
    for size in [*chunk_sizes, len(data)]:
        parts += [(number, bytes(part)) for number, part in assembler.add(data[at : at + size])]
        at += size
    assert assembler.finished
    assert b"".join(part for _, part in parts) == data[offset:]
    assert [number for number, _ in parts] == list(range(first + 1, upload.part_count + 1))
    for number, part in parts:
        upload.check_part(number, len(part))


def test_more_than_was_announced_is_refused() -> None:
    assembler = PartAssembler(make_upload(10, 10), 0)
    with pytest.raises(SageError) as caught:
        list(assembler.add(bytes(11)))
    assert caught.value.reason_name == "PART_OUT_OF_RANGE"


def test_a_file_that_ends_early_is_not_finished() -> None:
    assembler = PartAssembler(make_upload(10, 10), 0)
    assert list(assembler.add(bytes(9))) == []
    assert not assembler.finished
