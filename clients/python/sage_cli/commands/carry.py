"""`sage carry`"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from buf.validate import validate_pb2
from sage.compare.v1.carry_over_pb2 import CarryOverResponse
from sage.compare.v1.compare_pb2 import (
    CarryOverFileRequest,
    CarryOverRequest,
    CarryOverSpec,
    ComparisonOptions,
)
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.carry_report import fate_name, needs_a_look, write_carry_report
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, engine_option, server_option
from sage_cli.commands.output import json_option
from sage_cli.failures import DIFFERENCES, NO_DIFFERENCES, Failure
from sage_cli.inputs import check_files, ensure_embedded, label_of
from sage_cli.progress import reporter
from sage_cli.times import seconds_of
from sage_cli.uploading import require_file

FOLLOWED = {"picture": Modality.MODALITY_VISUAL, "sound": Modality.MODALITY_AUDIO}
_CHUNK_BYTES = 1024 * 1024
_MOST_BYTES: int = (
    CarryOverFileRequest.DESCRIPTOR.fields_by_name["content"]
    .GetOptions()
    .Extensions[validate_pb2.field]
    .bytes.max_len
)

from_option = click.option(
    "--from", "made_for", required=True, metavar="A", help="The version that it was made for."
)
to_option = click.option("--to", "other", required=True, metavar="B", help="The other version.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@from_option
@to_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to this file; without it, beside FILE, with the other version in its name.",
)
@click.option(
    "--by",
    type=click.Choice(tuple(FOLLOWED)),
    default=None,
    help="Follow the picture or the sound; by default what suits the kind of file.",
)
@click.option(
    "--frame-rate",
    type=click.FloatRange(0, 240),
    default=None,
    help="Frames a second, for files that count them; the video's own by default.",
)
@click.option(
    "--start-timecode",
    type=seconds_of,
    default=None,
    metavar="TIME",
    help="The time code of A's first frame, such as 10:00:00; by default that of its file, where "
    "the times of FILE fit it.",
)
@click.option(
    "--start-timecode-to",
    type=seconds_of,
    default=None,
    metavar="TIME",
    help="The time code of B's first frame; by default that of its file, where the times of FILE "
    "are time codes.",
)
@json_option
@engine_option
@server_option
def carry(
    file: Path,
    made_for: str,
    other: str,
    output: Path | None,
    by: str | None,
    frame_rate: float | None,
    start_timecode: float | None,
    start_timecode_to: float | None,
    as_json: bool,
    engine: str,
    server: str,
) -> None:
    """Carry subtitles, markers, chapters or an edit list over to another cut.

    FILE was made for the version A; what comes out fits B. A and B are files, or names of videos
    that are on the server (videos/ID).

    \b
      sage carry film.srt --from first-cut.mov --to second-cut.mov
      sage carry markers.edl --from A.mov --to B.mov -o new-markers.edl

    Exit status: 0 when all of it is there, 1 when something is lost or should be looked at, 2 in
    case of trouble, 3 when the server cannot answer now, 130 when interrupted.
    """
    require_file(file)
    if file.stat().st_size > _MOST_BYTES:
        raise Failure(f"{file}: larger than {_MOST_BYTES // 1024**2} MiB.")
    target = output or _beside(file, other)
    if output is None and target.exists():
        raise Failure(f"{target}: exists already. Say with -o where to write.")
    if not target.absolute().parent.is_dir():
        raise Failure(f"{target}: there is no such folder.")
    check_files([made_for, other])
    spec = CarryOverSpec(
        file_name=file.name,
        options=ComparisonOptions(engine=engine),
        modality=FOLLOWED[by] if by else Modality.MODALITY_UNSPECIFIED,
        frame_rate=frame_rate or 0.0,
        start_timecode=start_timecode,
        other_start_timecode=start_timecode_to,
    )
    answer = call(server, lambda sage: _carry(sage, spec, file, made_for, other))
    _write(target, answer.content)
    if as_json:
        click.echo(json.dumps(_as_object(answer, target), indent=2, ensure_ascii=False))
    else:
        write_carry_report(Console(), answer, target)
    raise click.exceptions.Exit(DIFFERENCES if needs_a_look(answer) else NO_DIFFERENCES)


async def _carry(
    sage: SageClient, spec: CarryOverSpec, file: Path, made_for: str, other: str
) -> CarryOverResponse:
    with reporter() as progress:
        first, second = await ensure_embedded(
            sage, [made_for, other], spec.options.engine, progress
        )
        progress.line("file").update("carrying over")
        spec.a, spec.b = first.embedding, second.embedding
        answer: CarryOverResponse = await sage.compare.CarryOver(
            _messages(spec, file.read_bytes()), metadata=sage.metadata, timeout=LONG
        )
    return answer


async def _messages(spec: CarryOverSpec, content: bytes) -> AsyncIterator[CarryOverRequest]:
    yield CarryOverRequest(spec=spec)
    for start in range(0, len(content), _CHUNK_BYTES):
        yield CarryOverRequest(chunk=content[start : start + _CHUNK_BYTES])


def _beside(file: Path, other: str) -> Path:
    return file.with_name(f"{file.stem}.{Path(label_of(other)).stem}{file.suffix}")


def _write(target: Path, content: bytes) -> None:
    """All of the file or nothing."""
    beside: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=target.absolute().parent, delete=False) as file:
            beside = Path(file.name)
            file.write(content)
        beside.chmod(0o666 & ~_umask())
        beside.replace(target)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise Failure(f"{target}: {error.strerror}.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _as_object(answer: CarryOverResponse, target: Path) -> dict[str, Any]:
    return {
        "file": str(target),
        "by": "sound" if answer.modality == Modality.MODALITY_AUDIO else "picture",
        "totals": {fate_name(each.fate): each.count for each in answer.totals},
        "items": [
            {
                "fate": fate_name(item.fate),
                "location": item.location,
                "text": item.text,
                "start": item.start,
                "end": item.end if item.HasField("end") else None,
                "places": [
                    {"start": each.start, "end": each.end if each.HasField("end") else None}
                    for each in item.places
                ],
                "remark": item.remark,
            }
            for item in answer.items
        ],
        "notes": list(answer.notes),
    }
