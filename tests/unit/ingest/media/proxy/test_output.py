from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.media.proxy.output import PieceWriter

# How a muxer writes: on and on, and at times over something earlier, then from the end again.
Step = tuple[int, bytes]
steps = st.lists(
    st.tuples(st.integers(0, 400_000), st.binary(max_size=4).map(lambda it: it * 9_000))
)


@given(steps)
def test_the_pieces_at_their_places_are_the_file(written: list[Step]) -> None:
    file, received = io.BytesIO(), io.BytesIO()

    def give(at: int, piece: bytes) -> None:
        received.seek(at)
        received.write(piece)

    writer = PieceWriter(give)
    for back, data in written:
        end = writer.seek(0, io.SEEK_END)
        for target in (writer, file):
            target.seek(max(end - back, 0) if back % 3 == 0 else end)
            target.write(data)
    writer.close()
    assert received.getvalue() == file.getvalue()
