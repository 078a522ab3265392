"""`sage upload`, `sage uploads` and `sage videos`"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
from sage_cli.commands.listing import Listing, listing_options
from sage_cli.commands.output import echo_json, json_option
from sage_cli.concurrency import together
from sage_cli.inputs import check_files, ensure_videos
from sage_cli.paging import PAGE_SIZE, every
from sage_cli.progress import reporter
from sage_cli.report import timecode
from sage_cli.tables import new_table, print_table


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@json_option
@server_option
def upload(files: Sequence[str], as_json: bool, server: str) -> None:
    """Upload videos and print their names.

    A file that is on the server already is not sent again; one that was interrupted goes on where
    it was.

    \b
      sage upload first-cut.mov second-cut.mov
    """
    check_files(files)

    async def work(sage: SageClient) -> list[Video]:
        with reporter() as progress:
            return [video for video, _ in await ensure_videos(sage, files, progress)]

    found = call(server, work)
    if as_json:
        echo_json({"videos": found})
        return
    for file, video in zip(files, found, strict=True):
        click.echo(f"{video.name}\t{file}")


@click.command()
@click.option(
    "--abort",
    "aborted",
    multiple=True,
    metavar="NAME",
    help="Give up uploads/ID and remove its bytes; may be repeated.",
)
@listing_options
@json_option
@server_option
def uploads(aborted: Sequence[str], listing: Listing, as_json: bool, server: str) -> None:
    """List unfinished uploads and the parts that they lack, newest first, or give some up.

    Uploading the same file again sends the parts that are missing.

    \b
      sage uploads --filter 'display_name : cut'
      sage uploads --abort uploads/01hx3k
    """
    if aborted and (listing.filter or listing.order_by):
        raise click.UsageError("--abort takes names; it does not go with --filter or --order-by.")

    async def work(sage: SageClient) -> list[Upload]:
        if aborted:
            return await together(_abort(sage, name) for name in aborted)
        return await _unfinished_uploads(sage, listing)

    found = call(server, work)
    if as_json:
        echo_json({"uploads": found})
        return
    if aborted:
        for given_up in found:
            click.echo(f"{given_up.name}\taborted")
        return
    if not found:
        click.echo("There are no unfinished uploads.", err=True)
        return
    shown = new_table("Name", "Title", "Received", "Lacks", "Size", "Kept until")
    for unfinished in found:
        missing = set(range(1, unfinished.part_count + 1)) - set(unfinished.received_parts)
        shown.add_row(
            unfinished.name,
            Text(unfinished.display_name),
            f"{len(unfinished.received_parts)} of {unfinished.part_count} parts",
            _as_ranges(missing),
            f"{unfinished.size_bytes / 1e6:,.1f} MB",
            f"{unfinished.expire_time.ToDatetime():%Y-%m-%d %H:%M} UTC",
        )
    print_table(shown)


@click.command()
@listing_options
@json_option
@server_option
def videos(listing: Listing, as_json: bool, server: str) -> None:
    """List the videos on the server, newest first.

    \b
      sage videos --filter 'duration > 3600s AND display_name : final' --order-by display_name
      sage videos --json | jq -r '.videos[].name'
    """
    found = call(server, lambda sage: _all_videos(sage, listing))
    if as_json:
        echo_json({"videos": found})
        return
    if not found:
        click.echo("There are no videos yet. `sage upload FILE` brings some.", err=True)
        return
    shown = new_table("Name", "Title", "Length", "Picture", "Frames/s", "Sound")
    for video in found:
        shown.add_row(
            video.name,
            Text(video.display_name),
            timecode(video.duration.ToNanoseconds() / 1e9),
            f"{video.width} x {video.height} {video.video_codec}",
            f"{video.frame_rate:.6g}" if video.frame_rate else "",
            video.audio_codec,
        )
    print_table(shown)


def _as_ranges(numbers: Iterable[int]) -> str:
    """`1, 3-5`."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


async def _abort(sage: SageClient, name: str) -> Upload:
    return await sage.ingest.AbortUpload(
        AbortUploadRequest(name=name), metadata=sage.metadata, timeout=SHORT
    )


async def _unfinished_uploads(sage: SageClient, listing: Listing) -> list[Upload]:
    """With their parts, which a list does not have."""
    found = await every(
        lambda token: sage.ingest.ListUploads(
            ListUploadsRequest(
                page_size=PAGE_SIZE,
                page_token=token,
                states=[Upload.STATE_ACTIVE, Upload.STATE_COMPLETING],
                filter=listing.filter,
                order_by=listing.order_by,
            ),
            metadata=sage.metadata,
            timeout=SHORT,
        ),
        lambda page: page.uploads,
    )
    return await together(_get_upload(sage, upload.name) for upload in found)


async def _get_upload(sage: SageClient, name: str) -> Upload:
    return await sage.ingest.GetUpload(
        GetUploadRequest(name=name), metadata=sage.metadata, timeout=SHORT
    )


async def _all_videos(sage: SageClient, listing: Listing) -> list[Video]:
    return await every(
        lambda token: sage.ingest.ListVideos(
            ListVideosRequest(
                page_size=PAGE_SIZE,
                page_token=token,
                filter=listing.filter,
                order_by=listing.order_by,
            ),
            metadata=sage.metadata,
            timeout=SHORT,
        ),
        lambda page: page.videos,
    )
