"""`sage upload`, `sage uploads` and `sage videos`"""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.text import Text

from sage.ingest.v1.ingest_pb2 import (
    AbortUploadRequest,
    GetUploadRequest,
    ListUploadsRequest,
    ListVideosRequest,
    Upload,
    Video,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.concurrency import together
from sage_cli.inputs import check_files, ensure_videos
from sage_cli.progress import reporter
from sage_cli.report import timecode
from sage_cli.tables import new_table, print_table


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@server_option
def upload(files: Sequence[str], server: str) -> None:
    """Upload videos and print their names.

    A file that is on the server already is not sent again; one that was interrupted goes on where
    it was.
    """
    check_files(files)

    async def work(sage: SageClient) -> list[Video]:
        with reporter() as progress:
            return [video for video, _ in await ensure_videos(sage, files, progress)]

    for file, video in zip(files, call(server, work), strict=True):
        click.echo(f"{video.name}\t{file}")


@click.command()
@click.option(
    "--abort",
    "aborted",
    multiple=True,
    metavar="NAME",
    help="Give up uploads/ID and remove its bytes; may be repeated.",
)
@server_option
def uploads(aborted: Sequence[str], server: str) -> None:
    """List unfinished uploads, newest first, or give some up."""
    if aborted:

        async def work(sage: SageClient) -> list[Upload]:
            return await together(_abort(sage, name) for name in aborted)

        for given_up in call(server, work):
            click.echo(f"{given_up.name}\taborted")
        return
    found = call(server, _unfinished_uploads)
    if not found:
        click.echo("There are no unfinished uploads.", err=True)
        return
    table = new_table("Name", "Title", "Received", "Size", "Kept until")
    for unfinished in found:
        table.add_row(
            unfinished.name,
            Text(unfinished.display_name),
            f"{len(unfinished.received_parts)} of {unfinished.part_count} parts",
            f"{unfinished.size_bytes / 1e6:,.1f} MB",
            f"{unfinished.expire_time.ToDatetime():%Y-%m-%d %H:%M} UTC",
        )
    print_table(table)


@click.command()
@server_option
def videos(server: str) -> None:
    """List the videos on the server, newest first."""
    found = call(server, _all_videos)
    if not found:
        click.echo("There are no videos yet. `sage upload FILE` brings some.", err=True)
        return
    table = new_table("Name", "Title", "Length", "Picture", "Frames/s", "Sound")
    for video in found:
        table.add_row(
            video.name,
            Text(video.display_name),
            timecode(video.duration.ToNanoseconds() / 1e9),
            f"{video.width} x {video.height} {video.video_codec}",
            f"{video.frame_rate:.6g}" if video.frame_rate else "",
            video.audio_codec,
        )
    print_table(table)


async def _abort(sage: SageClient, name: str) -> Upload:
    return await sage.ingest.AbortUpload(
        AbortUploadRequest(name=name), metadata=sage.metadata, timeout=SHORT
    )


async def _unfinished_uploads(sage: SageClient) -> list[Upload]:
    """With their parts, which a list does not have."""
    names: list[str] = []
    token = ""
    while True:
        page = await sage.ingest.ListUploads(
            ListUploadsRequest(
                page_size=200,
                page_token=token,
                states=[Upload.STATE_ACTIVE, Upload.STATE_COMPLETING],
            ),
            metadata=sage.metadata,
            timeout=SHORT,
        )
        names += [upload.name for upload in page.uploads]
        token = page.next_page_token
        if not token:
            break
    return await together(_get_upload(sage, name) for name in names)


async def _get_upload(sage: SageClient, name: str) -> Upload:
    return await sage.ingest.GetUpload(
        GetUploadRequest(name=name), metadata=sage.metadata, timeout=SHORT
    )


async def _all_videos(sage: SageClient) -> list[Video]:
    found: list[Video] = []
    token = ""
    while True:
        page = await sage.ingest.ListVideos(
            ListVideosRequest(page_size=200, page_token=token),
            metadata=sage.metadata,
            timeout=SHORT,
        )
        found += page.videos
        token = page.next_page_token
        if not token:
            return found
