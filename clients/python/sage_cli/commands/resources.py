"""What can be done with anything that is kept: `sage rename` and `sage delete`"""

from __future__ import annotations

from collections.abc import Sequence

import click
from google.protobuf.field_mask_pb2 import FieldMask

from sage.compare.v1.saved_comparison_pb2 import (
    DeleteComparisonRequest,
    DeleteNoteRequest,
    SavedComparison,
    UpdateComparisonRequest,
)
from sage.embed.v1.embed_pb2 import DeleteEmbeddingRequest
from sage.ingest.v1.ingest_pb2 import DeleteVideoRequest, UpdateVideoRequest, Video
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.output import echo_json, json_option
from sage_cli.concurrency import together

_TITLE = FieldMask(paths=["display_name"])


@click.command()
@click.argument("name", metavar="VIDEO|COMPARISON")
@click.argument("title")
@json_option
@server_option
def rename(name: str, title: str, as_json: bool, server: str) -> None:
    """Give a video, or a comparison that is kept, another title.

    \b
      sage rename videos/01hx3k "Episode 4, second cut"
    """

    async def work(sage: SageClient) -> Video | SavedComparison:
        if name.startswith("comparisons/"):
            comparison = SavedComparison(name=name, display_name=title)
            return await sage.comparisons.UpdateComparison(
                UpdateComparisonRequest(comparison=comparison, update_mask=_TITLE),
                metadata=sage.metadata,
                timeout=SHORT,
            )
        return await sage.ingest.UpdateVideo(
            UpdateVideoRequest(video=Video(name=name, display_name=title), update_mask=_TITLE),
            metadata=sage.metadata,
            timeout=SHORT,
        )

    renamed = call(server, work)
    if as_json:
        echo_json(renamed)
    else:
        click.echo(f"{renamed.name}\t{renamed.display_name}")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@server_option
def delete(names: Sequence[str], server: str) -> None:
    """Remove what is named: videos, embeddings, comparisons that are kept, or notes. Asks nothing.

    With a video goes all that was made of it.

    \b
      sage delete videos/01hx3k videos/01hx3m
      sage delete embeddings/01hx3p
      sage delete comparisons/01hx3r/notes/01hx3s
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name.partition("/")[0] not in ("videos", "embeddings", "comparisons"):
            raise click.UsageError(
                f"{name} names nothing on the server; videos/ID or comparisons/ID would."
            )

    async def work(sage: SageClient) -> None:
        await together(_remove(sage, name) for name in wanted)

    call(server, work)
    for name in wanted:
        click.echo(f"{name}\tdeleted")


async def _remove(sage: SageClient, name: str) -> None:
    match name.split("/"):
        case ["videos", *_]:
            video = DeleteVideoRequest(name=name)
            await sage.ingest.DeleteVideo(video, metadata=sage.metadata, timeout=SHORT)
        case ["embeddings", *_]:
            embedding = DeleteEmbeddingRequest(name=name)
            await sage.embed.DeleteEmbedding(embedding, metadata=sage.metadata, timeout=SHORT)
        case [_, _, "notes", _]:
            note = DeleteNoteRequest(name=name)
            await sage.comparisons.DeleteNote(note, metadata=sage.metadata, timeout=SHORT)
        case _:
            saved = DeleteComparisonRequest(name=name)
            await sage.comparisons.DeleteComparison(saved, metadata=sage.metadata, timeout=SHORT)
