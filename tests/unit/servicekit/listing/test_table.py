"""Lists in a real SQLite, beside the same lists made by hand."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Float, MetaData, String, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import NullPool

from services.servicekit.database import create_engine, transaction
from services.servicekit.errors import SageError
from services.servicekit.listing import table
from services.servicekit.listing.requests import ListRequest, Page
from services.servicekit.listing.table import ListTable

METADATA = MetaData()
FILMS = Table(
    "films",
    METADATA,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("state", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
LIST = ListTable(
    "films",
    FILMS.c.id,
    {
        "display_name": table.text(FILMS.c.title),
        "state": table.choice(FILMS.c.state, {"STATE_NEW": "NEW", "STATE_OLD": "OLD"}),
        "size_bytes": table.integer(FILMS.c.size),
        "duration": table.duration(FILMS.c.seconds),
        "create_time": table.time(FILMS.c.created_at),
        "end_time": table.time(FILMS.c.ended_at),
    },
)
Film = dict[str, Any]
FILM = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Cut", "cut 2", "100%", "a_b", "", "Ärger"]),
        "state": st.sampled_from(["NEW", "OLD"]),
        "size": st.integers(0, 3),
        "seconds": st.sampled_from([0.5, 1.5, 60.0]),
        "created_at": st.integers(0, 3),
        "ended_at": st.one_of(st.none(), st.integers(1, 3)),
    }
)
LIBRARY = st.lists(FILM, max_size=12).map(
    lambda films: [{"id": f"{index:02}", **film} for index, film in enumerate(films)]
)
KEYS: dict[str, Callable[[Film], Any]] = {
    "display_name": lambda film: ascii_lower(film["title"]),
    "size_bytes": lambda film: film["size"],
    "duration": lambda film: film["seconds"],
    "create_time": lambda film: film["created_at"],
    "end_time": lambda film: film["ended_at"] or 0,
}
ORDERS = st.lists(st.tuples(st.sampled_from(list(KEYS)), st.booleans()), unique_by=lambda it: it[0])


def ascii_lower(text: str) -> str:
    """As SQLite does it."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncEngine:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('films')}/films.db")
    # Each example has an event loop of its own, which no connection outlives.
    engine.sync_engine.pool = NullPool(engine.sync_engine.pool._creator)

    async def create() -> None:
        async with transaction(engine) as connection:
            await connection.run_sync(METADATA.create_all)

    asyncio.run(create())
    return engine


async def page(engine: AsyncEngine, **request: Any) -> Page[str]:
    rows = select(FILMS)
    return await LIST.page(engine, rows, ListRequest(**request), lambda row: str(row.id), "mine")


async def whole(engine: AsyncEngine, films: list[Film], **request: Any) -> list[str]:
    """All pages of a list of these films."""
    async with transaction(engine) as connection:
        await connection.execute(delete(FILMS))
        if films:
            await connection.execute(insert(FILMS), films)
    found: list[str] = []
    token = ""
    while True:
        part = await page(engine, **request, page_token=token)
        found += part.items
        assert len(part.items) == request.get("page_size", 50) or not part.next_page_token
        token = part.next_page_token
        if not token:
            assert part.total_size == len(found)
            return found


@settings(max_examples=60, deadline=None)
@given(films=LIBRARY, order=ORDERS, size=st.integers(1, 5))
def test_pages_together_are_the_list_in_its_order(
    engine: AsyncEngine, films: list[Film], order: list[tuple[str, bool]], size: int
) -> None:
    written = ", ".join(f"{field}{' desc' * descending}" for field, descending in order)
    expected = list(films)
    keys = order or [("create_time", True)]
    expected.sort(key=operator.itemgetter("id"), reverse=keys[-1][1])
    for field, descending in reversed(keys):
        expected.sort(key=KEYS[field], reverse=descending)
        # A stable sort keeps the order of equals also when it is reversed.
    found = asyncio.run(whole(engine, films, order_by=written, page_size=size))
    assert found == [film["id"] for film in expected]


FILTERS: dict[str, Callable[[Film], bool]] = {
    "": lambda film: True,
    "state = STATE_NEW": lambda film: film["state"] == "NEW",
    "state != STATE_NEW": lambda film: film["state"] != "NEW",
    "size_bytes >= 2": lambda film: film["size"] >= 2,
    "sizeBytes < 1": lambda film: film["size"] < 1,
    "duration > 1.5s": lambda film: film["seconds"] > 1.5,
    "duration = 1.5s": lambda film: film["seconds"] == 1.5,
    'display_name = "cut 2"': lambda film: film["title"] == "cut 2",
    "display_name : CUT": lambda film: "cut" in film["title"].lower(),
    "display_name : %": lambda film: "%" in film["title"],
    "display_name : _": lambda film: "_" in film["title"],
    "display_name : Ärger": lambda film: "Ärger" in film["title"],
    'display_name = ""': lambda film: film["title"] == "",
    "create_time <= 1970-01-01T00:00:00.000001Z": lambda film: film["created_at"] <= 1,
    "create_time = 1970-01-01T01:00:00.000002+01:00": lambda film: film["created_at"] == 2,
    "end_time > 1970-01-01T00:00:00Z": lambda film: film["ended_at"] is not None,
    "end_time != 1970-01-01T00:00:00.000001Z": lambda film: film["ended_at"] not in (None, 1),
    "size_bytes = 1 OR size_bytes = 2 AND state = STATE_OLD": lambda film: (
        film["size"] in (1, 2) and film["state"] == "OLD"
    ),
}


@settings(max_examples=100, deadline=None)
@given(films=LIBRARY, written=st.sampled_from(list(FILTERS)), size=st.integers(1, 5))
def test_a_filter_keeps_what_passes_it(
    engine: AsyncEngine, films: list[Film], written: str, size: int
) -> None:
    found = asyncio.run(whole(engine, films, filter=written, page_size=size))
    assert set(found) == {film["id"] for film in films if FILTERS[written](film)}


@pytest.mark.parametrize(
    ("filter_", "position", "words"),
    [
        ("colour = red", 1, "films have no colour here; there are display_name, state"),
        ("state = NEW", 9, "Expected STATE_NEW, STATE_OLD, found NEW"),
        ("state > STATE_NEW", 1, "state is compared by = !=, not by >"),
        ("size_bytes : 1", 1, "not by :"),
        ("size_bytes = 1.5", 14, "Expected a whole number, found 1.5"),
        ("size_bytes = 99999999999999999999", 14, "Expected a whole number"),
        ("size_bytes = 1_0", 14, "Expected a whole number"),
        ("duration > 90", 12, "Expected a duration such as 90s"),
        ("duration > nans", 12, "Expected a duration such as 90s"),
        ("create_time > yesterday", 15, "Expected a time such as 2026"),
        ("create_time > 2026-05-01", 15, "Expected a time such as 2026"),
        ("display_name = 'a\0b'", 16, "control characters"),
    ],
)
def test_a_wrong_field_or_value_is_told_with_its_position(
    engine: AsyncEngine, filter_: str, position: int, words: str
) -> None:
    with pytest.raises(SageError) as caught:
        asyncio.run(page(engine, filter=filter_))
    assert caught.value.metadata == {"position": str(position)}
    assert words in caught.value.message
    assert caught.value.fields[0].field == "filter"


@pytest.mark.parametrize(("order_by", "position"), [("size_bytes, colour", 13), ("state desc", 1)])
def test_a_wrong_order_is_told_with_its_position(
    engine: AsyncEngine, order_by: str, position: int
) -> None:
    with pytest.raises(SageError) as caught:
        asyncio.run(page(engine, order_by=order_by))
    assert caught.value.metadata == {"position": str(position)}
    assert caught.value.fields[0].field == "order_by"


@pytest.mark.parametrize(
    "other",
    [{"filter": "size_bytes > 0"}, {"order_by": "create_time"}, {"filter": "size_bytes >0"}],
)
def test_a_page_belongs_to_its_filter_and_its_order(
    engine: AsyncEngine, other: dict[str, str]
) -> None:
    film = {"title": "", "state": "NEW", "size": 1, "seconds": 1.0, "created_at": 1}
    films = [{**film, "id": str(number), "ended_at": None} for number in range(3)]
    asyncio.run(whole(engine, films))
    first = asyncio.run(page(engine, page_size=1))
    with pytest.raises(SageError) as caught:
        asyncio.run(page(engine, page_size=1, page_token=first.next_page_token, **other))
    assert caught.value.reason_name == "INVALID_PAGE_TOKEN"
