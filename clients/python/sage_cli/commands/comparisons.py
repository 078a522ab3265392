"""`sage comparisons` and `sage note`"""

from __future__ import annotations

import getpass
import uuid

import click
from rich.text import Text

from sage.compare.v1.saved_comparison_pb2 import (
    CreateNoteRequest,
    GetComparisonRequest,
    ListComparisonsRequest,
    Note,
    SavedComparison,
    UpdateNoteRequest,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.listing import Listing, listing_options
from sage_cli.commands.output import echo_json, json_option
from sage_cli.paging import PAGE_SIZE, every
from sage_cli.report import timecode
from sage_cli.tables import new_table, print_table


def _user() -> str:
    """Who runs the command; empty where the system does not know, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


@click.command()
@click.argument("name", required=False)
@click.option("--video", default="", metavar="NAME", help="Only those of videos/ID.")
@listing_options
@json_option
@server_option
def comparisons(name: str | None, video: str, listing: Listing, as_json: bool, server: str) -> None:
    """List the comparisons that are kept, the one changed last first.

    With the NAME of one, comparisons/ID: its notes.

    \b
      sage comparisons --video videos/01hx3k
      sage comparisons --filter 'status = STATUS_IN_REVIEW' --order-by display_name
      sage comparisons comparisons/01hx3r
    """
    if name is not None:
        one = call(server, lambda sage: _comparison(sage, name))
        if as_json:
            echo_json(one)
        else:
            _show(one)
        return
    found = call(server, lambda sage: _comparisons(sage, video, listing))
    if as_json:
        echo_json({"comparisons": found})
        return
    if not found:
        click.echo(
            "No comparison is kept yet. The page keeps one with the first note or mark.", err=True
        )
        return
    table = new_table("Name", "Title", "Status", "Notes", "Reviewed", "Ignored", "Changed")
    for each in found:
        table.add_row(
            each.name,
            Text(each.display_name),
            _status(each),
            str(each.note_count),
            str(each.reviewed_count),
            str(each.ignored_count),
            f"{each.update_time.ToDatetime():%Y-%m-%d %H:%M} UTC",
        )
    print_table(table)


@click.command()
@click.argument("name")
@click.argument("text")
@click.option("--at-a", type=click.FloatRange(min=0), metavar="SECONDS", help="The moment in A.")
@click.option("--at-b", type=click.FloatRange(min=0), metavar="SECONDS", help="The moment in B.")
@click.option(
    "--author",
    envvar="SAGE_AUTHOR",
    default=_user,
    metavar="NAME",
    help="Who writes it; the user's name by default.",
)
@json_option
@server_option
def note(
    name: str,
    text: str,
    at_a: float | None,
    at_b: float | None,
    author: str,
    as_json: bool,
    server: str,
) -> None:
    """Add a note with TEXT to the comparison NAME, comparisons/ID.

    With the NAME of a note, comparisons/ID/notes/ID, TEXT takes the place of what it says.

    \b
      sage note comparisons/01hx3r "The logo is the old one." --at-b 12.5
      sage note comparisons/01hx3r/notes/01hx4k "The logo is the new one."
    """
    again = "/notes/" in name
    if again and (at_a is not None or at_b is not None):
        raise click.UsageError("A note stays at its moment; only its text can be changed.")

    async def work(sage: SageClient) -> Note:
        if again:
            changed = UpdateNoteRequest(note=Note(name=name, text=text))
            return await sage.comparisons.UpdateNote(changed, metadata=sage.metadata, timeout=SHORT)
        written = Note(text=text, author=author, a_seconds=at_a, b_seconds=at_b)
        request = CreateNoteRequest(parent=name, note=written, request_id=str(uuid.uuid4()))
        return await sage.comparisons.CreateNote(request, metadata=sage.metadata, timeout=SHORT)

    made = call(server, work)
    if as_json:
        echo_json(made)
    else:
        click.echo(made.name)


def _show(comparison: SavedComparison) -> None:
    click.echo(f"{comparison.display_name} ({_status(comparison)})")
    click.echo(f"A  {comparison.a}\nB  {comparison.b}")
    if not comparison.notes:
        click.echo("There are no notes.", err=True)
        return
    table = new_table("A", "B", "Note", "Author")
    for each in comparison.notes:
        table.add_row(
            timecode(each.a_seconds) if each.HasField("a_seconds") else "",
            timecode(each.b_seconds) if each.HasField("b_seconds") else "",
            Text(each.text),
            Text(each.author),
        )
    print_table(table)


def _status(comparison: SavedComparison) -> str:
    name = SavedComparison.Status.Name(comparison.status)
    return name.removeprefix("STATUS_").replace("_", " ").lower()


async def _comparison(sage: SageClient, name: str) -> SavedComparison:
    return await sage.comparisons.GetComparison(
        GetComparisonRequest(name=name), metadata=sage.metadata, timeout=SHORT
    )


async def _comparisons(sage: SageClient, video: str, listing: Listing) -> list[SavedComparison]:
    return await every(
        lambda token: sage.comparisons.ListComparisons(
            ListComparisonsRequest(
                page_size=PAGE_SIZE,
                page_token=token,
                video=video,
                filter=listing.filter,
                order_by=listing.order_by or "update_time desc",
            ),
            metadata=sage.metadata,
            timeout=SHORT,
        ),
        lambda page: page.comparisons,
    )
