"""Every field of every list, on both kinds of databases that SAGE runs on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.compare.adapters.lists import COMPARISONS, SHARE_LINKS
from services.embed.adapters.lists import API_TOKENS, EMBEDDINGS, TASKS
from services.ingest.adapters.lists import UPLOADS, VIDEOS
from services.servicekit.database import open_database
from services.servicekit.listing.fields import FieldType, Kind
from services.servicekit.listing.page_tokens import encode_page_token
from services.servicekit.listing.requests import ListRequest
from services.servicekit.listing.table import ListTable
from tests.integration.postgres import start_postgres

SERVICES = Path(__file__).parents[2] / "services"
LISTS = {
    "ingest": [VIDEOS, UPLOADS],
    "embed": [TASKS, EMBEDDINGS, API_TOKENS],
    "compare": [COMPARISONS, SHARE_LINKS],
}
SAMPLES = {
    Kind.TEXT: '"100% _ \\\\ Ärger"',
    Kind.NAME: "videos/01k9a",
    Kind.YES_NO: "true",
    Kind.INTEGER: "9223372036854775807",
    Kind.NUMBER: "0.5",
    Kind.DURATION: "1.5s",
    Kind.TIME: "9999-12-31T23:59:59.999999999Z",
}


def sample(of: FieldType) -> str:
    return next(iter(of.choices), "") or SAMPLES[of.kind]


@pytest.fixture(params=["sqlite", "postgresql"])
async def databases(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[dict[str, str]]:
    """The URL of an empty database for each service."""
    if request.param == "sqlite":
        yield {service: f"sqlite:///{tmp_path}/{service}.db" for service in LISTS}
        return
    with start_postgres() as server:
        yield {service: server.create_database(service) for service in LISTS}


async def ask(
    engine: AsyncEngine,
    table: ListTable,
    *,
    filter: str = "",  # noqa: A002  as the contract has it
    order_by: str = "",
    page_token: str = "",
) -> None:
    request = ListRequest(filter=filter, order_by=order_by, page_token=page_token)
    page = await table.page(engine, select(table.row_id), request, lambda row: str(row.id), "mine")
    assert page.total_size == len(page.items) == 0


async def test_the_databases_take_every_comparison_and_every_order(
    databases: dict[str, str],
) -> None:
    for service, tables in LISTS.items():
        migrations = SERVICES / service / "migrations"
        async with open_database(databases[service], migrations) as engine:
            for table in tables:
                comparisons = [
                    f"{name} {comparator} {sample(field.type)}"
                    for name, field in table.fields.items()
                    for comparator in field.type.comparators
                ]
                orders = [name for name, field in table.fields.items() if field.type.orderable]
                for comparison in comparisons:
                    await ask(engine, table, filter=comparison)
                await ask(engine, table, filter=" AND ".join(comparisons))
                for way in ("", " desc"):
                    order = ", ".join(f"{name}{way}" for name in orders)
                    place = [table.fields[name].type.python_type(1) for name in orders]
                    token = encode_page_token([*place, "id"], table.resource, "mine", "", order)
                    await ask(engine, table, order_by=order)
                    await ask(engine, table, order_by=order, page_token=token)
