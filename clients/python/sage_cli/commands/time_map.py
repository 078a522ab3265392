"""`sage map-times` and `sage time-map`"""

from __future__ import annotations

import json
from typing import Any

import click
from google.protobuf.json_format import MessageToDict

from sage.compare.v1.compare_pb2 import ComparisonOptions, GetTimeMapRequest, MapTimesRequest
from sage.compare.v1.time_map_pb2 import MappedTime, MapTimesResponse, TimeMap, TimeMapPiece
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, engine_option, server_option
from sage_cli.commands.carry import FOLLOWED, from_option, to_option
from sage_cli.commands.output import echo_json, json_option
from sage_cli.inputs import check_files, ensure_embedded
from sage_cli.progress import reporter
from sage_cli.report import timecode
from sage_cli.tables import new_table, print_table
from sage_cli.times import seconds_of


@click.command("map-times")
@click.argument("times", nargs=-1, required=True, type=seconds_of, metavar="TIME...")
@from_option
@to_option
@click.option(
    "--by",
    type=click.Choice(tuple(FOLLOWED)),
    default="picture",
    show_default=True,
    help="Follow the picture or the sound.",
)
@json_option
@engine_option
@server_option
def map_times(
    times: tuple[float, ...],
    made_for: str,
    other: str,
    by: str,
    as_json: bool,
    engine: str,
    server: str,
) -> None:
    """Say where times of one version are in another.

    Each TIME is seconds, or [h:]mm:ss[.mmm]. A and B are files, or names of videos that are on the
    server (videos/ID).

    \b
      sage map-times 1:02.5 90 --from first-cut.mov --to second-cut.mov
    """
    check_files([made_for, other])
    request = MapTimesRequest(
        options=ComparisonOptions(engine=engine), times=times, modality=FOLLOWED[by]
    )
    answer = call(server, lambda sage: _map_times(sage, request, made_for, other))
    found = list(zip(times, answer.times, strict=True))
    if as_json:
        listed = [{"time": time, **_mapped(each)} for time, each in found]
        click.echo(json.dumps({"by": by, "times": listed}, indent=2))
        return
    for time, each in found:
        click.echo(f"{timecode(time)}  {_told(each)}")


async def _map_times(
    sage: SageClient, request: MapTimesRequest, made_for: str, other: str
) -> MapTimesResponse:
    with reporter() as progress:
        first, second = await ensure_embedded(
            sage, [made_for, other], request.options.engine, progress
        )
        request.a, request.b = first.embedding, second.embedding
        answer: MapTimesResponse = await sage.compare.MapTimes(
            request, metadata=sage.metadata, timeout=LONG
        )
    return answer


def _mapped(found: MappedTime) -> dict[str, Any]:
    return {**MessageToDict(found), "outcome": _outcome(found)}


def _told(found: MappedTime) -> str:
    match found.outcome:
        case MappedTime.OUTCOME_MAPPED:
            return timecode(found.place)
        case MappedTime.OUTCOME_AMBIGUOUS:
            if not (found.HasField("before") and found.HasField("after")):
                return f"{timecode(found.place)}  a guess: it may be gone, or elsewhere"
            span = f"between {timecode(found.before)} and {timecode(found.after)}"
            return f"{timecode(found.place)}  a guess, {span}"
        case MappedTime.OUTCOME_DELETED:
            around = [timecode(found.before)] if found.HasField("before") else ["the start"]
            around.append(timecode(found.after) if found.HasField("after") else "the end")
            return f"cut away; around it {around[0]} and {around[1]}"
        case _:
            return "outside of the video"


def _outcome(found: MappedTime) -> str:
    return MappedTime.Outcome.Name(found.outcome).removeprefix("OUTCOME_").lower()


@click.command("time-map")
@click.argument("a")
@click.argument("b")
@json_option
@engine_option
@server_option
def time_map(a: str, b: str, as_json: bool, engine: str, server: str) -> None:
    """Print the pieces by which times go over from A to B, of the picture and of the sound.

    A and B are files, or names of videos that are on the server (videos/ID). A piece of one side
    only has its place in the other one. `?` is beside what is not certain.

    \b
      sage time-map first-cut.mov second-cut.mov --json
    """
    check_files([a, b])
    request = GetTimeMapRequest(options=ComparisonOptions(engine=engine))
    found = call(server, lambda sage: _time_map(sage, request, a, b))
    if as_json:
        echo_json(found)
        return
    for each in found.modalities:
        table = new_table("Kind", "A", "B", "Rate", "")
        table.title = "sound" if each.modality == Modality.MODALITY_AUDIO else "picture"
        for piece in each.pieces:
            table.add_row(
                _kind(piece),
                f"{timecode(piece.a_start)} - {timecode(piece.a_end)}",
                f"{timecode(piece.b_start)} - {timecode(piece.b_end)}",
                f"{piece.rate:.4g}" if piece.rate else "",
                "" if piece.certain else "?",
            )
        print_table(table)


async def _time_map(sage: SageClient, request: GetTimeMapRequest, a: str, b: str) -> TimeMap:
    with reporter() as progress:
        first, second = await ensure_embedded(sage, [a, b], request.options.engine, progress)
        request.a, request.b = first.embedding, second.embedding
        answer: TimeMap = await sage.compare.GetTimeMap(
            request, metadata=sage.metadata, timeout=LONG
        )
    return answer


def _kind(piece: TimeMapPiece) -> str:
    return TimeMapPiece.Kind.Name(piece.kind).removeprefix("KIND_").lower()
