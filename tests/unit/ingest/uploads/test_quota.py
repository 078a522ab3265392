from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.uploads.quota import Quota, Usage
from services.servicekit.errors import SageError
from tests.unit.ingest.world import World

COUNTS = st.integers(0, 20)


@given(limit=st.integers(1, 20), opened=st.integers(1, 5), sizes=st.lists(st.integers(1, 9)))
def test_what_is_let_in_never_goes_beyond_it(limit: int, opened: int, sizes: list[int]) -> None:
    quota, usage = Quota(bytes=limit, open_uploads=opened), Usage(bytes=0, open_uploads=0)
    for size in sizes:
        more = Usage(bytes=usage.bytes + size, open_uploads=usage.open_uploads + 1)
        if more.bytes <= limit and more.open_uploads <= opened:
            quota.check(usage, size)
            usage = more
        else:
            with pytest.raises(SageError) as caught:
                quota.check(usage, size)
            assert caught.value.reason_name == "QUOTA_EXCEEDED"


def test_the_numbers_and_what_to_do_are_told() -> None:
    quota = Quota(bytes=10 * 10**9, open_uploads=2)
    with pytest.raises(SageError, match=r"may hold 10\.0 GB and holds 9\.0 GB.*Delete") as caught:
        quota.check(Usage(bytes=9 * 10**9, open_uploads=0), 2 * 10**9)
    assert caught.value.metadata == {
        "quota": "workspace_bytes",
        "limit": "10000000000",
        "used": "9000000000",
        "requested": "2000000000",
    }
    with pytest.raises(SageError, match=r"2 unfinished uploads.*abort") as caught:
        quota.check(Usage(bytes=0, open_uploads=2), 1)
    assert caught.value.metadata["quota"] == "open_uploads"


async def test_a_repeated_call_is_not_counted_again() -> None:
    replica = World().replica()
    uploads = [await replica.announce(b"video", request_id=str(number)) for number in range(20)]
    with pytest.raises(SageError) as caught:
        await replica.announce(b"video", request_id="new")
    assert caught.value.reason_name == "QUOTA_EXCEEDED"
    assert await replica.announce(b"video", request_id="0") == uploads[0]
    await replica.uploading.abort("w", uploads[1].id)
    await replica.announce(b"video", request_id="new")
