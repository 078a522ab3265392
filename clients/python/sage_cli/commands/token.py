"""`sage token`: what programs sign in with."""

from __future__ import annotations

from collections.abc import Sequence

import click
from google.protobuf.duration_pb2 import Duration

from sage.embed.v1.api_token_pb2 import (
    ApiToken,
    CreateApiTokenRequest,
    DeleteApiTokenRequest,
    ListApiTokensRequest,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.expiring import DAY_SECONDS, day, days_option, print_secret
from sage_cli.commands.listing import Listing, listing_options
from sage_cli.commands.output import echo_json, json_option
from sage_cli.paging import PAGE_SIZE, every
from sage_cli.tables import new_table, print_table

_SCOPES = {"read": ApiToken.SCOPE_READ, "write": ApiToken.SCOPE_WRITE}
_NAMES = {value: name for name, value in _SCOPES.items()}


@click.group()
def token() -> None:
    """Make, list and revoke API tokens, with which programs sign in.

    A program hands its token over in the environment.

    \b
      sage token create "nightly checks"
      SAGE_TOKEN=eyJhbG... sage compare first-cut.mov second-cut.mov
    """


@token.command("create")
@click.argument("title")
@click.option(
    "--scope",
    type=click.Choice(list(_SCOPES)),
    default="read",
    show_default=True,
    help="For what only reads, or for all but signing others in.",
)
@days_option(default=365, most=1825)
@json_option
@server_option
def create_token(title: str, scope: str, days: int, as_json: bool, server: str) -> None:
    """Make an API token and print it: this once, for the server keeps no more than a hash.

    TITLE says what uses it.

    \b
      sage token create "nightly checks" --scope write --days 90
    """
    request = CreateApiTokenRequest(
        display_name=title, scope=_SCOPES[scope], ttl=Duration(seconds=days * DAY_SECONDS)
    )

    async def work(sage: SageClient) -> ApiToken:
        return await sage.api_tokens.CreateApiToken(request, metadata=sage.metadata, timeout=SHORT)

    made = call(server, work)
    if as_json:
        echo_json(made)
        return
    print_secret(made.name, made.expire_time, made.token)


@token.command("list")
@listing_options
@json_option
@server_option
def list_tokens(listing: Listing, as_json: bool, server: str) -> None:
    """List the workspace's API tokens that are good, newest first.

    \b
      sage token list
      sage token list --filter 'scope = SCOPE_WRITE' --order-by expire_time
    """

    async def work(sage: SageClient) -> list[ApiToken]:
        return await every(
            lambda page: sage.api_tokens.ListApiTokens(
                ListApiTokensRequest(
                    page_size=PAGE_SIZE,
                    page_token=page,
                    filter=listing.filter,
                    order_by=listing.order_by,
                ),
                metadata=sage.metadata,
                timeout=SHORT,
            ),
            lambda page: page.api_tokens,
        )

    found = call(server, work)
    if as_json:
        echo_json({"api_tokens": found})
        return
    table = new_table("Name", "Title", "Scope", "Good until")
    for each in found:
        table.add_row(each.name, each.display_name, _NAMES[each.scope], day(each.expire_time))
    print_table(table)


@token.command("revoke")
@click.argument("names", nargs=-1, required=True)
@server_option
def revoke_tokens(names: Sequence[str], server: str) -> None:
    """Revoke API tokens: within seconds they open nothing any more.

    \b
      sage token revoke apiTokens/01hx3r
    """

    async def work(sage: SageClient) -> None:
        for name in names:
            await sage.api_tokens.DeleteApiToken(
                DeleteApiTokenRequest(name=name), metadata=sage.metadata, timeout=SHORT
            )

    call(server, work)
