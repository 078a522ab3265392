"""`sage technical`"""

from __future__ import annotations

import json

import click
from google.protobuf.json_format import MessageToDict
from rich.console import Console

from sage.compare.v1.technical_pb2 import GetTechnicalDifferencesRequest, TechnicalDifferences
from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_BASIC,
    TECHNICAL_FACTS_VIEW_FULL,
    GetTechnicalFactsRequest,
    TechnicalFacts,
    TechnicalFactsView,
)
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, server_option
from sage_cli.failures import DIFFERENCES, NO_DIFFERENCES
from sage_cli.inputs import check_files, ensure_videos
from sage_cli.progress import reporter
from sage_cli.technical_report import write_differences, write_facts


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option("--all", "everything", is_flag=True, help="Show what is the same as well.")
@click.option(
    "--headers",
    is_flag=True,
    help="Read the files' headers only: at once, but without loudness and texts of subtitles.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
)
@server_option
def technical(
    a: str, b: str | None, everything: bool, headers: bool, file_format: str, server: str
) -> None:
    """Say what a file is, or what differs in two files, apart from what they show.

    Codecs, scan, colour, HDR, time code, tracks, loudness (EBU R 128), texts of subtitles. A and B
    are files, or names of videos that are on the server (videos/ID). Files are uploaded unless the
    server has them already.

    Exit status: 0 when nothing differs, 1 when something does, 2 in case of trouble.
    """
    check_files([a] if b is None else [a, b])
    view = TECHNICAL_FACTS_VIEW_BASIC if headers else TECHNICAL_FACTS_VIEW_FULL
    if b is None and file_format == "json":
        click.echo(_as_json(call(server, lambda sage: _facts(sage, a, view))))
        return
    found = call(server, lambda sage: _differences(sage, a, b or a, view))
    if file_format == "json":
        click.echo(_as_json(found))
    elif b is None:
        write_facts(Console(), found)
    else:
        write_differences(Console(), found, everything=everything)
    differ = any(not row.same for row in found.rows)
    raise click.exceptions.Exit(DIFFERENCES if differ else NO_DIFFERENCES)


async def technical_differences(
    sage: SageClient, a: str, b: str, view: TechnicalFactsView.ValueType = TECHNICAL_FACTS_VIEW_FULL
) -> TechnicalDifferences:
    """a, b: names on the server."""
    return await sage.compare.GetTechnicalDifferences(
        GetTechnicalDifferencesRequest(a=a, b=b, view=view), metadata=sage.metadata, timeout=LONG
    )


async def _differences(
    sage: SageClient, a: str, b: str, view: TechnicalFactsView.ValueType
) -> TechnicalDifferences:
    names = list(dict.fromkeys([a, b]))
    with reporter() as progress:
        videos = await ensure_videos(sage, names, progress)
        for _, line in videos:
            line.update("reading")
        found = dict(zip(names, (video.name for video, _ in videos), strict=True))
        return await technical_differences(sage, found[a], found[b], view)


async def _facts(sage: SageClient, name: str, view: TechnicalFactsView.ValueType) -> TechnicalFacts:
    with reporter() as progress:
        ((video, line),) = await ensure_videos(sage, [name], progress)
        line.update("reading")
        return await sage.ingest.GetTechnicalFacts(
            GetTechnicalFactsRequest(name=video.name, view=view),
            metadata=sage.metadata,
            timeout=LONG,
        )


def as_values(message: TechnicalDifferences | TechnicalFacts) -> dict[str, object]:
    """As JSON has it: every field, names as in the contract."""
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _as_json(message: TechnicalDifferences | TechnicalFacts) -> str:
    return json.dumps(as_values(message), indent=2, ensure_ascii=False)
