"""What is done with one video: `sage rename`, `delete`, `filmstrip`, `waveform`, `playback-url`"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from google.protobuf.field_mask_pb2 import FieldMask

from sage.embed.v1.embed_pb2 import DeleteEmbeddingRequest
from sage.ingest.v1.ingest_pb2 import (
    DeleteVideoRequest,
    Filmstrip,
    GetFilmstripRequest,
    GetPlaybackUrlRequest,
    GetWaveformRequest,
    PlaybackUrl,
    UpdateVideoRequest,
    Video,
    Waveform,
)
from sage_cli.client import LONG, SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.output import echo_json, json_option, write_bytes
from sage_cli.concurrency import together
from sage_cli.inputs import check_files, ensure_videos, is_resource
from sage_cli.progress import reporter
from sage_cli.report import timecode

_BARS = " ▁▂▃▄▅▆▇█"
_FILE_OR_VIDEO = "FILE|VIDEO"


@click.command()
@click.argument("video")
@click.argument("title")
@json_option
@server_option
def rename(video: str, title: str, as_json: bool, server: str) -> None:
    """Give a video another title.

    \b
      sage rename videos/01hx3k "Episode 4, second cut"
    """

    async def work(sage: SageClient) -> Video:
        request = UpdateVideoRequest(
            video=Video(name=video, display_name=title),
            update_mask=FieldMask(paths=["display_name"]),
        )
        return await sage.ingest.UpdateVideo(request, metadata=sage.metadata, timeout=SHORT)

    renamed = call(server, work)
    if as_json:
        echo_json(renamed)
    else:
        click.echo(f"{renamed.name}\t{renamed.display_name}")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="VIDEO|EMBEDDING...")
@server_option
def delete(names: Sequence[str], server: str) -> None:
    """Remove videos with all that was made of them, or embeddings alone. Asks nothing.

    \b
      sage delete videos/01hx3k videos/01hx3m
      sage delete embeddings/01hx3p
    """
    for name in names:
        if not is_resource(name):
            raise click.UsageError(f"{name} names no video and no embedding: videos/ID does.")

    async def remove(sage: SageClient, name: str) -> None:
        if name.startswith("embeddings/"):
            await sage.embed.DeleteEmbedding(
                DeleteEmbeddingRequest(name=name), metadata=sage.metadata, timeout=SHORT
            )
        else:
            await sage.ingest.DeleteVideo(
                DeleteVideoRequest(name=name), metadata=sage.metadata, timeout=SHORT
            )

    async def work(sage: SageClient) -> None:
        await together(remove(sage, name) for name in dict.fromkeys(names))

    call(server, work)
    for name in dict.fromkeys(names):
        click.echo(f"{name}\tdeleted")


@click.command()
@click.argument("video", metavar=_FILE_OR_VIDEO)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="Write the JPEG to this file.",
)
@click.option("--count", type=click.IntRange(1, 240), default=60, show_default=True)
@click.option(
    "--height",
    type=click.IntRange(1, 180),
    default=54,
    show_default=True,
    help="Of each picture, in pixels.",
)
@json_option
@server_option
def filmstrip(
    video: str, output: Path, count: int, height: int, as_json: bool, server: str
) -> None:
    """Write pictures of a video side by side, and print when each is shown.

    \b
      sage filmstrip cut.mov -o cut.jpg --count 20 --height 120
    """

    async def work(sage: SageClient) -> Filmstrip:
        name = await _video(sage, video)
        request = GetFilmstripRequest(name=name, count=count, tile_height=height)
        return await sage.ingest.GetFilmstrip(request, metadata=sage.metadata, timeout=LONG)

    check_files([video])
    found = call(server, work)
    write_bytes(output, found.jpeg)
    if as_json:
        # The picture is in the file.
        found.ClearField("jpeg")
        echo_json(found)
        return
    for seconds in found.times:
        click.echo(timecode(seconds))


@click.command()
@click.argument("video", metavar=_FILE_OR_VIDEO)
@click.option("--count", type=click.IntRange(1, 4000), default=72, show_default=True)
@json_option
@server_option
def waveform(video: str, count: int, as_json: bool, server: str) -> None:
    """Show how loud a video is: the peak of each stretch of its sound.

    \b
      sage waveform cut.mov
      sage waveform cut.mov --count 600 --json
    """

    async def work(sage: SageClient) -> Waveform:
        request = GetWaveformRequest(name=await _video(sage, video), count=count)
        return await sage.ingest.GetWaveform(request, metadata=sage.metadata, timeout=LONG)

    check_files([video])
    found = call(server, work)
    if as_json:
        echo_json(found)
        return
    click.echo("".join(_BARS[min(round(peak * 8), 8)] for peak in found.peaks))
    click.echo(f"{found.step_seconds:.3f} s each", err=True)


@click.command("playback-url")
@click.argument("video", metavar=_FILE_OR_VIDEO)
@json_option
@server_option
def playback_url(video: str, as_json: bool, server: str) -> None:
    """Print a URL that plays a video, for anybody who has it, until it expires.

    \b
      mpv "$(sage playback-url videos/01hx3k)"
    """

    async def work(sage: SageClient) -> PlaybackUrl:
        request = GetPlaybackUrlRequest(name=await _video(sage, video))
        return await sage.ingest.GetPlaybackUrl(request, metadata=sage.metadata, timeout=SHORT)

    check_files([video])
    found = call(server, work)
    if as_json:
        echo_json(found)
    else:
        click.echo(found.url)


async def _video(sage: SageClient, name: str) -> str:
    """The name of a video on the server; a file is uploaded unless it is there."""
    if is_resource(name, "videos/"):
        return name
    with reporter() as progress:
        ((video, _),) = await ensure_videos(sage, [name], progress)
        return video.name
