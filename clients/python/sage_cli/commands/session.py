"""`sage session` and `sage logout`"""

from __future__ import annotations

import click

from sage.embed.v1.session_pb2 import Session
from sage_cli.client import SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.output import echo_json, json_option


@click.command()
@json_option
@server_option
def session(as_json: bool, server: str) -> None:
    """Say which workspace the commands work in, and until when without signing in anew.

    \b
      sage session --json
    """

    async def work(sage: SageClient) -> Session:
        return await sage.session()

    found = call(server, work)
    if as_json:
        echo_json(found)
        return
    key = "with an API key" if found.has_api_key else "without an API key"
    until = f"{found.expire_time.ToDatetime():%Y-%m-%d %H:%M} UTC"
    click.echo(f"{found.workspace}\t{key}\tuntil {until}")


@click.command()
@click.option("--forget-key", is_flag=True, help="Have the server forget the API key as well.")
@click.option(
    "--delete-data",
    is_flag=True,
    help="Remove the workspace's videos, uploads, tasks and embeddings as well.",
)
@server_option
def logout(forget_key: bool, delete_data: bool, server: str) -> None:
    """End the session at the server, and forget its token here.

    \b
      sage logout --forget-key
    """

    async def work(sage: SageClient) -> bool:
        return await sage.log_out(delete_api_key=forget_key, delete_data=delete_data)

    ended = call(server, work, sign_in=False)
    text = f"Signed out of {server}." if ended else f"There is no session at {server}."
    click.echo(text, err=True)
