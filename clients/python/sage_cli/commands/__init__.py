"""The subcommands of `sage`, and what they share: the server, signing in, and how they fail."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from grpc import aio

from sage_cli.client import DEFAULT_SERVER, SageClient
from sage_cli.failures import INTERRUPTED, failure_of
from sage_cli.tokens import TokenFile

Result = TypeVar("Result")

# The variable with the API token that a program signs in with. It is no option: others could read
# those in the list of processes.
API_TOKEN = "SAGE_TOKEN"  # noqa: S105  a name

server_option = click.option(
    "--server",
    envvar="SAGE_SERVER",
    default=DEFAULT_SERVER,
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="The SAGE server.",
)
engine_option = click.option(
    "--engine",
    default="",
    metavar="NAME",
    help="What embeds the videos; `sage engines` lists them. The best one there is by default.",
)


def call(
    server: str, work: Callable[[SageClient], Awaitable[Result]], *, sign_in: bool = True
) -> Result:
    """Runs `work` with a client that is signed in.

    Raises Failure, one line, for a call that failed, and Exit(INTERRUPTED) after Ctrl-C.
    """

    async def run() -> Result:
        api_token = os.environ.get(API_TOKEN, "")
        async with SageClient(server, TokenFile.of_user(), api_token=api_token) as sage:
            if sign_in:
                await sage.sign_in()
            return await work(sage)

    try:
        return asyncio.run(run())
    except aio.AioRpcError as error:
        raise failure_of(error, server) from None
    except KeyboardInterrupt:
        click.echo("sage: interrupted", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
