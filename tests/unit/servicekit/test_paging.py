from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.servicekit import paging
from services.servicekit.errors import SageError
from services.servicekit.paging import Cursor


@given(
    created_at=st.integers(0, 2**62),
    row_id=st.text(max_size=40),
    filters=st.lists(st.text()),
)
def test_a_token_leads_back_to_its_cursor(created_at: int, row_id: str, filters: list[str]) -> None:
    cursor = Cursor(created_at=created_at, id=row_id)
    token = paging.encode_page_token(cursor, *filters)
    assert paging.decode_page_token(token, *filters) == cursor


def test_the_first_page_has_no_cursor() -> None:
    assert paging.decode_page_token("") is None


def test_a_token_belongs_to_the_filter_it_was_made_for() -> None:
    token = paging.encode_page_token(Cursor(created_at=1, id="a"), "workspace", "engine")
    with pytest.raises(SageError, match="first page"):
        paging.decode_page_token(token, "workspace", "other engine")


@given(token=st.text(min_size=1, max_size=100))
def test_noise_is_refused_by_its_reason(token: str) -> None:
    with pytest.raises(SageError) as caught:
        paging.decode_page_token(token)
    assert caught.value.reason_name == "INVALID_PAGE_TOKEN"


@pytest.mark.parametrize(("requested", "given_size"), [(0, 50), (7, 7), (200, 200), (9999, 200)])
def test_page_sizes_have_a_default_and_a_ceiling(requested: int, given_size: int) -> None:
    assert paging.page_size(requested) == given_size
