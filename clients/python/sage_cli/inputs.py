"""What a command is given: files, or names of what is on the server already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sage.embed.v1.embed_pb2 import EmbeddingTask, GetEmbeddingRequest
from sage.ingest.v1.ingest_pb2 import GetVideoRequest, Video
from sage_cli import embedding
from sage_cli.client import SHORT, SageClient
from sage_cli.concurrency import together
from sage_cli.progress import Line, Reporter
from sage_cli.uploading import Uploader, require_file

_RESOURCE = re.compile(r"(videos|embeddings)/[a-z0-9]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """A video that is ready to be compared. label: what the person called it."""

    label: str
    embedding: str


def is_resource(name: str, collection: str = "") -> bool:
    """Whether this names something on the server; a file of that name goes first."""
    return (
        _RESOURCE.fullmatch(name) is not None
        and name.startswith(collection)
        and not Path(name).exists()
    )


def check_files(names: Sequence[str]) -> None:
    """Raises Failure for the first name that is neither a file nor something on the server."""
    for name in names:
        if not is_resource(name):
            require_file(Path(name))


def label_of(name: str) -> str:
    """What to call an input in reports: a resource's name, or a file's without its folders."""
    return name if is_resource(name) else Path(name).name


async def ensure_videos(
    sage: SageClient, names: Sequence[str], reporter: Reporter
) -> list[tuple[Video, Line]]:
    """A video for each file or `videos/{id}`; uploads what is not there yet, all at once."""
    uploader = Uploader(sage)

    async def ensure(name: str) -> tuple[Video, Line]:
        line = reporter.line(label_of(name))
        if is_resource(name):
            return await get_video(sage, name), line
        return await uploader.ensure(Path(name), line), line

    return await together(ensure(name) for name in names)


async def ensure_tasks(
    sage: SageClient, names: Sequence[str], engine: str, reporter: Reporter
) -> list[EmbeddingTask]:
    """A finished embedding task for each file or `videos/{id}`."""
    videos = await ensure_videos(sage, names, reporter)
    tasks = await together(embedding.start(sage, video.name, engine) for video, _ in videos)
    lines = {task.name: line for task, (_, line) in zip(tasks, videos, strict=True)}
    done = await embedding.finish(sage, tasks, lines)
    return [done[task.name] for task in tasks]


async def ensure_embedded(
    sage: SageClient, names: Sequence[str], engine: str, reporter: Reporter
) -> list[Embedded]:
    """An embedding for each file, `videos/{id}` or `embeddings/{id}`."""
    found: dict[str, str] = {name: name for name in names if is_resource(name, "embeddings/")}
    missing = list(dict.fromkeys(name for name in names if name not in found))
    if missing:
        tasks = await ensure_tasks(sage, missing, engine, reporter)
        found |= {name: task.embedding for name, task in zip(missing, tasks, strict=True)}
    return await together(_embedded(sage, name, found[name]) for name in names)


async def _embedded(sage: SageClient, name: str, embedding_name: str) -> Embedded:
    described = await sage.outage.wait_out(
        lambda: sage.embed.GetEmbedding(
            GetEmbeddingRequest(name=embedding_name), metadata=sage.metadata, timeout=SHORT
        )
    )
    video = await get_video(sage, described.video)
    label = video.display_name if is_resource(name) else label_of(name)
    return Embedded(label=label, embedding=embedding_name)


async def get_video(sage: SageClient, name: str) -> Video:
    """Asks ingest about `videos/{id}`. Raises grpc.RpcError, NOT_FOUND for a foreign one too."""
    return await sage.outage.wait_out(
        lambda: sage.ingest.GetVideo(
            GetVideoRequest(name=name), metadata=sage.metadata, timeout=SHORT
        )
    )
