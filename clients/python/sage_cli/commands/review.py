"""`sage keep` and `sage status`: comparisons that are kept, with what became of the review."""

from __future__ import annotations

import uuid

import click
from google.protobuf.field_mask_pb2 import FieldMask

from sage.compare.v1.compare_pb2 import ComparisonOptions
from sage.compare.v1.saved_comparison_pb2 import (
    CreateComparisonRequest,
    SavedComparison,
    UpdateComparisonRequest,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.comparing_options import comparing_options
from sage_cli.commands.output import echo_json, json_option
from sage_cli.inputs import check_files, ensure_videos
from sage_cli.progress import reporter

_STATUSES = tuple(
    name.removeprefix("STATUS_").lower().replace("_", "-")
    for name, value in SavedComparison.Status.items()
    if value != SavedComparison.STATUS_UNSPECIFIED
)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--title", default="", help="What it is called; the names of both by default.")
@comparing_options()
@json_option
@server_option
def keep(
    a: str, b: str, title: str, options: ComparisonOptions, as_json: bool, server: str
) -> None:
    """Keep a comparison on the server, for notes and a status, and print its name.

    A and B are files, or names of videos that are on the server (videos/ID).

    \b
      sage keep first-cut.mov second-cut.mov --title "Episode 4"
    """
    check_files([a, b])

    async def work(sage: SageClient) -> SavedComparison:
        with reporter() as progress:
            (first, _), (second, _) = await ensure_videos(sage, [a, b], progress)
        request = CreateComparisonRequest(
            a=first.name,
            b=second.name,
            options=options,
            display_name=title or f"{first.display_name} / {second.display_name}"[:255],
            request_id=str(uuid.uuid4()),
        )
        return await sage.comparisons.CreateComparison(
            request, metadata=sage.metadata, timeout=SHORT
        )

    made = call(server, work)
    if as_json:
        echo_json(made)
    else:
        click.echo(f"{made.name}\t{made.display_name}")


@click.command()
@click.argument("name")
@click.argument("status", type=click.Choice(_STATUSES))
@json_option
@server_option
def status(name: str, status: str, as_json: bool, server: str) -> None:
    """Say how far the review of a comparison is.

    \b
      sage status comparisons/01hx3r approved
    """
    value = SavedComparison.Status.Value(f"STATUS_{status.upper().replace('-', '_')}")

    async def work(sage: SageClient) -> SavedComparison:
        request = UpdateComparisonRequest(
            comparison=SavedComparison(name=name, status=value),
            update_mask=FieldMask(paths=["status"]),
        )
        return await sage.comparisons.UpdateComparison(
            request, metadata=sage.metadata, timeout=SHORT
        )

    changed = call(server, work)
    if as_json:
        echo_json(changed)
    else:
        click.echo(f"{changed.name}\t{status}")
