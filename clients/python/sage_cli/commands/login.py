"""`sage login`"""

from __future__ import annotations

import sys

import click

from sage_cli.client import SageClient
from sage_cli.commands import call, server_option


@click.command()
@click.option(
    "--anonymous", is_flag=True, help="Open a session without an API key, where the server lets."
)
@click.option(
    "--link",
    is_flag=True,
    help="Have the key lead to the workspace of the present session, instead of opening its own.",
)
@server_option
def login(anonymous: bool, link: bool, server: str) -> None:
    """Open a session with a TwelveLabs API key.

    The key is asked for, or read from standard input when that is no terminal. It is sent to the
    SAGE server alone and kept there encrypted; only the session's token is kept here. Without a key
    there is no need to log in: the other commands open a session by themselves.

    \b
      sage login
      sage login < key.txt
      sage login --link
    """
    if anonymous and link:
        raise click.UsageError("--link needs an API key.")
    api_key = "" if anonymous else _ask_for_key()

    async def work(sage: SageClient) -> str:
        session = await (sage.link_api_key(api_key) if link else sage.log_in(api_key))
        return f"{session.workspace} until {session.expire_time.ToDatetime():%Y-%m-%d %H:%M} UTC"

    click.echo(f"Signed in to {call(server, work, sign_in=link)}", err=True)


def _ask_for_key() -> str:
    if not sys.stdin.isatty():
        key = sys.stdin.readline().strip()
    else:
        key = click.prompt("TwelveLabs API key", hide_input=True).strip()
    if not key:
        raise click.UsageError("No API key was given; --anonymous opens a session without one.")
    return str(key)
