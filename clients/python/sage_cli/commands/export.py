"""`sage export`"""

from __future__ import annotations

import re
from pathlib import Path

import click
from google.api.httpbody_pb2 import HttpBody

from sage.compare.v1.compare_pb2 import (
    LENGTH_UNIT_FEET_AND_FRAMES,
    ComparisonOptions,
    ExportComparisonRequest,
    TimecodeCounting,
)
from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_BASIC,
    TECHNICAL_FACTS_VIEW_FULL,
)
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, engine_option, server_option
from sage_cli.failures import Failure
from sage_cli.formats import FORMATS, export_format
from sage_cli.inputs import check_files, ensure_embedded
from sage_cli.progress import reporter

_NAME = re.compile(r'name="([A-Za-z0-9._-]+)"')
_COUNTING = ("drop-frame", "non-drop-frame")
_MAX_HEAL_FRAMES = 1000
_MAX_THUMBNAILS, _THUMBNAILS = 100, 30


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    required=True,
    metavar="FORMAT",
    help=f"One of {', '.join(FORMATS)}.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to this file; by default to one in this folder that is named after both.",
)
@click.option(
    "--start-a",
    default="",
    metavar="TIMECODE",
    help="Time code of A's first frame; by default that of its file.",
)
@click.option(
    "--start-b",
    default="",
    metavar="TIMECODE",
    help="Time code of B's first frame; by default that of its file.",
)
@click.option("--counting", type=click.Choice(_COUNTING), help="How 29.97 and 59.94 are counted.")
@click.option(
    "--frame-rate",
    type=click.FloatRange(0, 240),
    default=0.0,
    help="Frames a second of both; by default what each video has.",
)
@click.option(
    "--heal",
    type=click.IntRange(0, _MAX_HEAL_FRAMES),
    default=None,
    metavar="FRAMES",
    help="Change notes: up to how long an unchanged gap between two changes is told as a part of "
    "them; 2 by default.",
)
@click.option("--feet", is_flag=True, help="Change notes: lengths in feet of 35 mm film.")
@click.option(
    "--thumbnails",
    type=click.IntRange(0, _MAX_THUMBNAILS),
    default=_THUMBNAILS,
    show_default=True,
    metavar="COUNT",
    help="html and change-list-xlsx: so many differences, the longest ones, have pictures.",
)
@click.option(
    "--technical",
    is_flag=True,
    help="html: read all of the files, for loudness and texts of subtitles as well.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 2),
    default=None,
    help="From which distance on a pair is different; 0.1 by default.",
)
@engine_option
@server_option
def export(
    a: str,
    b: str,
    file_format: str,
    output: Path | None,
    start_a: str,
    start_b: str,
    counting: str | None,
    frame_rate: float,
    heal: int | None,
    feet: bool,
    thumbnails: int,
    technical: bool,
    threshold: float | None,
    engine: str,
    server: str,
) -> None:
    """Write the differences of two versions for an editing program or a person.

    A is the earlier version, B the later one: files, or names of videos that are on the server
    (videos/ID). Files are uploaded and embedded unless the server has them already.

    \b
      sage export first-cut.mov second-cut.mov --format change-edl-picture
      sage export A.mov B.mov --format change-notes --start-b 01:00:00:00 -o notes.txt
    """
    if output is not None and not output.absolute().parent.is_dir():
        raise Failure(f"{output}: there is no such folder.")
    check_files([a, b])
    request = ExportComparisonRequest(
        options=ComparisonOptions(engine=engine, threshold=threshold),
        format=export_format(file_format),
        frame_rate=frame_rate,
        a_start_timecode=start_a,
        b_start_timecode=start_b,
        heal_frames=heal,
        thumbnails=thumbnails,
        technical_view=TECHNICAL_FACTS_VIEW_FULL if technical else TECHNICAL_FACTS_VIEW_BASIC,
    )
    if counting is not None:
        name = counting.upper().replace("-", "_")
        request.timecode_counting = TimecodeCounting.Value(f"TIMECODE_COUNTING_{name}")
    if feet:
        request.length_unit = LENGTH_UNIT_FEET_AND_FRAMES
    body = call(server, lambda sage: _export(sage, a, b, request))
    named = _NAME.search(body.content_type)
    path = output or Path(named[1] if named else f"comparison.{file_format}")
    try:
        path.write_bytes(body.data)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}.") from None
    click.echo(path)
    if body.content_type.startswith("application/zip") and path.suffix != ".zip":
        click.echo(f"{path} is a ZIP: one list cannot hold all events.", err=True)


async def _export(sage: SageClient, a: str, b: str, request: ExportComparisonRequest) -> HttpBody:
    with reporter() as progress:
        first, second = await ensure_embedded(sage, [a, b], request.options.engine, progress)
        progress.line("comparison").update("comparing")
        request.a, request.b = first.embedding, second.embedding
        request.a_display_name, request.b_display_name = first.label, second.label
        body: HttpBody = await sage.compare.ExportComparison(
            request, metadata=sage.metadata, timeout=LONG
        )
        return body
