"""`sage tasks`, `cancel`, `retry` and `embeddings`"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import click
from rich.text import Text

from sage.embed.v1.embed_pb2 import (
    CancelEmbeddingTaskRequest,
    Embedding,
    EmbeddingTask,
    ListEmbeddingsRequest,
    ListEmbeddingTasksRequest,
    Modality,
    RetryEmbeddingTaskRequest,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.listing import Listing, listing_options
from sage_cli.commands.output import echo_json, json_option
from sage_cli.concurrency import together
from sage_cli.embedding import state_name
from sage_cli.paging import PAGE_SIZE, every
from sage_cli.report import timecode
from sage_cli.tables import new_table, print_table

_STATES = tuple(
    name.removeprefix("STATE_").lower()
    for name, value in EmbeddingTask.State.items()
    if value != EmbeddingTask.STATE_UNSPECIFIED
)


@click.command()
@click.option(
    "--state", "states", multiple=True, type=click.Choice(_STATES), help="Only these; repeat it."
)
@click.option("--video", default="", metavar="VIDEO", help="Only those of videos/ID.")
@listing_options
@json_option
@server_option
def tasks(states: Sequence[str], video: str, listing: Listing, as_json: bool, server: str) -> None:
    """List embedding tasks, newest first. `sage watch` follows them.

    \b
      sage tasks --state failed
      sage tasks --filter 'engine = local AND attempt > 1' --order-by 'end_time desc'
      sage tasks --video videos/01hx3k --json
    """
    chosen = [EmbeddingTask.State.Value(f"STATE_{state.upper()}") for state in states]

    async def work(sage: SageClient) -> list[EmbeddingTask]:
        return await every(
            lambda token: sage.embed.ListEmbeddingTasks(
                ListEmbeddingTasksRequest(
                    page_size=PAGE_SIZE,
                    page_token=token,
                    video=video,
                    states=chosen,
                    filter=listing.filter,
                    order_by=listing.order_by,
                ),
                metadata=sage.metadata,
                timeout=SHORT,
            ),
            lambda page: page.embedding_tasks,
        )

    _show(call(server, work), as_json)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="TASK...")
@json_option
@server_option
def cancel(names: Sequence[str], as_json: bool, server: str) -> None:
    """Stop embedding tasks.

    \b
      sage cancel embeddingTasks/01hx3k
    """

    async def work(sage: SageClient) -> list[EmbeddingTask]:
        async def one(name: str) -> EmbeddingTask:
            return await sage.embed.CancelEmbeddingTask(
                CancelEmbeddingTaskRequest(name=name), metadata=sage.metadata, timeout=SHORT
            )

        return await together(one(name) for name in names)

    _change(work, as_json, server)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="TASK...")
@json_option
@server_option
def retry(names: Sequence[str], as_json: bool, server: str) -> None:
    """Start failed or cancelled embedding tasks again.

    \b
      sage retry embeddingTasks/01hx3k && sage watch embeddingTasks/01hx3k
    """

    async def work(sage: SageClient) -> list[EmbeddingTask]:
        async def one(name: str) -> EmbeddingTask:
            return await sage.embed.RetryEmbeddingTask(
                RetryEmbeddingTaskRequest(name=name), metadata=sage.metadata, timeout=SHORT
            )

        return await together(one(name) for name in names)

    _change(work, as_json, server)


@click.command()
@click.option("--video", default="", metavar="VIDEO", help="Only those of videos/ID.")
@listing_options
@json_option
@server_option
def embeddings(video: str, listing: Listing, as_json: bool, server: str) -> None:
    """List what was made of videos to compare them by, newest first.

    \b
      sage embeddings --video videos/01hx3k
      sage embeddings --filter 'engine = local' --order-by 'duration desc'
    """

    async def work(sage: SageClient) -> list[Embedding]:
        return await every(
            lambda token: sage.embed.ListEmbeddings(
                ListEmbeddingsRequest(
                    page_size=PAGE_SIZE,
                    page_token=token,
                    video=video,
                    filter=listing.filter,
                    order_by=listing.order_by,
                ),
                metadata=sage.metadata,
                timeout=SHORT,
            ),
            lambda page: page.embeddings,
        )

    found = call(server, work)
    if as_json:
        echo_json({"embeddings": found})
        return
    if not found:
        click.echo("There are no embeddings.", err=True)
        return
    shown = new_table("Name", "Video", "Engine", "Model", "Length", "Of")
    for embedding in found:
        modalities = [
            Modality.Name(track.modality).removeprefix("MODALITY_").lower()
            for track in embedding.tracks
        ]
        length = timecode(embedding.duration.ToNanoseconds() / 1e9)
        cells = (embedding.name, embedding.video, embedding.engine, embedding.model, length)
        shown.add_row(*map(Text, cells), ", ".join(modalities))
    print_table(shown)


def _show(found: Sequence[EmbeddingTask], as_json: bool) -> None:
    if as_json:
        echo_json({"embedding_tasks": found})
        return
    if not found:
        click.echo("There are no such tasks.", err=True)
        return
    shown = new_table("Name", "Title", "Engine", "State", "Done", "")
    for task in found:
        what = task.embedding or task.error.message or task.stage
        cells = (task.name, task.video_display_name, task.engine, state_name(task))
        shown.add_row(*map(Text, cells), f"{task.progress:.0%}", Text(what))
    print_table(shown)


def _change(
    work: Callable[[SageClient], Awaitable[list[EmbeddingTask]]], as_json: bool, server: str
) -> None:
    found = call(server, work)
    if as_json:
        echo_json({"embedding_tasks": found})
        return
    for task in found:
        click.echo(f"{task.name}\t{state_name(task)}")
