"""What can be had of one video: `sage filmstrip`, `still`, `waveform`, `playback-url`, `proxy`"""

from __future__ import annotations

from pathlib import Path

import click

from sage.ingest.v1.ingest_pb2 import (
    Filmstrip,
    GetFilmstripRequest,
    GetPlaybackUrlRequest,
    GetStillsRequest,
    GetWaveformRequest,
    PlaybackUrl,
    Stills,
    Waveform,
)
from sage.ingest.v1.proxy_pb2 import (
    CreateProxyRequest,
    GetProxyRequest,
    PlaybackSource,
    Proxy,
)
from sage_cli.client import LONG, SHORT, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.output import echo_json, json_option, write_bytes
from sage_cli.inputs import check_files, ensure_videos, is_resource
from sage_cli.progress import reporter
from sage_cli.report import timecode
from sage_cli.times import seconds_of

_BARS = " ▁▂▃▄▅▆▇█"
_FILE_OR_VIDEO = "FILE|VIDEO"


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
@click.argument("time", type=seconds_of)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="Write the picture, a JPEG, to this file.",
)
@click.option("--height", type=click.IntRange(16, 360), default=360, show_default=True)
@json_option
@server_option
def still(video: str, time: float, output: Path, height: int, as_json: bool, server: str) -> None:
    """Write the picture of a video that is shown at a time.

    \b
      sage still cut.mov 1:02.5 -o frame.jpg
    """

    async def work(sage: SageClient) -> Stills:
        request = GetStillsRequest(name=await _video(sage, video), times=[time], height=height)
        return await sage.ingest.GetStills(request, metadata=sage.metadata, timeout=LONG)

    check_files([video])
    (found,) = call(server, work).stills
    write_bytes(output, found.jpeg)
    if as_json:
        # The picture is in the file.
        found.ClearField("jpeg")
        echo_json(found)
    else:
        click.echo(timecode(found.time))


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
@click.option(
    "--source",
    type=click.Choice(("original", "proxy")),
    help="Which of its files; by default the copy that every browser plays, when there is one.",
)
@json_option
@server_option
def playback_url(video: str, source: str | None, as_json: bool, server: str) -> None:
    """Print a URL that plays a video, for anybody who has it, until it expires.

    \b
      mpv "$(sage playback-url videos/01hx3k)"
    """

    async def work(sage: SageClient) -> PlaybackUrl:
        request = GetPlaybackUrlRequest(name=await _video(sage, video))
        if source is not None:
            request.source = PlaybackSource.Value(f"PLAYBACK_SOURCE_{source.upper()}")
        return await sage.ingest.GetPlaybackUrl(request, metadata=sage.metadata, timeout=SHORT)

    check_files([video])
    found = call(server, work)
    if as_json:
        echo_json(found)
    else:
        click.echo(found.url)


@click.command()
@click.argument("video", metavar=_FILE_OR_VIDEO)
@click.option("--make", is_flag=True, help="Have one made, or made again when that had failed.")
@json_option
@server_option
def proxy(video: str, make: bool, as_json: bool, server: str) -> None:
    """Say whether there is a copy of a video that every browser plays.

    \b
      sage proxy videos/01hx3k
      sage proxy videos/01hx3k --make
    """

    async def work(sage: SageClient) -> Proxy:
        name = await _video(sage, video)
        if make:
            return await sage.ingest.CreateProxy(
                CreateProxyRequest(video=name), metadata=sage.metadata, timeout=SHORT
            )
        return await sage.ingest.GetProxy(
            GetProxyRequest(name=f"{name}/proxy"), metadata=sage.metadata, timeout=SHORT
        )

    check_files([video])
    found = call(server, work)
    if as_json:
        echo_json(found)
        return
    state = Proxy.State.Name(found.state).removeprefix("STATE_").lower().replace("_", " ")
    done = f"{found.progress:.0%}" if found.state == Proxy.STATE_RUNNING else ""
    click.echo("\t".join([found.name, state, done or found.failure_message]).rstrip())


async def _video(sage: SageClient, name: str) -> str:
    """The name of a video on the server; a file is uploaded unless it is there."""
    if is_resource(name, "videos/"):
        return name
    with reporter() as progress:
        ((video, _),) = await ensure_videos(sage, [name], progress)
        return video.name
