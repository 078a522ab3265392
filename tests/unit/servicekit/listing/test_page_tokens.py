from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.servicekit.errors import SageError
from services.servicekit.listing.page_tokens import decode_page_token, encode_page_token
from services.servicekit.listing.requests import ListRequest

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
PLACES = st.lists(
    st.one_of(
        TEXTS,
        st.integers(-(2**62), 2**62),
        st.floats(-1e9, 1e9, allow_nan=False),
    ),
    min_size=1,
    max_size=4,
)


@given(place=PLACES, list_of=st.lists(TEXTS))
def test_a_token_leads_back_to_its_place(
    place: list[str | int | float], list_of: list[str]
) -> None:
    token = encode_page_token(place, *list_of)
    assert decode_page_token(token, [type(value) for value in place], *list_of) == place


def test_the_first_page_has_no_place() -> None:
    assert decode_page_token("", [int, str]) is None


def test_a_token_belongs_to_the_list_it_was_made_for() -> None:
    token = encode_page_token([1, "a"], "workspace", "state = STATE_FAILED")
    with pytest.raises(SageError, match="first page"):
        decode_page_token(token, [int, str], "workspace", "state = STATE_QUEUED")


@given(token=st.text(min_size=1, max_size=100))
def test_noise_is_refused_by_its_reason(token: str) -> None:
    with pytest.raises(SageError) as caught:
        decode_page_token(token, [int, str])
    assert caught.value.reason_name == "INVALID_PAGE_TOKEN"


@pytest.mark.parametrize(
    "value", [10**400, 2**63, float("nan"), float("inf"), "a\0b", None, [], {}]
)
def test_what_no_database_takes_is_refused_even_with_the_right_mark(value: object) -> None:
    good = encode_page_token([1, "a"], "workspace")
    mark = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))[0]
    forged = base64.urlsafe_b64encode(json.dumps([mark, value, "a"]).encode()).decode()
    for kind in (int, float, str):
        if kind is str and isinstance(value, int | float | list | dict | None):
            continue  # as a text it is harmless
        with pytest.raises(SageError):
            decode_page_token(forged, [kind, str], "workspace")


@pytest.mark.parametrize(("requested", "given_size"), [(0, 50), (7, 7), (200, 200), (9999, 200)])
def test_page_sizes_have_a_default_and_a_ceiling(requested: int, given_size: int) -> None:
    assert ListRequest(page_size=requested).rows == given_size
