"""`sage embed`, `sage watch` and `sage engines`"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

import click

from sage.embed.v1.embed_pb2 import (
    EmbeddingTask,
    Engine,
    ListEmbeddingTasksRequest,
    ListEnginesRequest,
)
from sage_cli import embedding
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, engine_option, server_option
from sage_cli.commands.output import echo_json, json_option
from sage_cli.failures import TROUBLE
from sage_cli.inputs import check_files, ensure_tasks
from sage_cli.progress import reporter

_UNFINISHED = (
    EmbeddingTask.STATE_QUEUED,
    EmbeddingTask.STATE_PREPARING,
    EmbeddingTask.STATE_PROCESSING,
    EmbeddingTask.STATE_STORING,
)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|VIDEO...")
@engine_option
@json_option
@server_option
def embed(inputs: Sequence[str], engine: str, as_json: bool, server: str) -> None:
    """Embed videos, and print the names of their embeddings.

    Takes files, which are uploaded first, and videos on the server (videos/ID).

    \b
      sage embed first-cut.mov second-cut.mov
      sage embed videos/01hx3k --engine local
    """
    check_files(inputs)

    async def work(sage: SageClient) -> list[EmbeddingTask]:
        with reporter() as progress:
            return await ensure_tasks(sage, inputs, engine, progress)

    found = call(server, work)
    if as_json:
        echo_json({"embedding_tasks": found})
        return
    for name, task in zip(inputs, found, strict=True):
        click.echo(f"{task.embedding}\t{name}")


@click.command()
@click.argument("tasks", nargs=-1, metavar="[TASK...]")
@json_option
@server_option
def watch(tasks: Sequence[str], as_json: bool, server: str) -> None:
    """Follow embedding tasks until they have ended; all that are under way by default.

    \b
      sage watch
      sage watch embeddingTasks/01hx3k --json

    Exit status: 0 when all succeeded, 2 when one failed or was cancelled.
    """
    ended = call(server, lambda sage: _follow(sage, list(dict.fromkeys(tasks))))
    if as_json:
        echo_json({"embedding_tasks": ended})
    elif not ended:
        click.echo("Nothing is being embedded.", err=True)
    for task in [] if as_json else ended:
        result = task.embedding or task.error.message
        click.echo(f"{task.name}\t{embedding.state_name(task)}\t{result}")
    if any(task.state != embedding.SUCCEEDED for task in ended):
        raise click.exceptions.Exit(TROUBLE)


@click.command()
@json_option
@server_option
def engines(as_json: bool, server: str) -> None:
    """List what can embed videos, the best one first.

    \b
      sage engines
      sage compare A.mov B.mov --engine local
    """

    async def work(sage: SageClient) -> Sequence[Engine]:
        answer = await sage.embed.ListEngines(
            ListEnginesRequest(), metadata=sage.metadata, timeout=SHORT
        )
        return answer.engines

    found = call(server, work)
    if as_json:
        echo_json({"engines": found})
        return
    for engine in found:
        state = "available" if engine.available else engine.unavailable_reason
        click.echo(f"{engine.name}\t{engine.display_name}\t{state}")


async def _follow(sage: SageClient, names: list[str]) -> list[EmbeddingTask]:
    if not names:
        names = await _unfinished(sage)
    ended: dict[str, EmbeddingTask] = {}
    if not names:
        return []
    with reporter() as progress:
        lines = {name: progress.line(name) for name in names}
        async with aclosing(embedding.watch(sage, names)) as changes:
            async for task in changes:
                who = f"{task.video_display_name} {embedding.state_name(task)}".strip()
                lines[task.name].update(who, task.progress)
                if task.state in embedding.FINAL:
                    ended[task.name] = task
                if len(ended) == len(names):
                    break
    return [ended[name] for name in names]


async def _unfinished(sage: SageClient) -> list[str]:
    page = await sage.embed.ListEmbeddingTasks(
        ListEmbeddingTasksRequest(page_size=200, states=_UNFINISHED),
        metadata=sage.metadata,
        timeout=SHORT,
    )
    return [task.name for task in page.embedding_tasks]
