"""Times that are none are refused before anybody reads them."""

from __future__ import annotations

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from sage.compare.v1.compare_pb2 import CompareVideosRequest, ComparisonOptions
from sage.compare.v1.saved_comparison_pb2 import CreateShareLinkRequest, ShareLink
from services.servicekit.errors import SageError
from services.servicekit.requests import validate
from services.servicekit.wellformed import malformed_times

SECONDS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(10**6), 10**6),
    st.sampled_from([-62_135_596_801, -62_135_596_800, 253_402_300_799, 253_402_300_800]),
)
NANOS = st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([-1, 0, 999_999_999, 10**9]))


@given(seconds=SECONDS, nanos=NANOS)
def test_a_time_is_refused_exactly_where_protobuf_cannot_read_it(seconds: int, nanos: int) -> None:
    time = Timestamp(seconds=seconds, nanos=nanos)
    try:
        time.ToJsonString()
        readable = True
    except ValueError:
        readable = False
    link = CreateShareLinkRequest(share_link=ShareLink(expire_time=time))
    found = [violation.field for violation in malformed_times(link)]
    assert found == ([] if readable else ["share_link.expire_time"])


@given(seconds=SECONDS, nanos=NANOS)
def test_a_duration_is_refused_exactly_where_protobuf_cannot_read_it(
    seconds: int, nanos: int
) -> None:
    length = Duration(seconds=seconds, nanos=nanos)
    try:
        length.ToJsonString()
        readable = True
    except ValueError:
        readable = False
    request = CompareVideosRequest(options=ComparisonOptions(offset=length))
    found = [violation.field for violation in malformed_times(request)]
    assert found == ([] if readable else ["options.offset"])


def test_a_call_with_one_is_an_invalid_argument() -> None:
    time = Timestamp(nanos=-(2**31))
    link = CreateShareLinkRequest(parent="comparisons/1", share_link=ShareLink(expire_time=time))
    with pytest.raises(SageError) as caught:
        validate(link)
    assert caught.value.reason_name == "INVALID_ARGUMENT"
    assert [field.field for field in caught.value.fields] == ["share_link.expire_time"]
