"""`sage share`: links for people without a session."""

from __future__ import annotations

from collections.abc import Sequence

import click
from google.protobuf.timestamp_pb2 import Timestamp

from sage.compare.v1.saved_comparison_pb2 import (
    CreateShareLinkRequest,
    ListShareLinksRequest,
    RevokeShareLinkRequest,
    ShareLink,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.expiring import DAY_SECONDS, day, days_option, print_secret
from sage_cli.commands.listing import Listing, listing_options
from sage_cli.commands.output import echo_json, json_option
from sage_cli.paging import PAGE_SIZE, every
from sage_cli.tables import new_table, print_table


@click.group()
def share() -> None:
    """Make, list and revoke links to a comparison that is kept.

    Whoever has a link sees the comparison, its notes and its two videos, and can change nothing.

    \b
      sage share create comparisons/01hx3r "The client"
    """


@share.command("create")
@click.argument("name")
@click.argument("title")
@days_option(default=30, most=365)
@json_option
@server_option
def create_link(name: str, title: str, days: int, as_json: bool, server: str) -> None:
    """Make a link to the comparison NAME, comparisons/ID, and print its URL: this once.

    TITLE says whom it is for.

    \b
      sage share create comparisons/01hx3r "The client" --days 7
    """
    expires = Timestamp()
    expires.GetCurrentTime()
    expires.seconds += days * DAY_SECONDS
    request = CreateShareLinkRequest(
        parent=name, share_link=ShareLink(display_name=title, expire_time=expires)
    )

    async def work(sage: SageClient) -> ShareLink:
        return await sage.comparisons.CreateShareLink(
            request, metadata=sage.metadata, timeout=SHORT
        )

    made = call(server, work)
    if as_json:
        echo_json(made)
        return
    print_secret(made.name, made.expire_time, f"{server.rstrip('/')}/#share={made.token}")


@share.command("list")
@click.argument("name")
@listing_options
@json_option
@server_option
def list_links(name: str, listing: Listing, as_json: bool, server: str) -> None:
    """List the links of the comparison NAME that are good, newest first.

    \b
      sage share list comparisons/01hx3r
    """

    async def work(sage: SageClient) -> list[ShareLink]:
        return await every(
            lambda page: sage.comparisons.ListShareLinks(
                ListShareLinksRequest(
                    parent=name,
                    page_size=PAGE_SIZE,
                    page_token=page,
                    filter=listing.filter,
                    order_by=listing.order_by,
                ),
                metadata=sage.metadata,
                timeout=SHORT,
            ),
            lambda page: page.share_links,
        )

    found = call(server, work)
    if as_json:
        echo_json({"share_links": found})
        return
    table = new_table("Name", "Title", "Good until")
    for each in found:
        table.add_row(each.name, each.display_name, day(each.expire_time))
    print_table(table)


@share.command("revoke")
@click.argument("names", nargs=-1, required=True)
@server_option
def revoke_links(names: Sequence[str], server: str) -> None:
    """Revoke links: within seconds they open nothing any more.

    \b
      sage share revoke comparisons/01hx3r/shareLinks/01hx4k
    """

    async def work(sage: SageClient) -> None:
        for name in names:
            await sage.comparisons.RevokeShareLink(
                RevokeShareLinkRequest(name=name), metadata=sage.metadata, timeout=SHORT
            )

    call(server, work)
