"""`sage compare`"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import click
from google.protobuf.duration_pb2 import Duration
from rich.console import Console

from sage.compare.v1.compare_pb2 import (
    AlignmentMode,
    CompareVideosRequest,
    Comparison,
    ComparisonOptions,
    ExportComparisonRequest,
    Metric,
)
from sage.compare.v1.technical_pb2 import TechnicalDifferences
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, engine_option, server_option
from sage_cli.commands.technical import as_values, technical_differences
from sage_cli.failures import DIFFERENCES, NO_DIFFERENCES, Failure
from sage_cli.formats import FORMATS, export_format
from sage_cli.inputs import Embedded, check_files, ensure_embedded
from sage_cli.progress import reporter
from sage_cli.report import differs, write_report
from sage_cli.technical_report import write_differences

_ALIGNMENTS = ("sequence", "index", "time")
_METRICS = ("cosine", "euclidean")
_MODALITIES = ("visual", "audio")
_FORMATS = ("text", *FORMATS)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """file: the exported file; None for text, which is written here. technical: what differs in
    the files themselves, None when that was not asked for."""

    comparison: Comparison
    a: Embedded
    b: Embedded
    file: bytes | None
    technical: TechnicalDifferences | None


@click.command()
@click.argument("a")
@click.argument("b")
@engine_option
@click.option(
    "--alignment",
    type=click.Choice(_ALIGNMENTS),
    default="sequence",
    show_default=True,
    help="How times are matched: by content, by segment number, or by time.",
)
@click.option(
    "--offset",
    type=float,
    default=0.0,
    metavar="SECONDS",
    help="With --alignment time: the time of B that belongs to the start of A.",
)
@click.option("--metric", type=click.Choice(_METRICS), default="cosine", show_default=True)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 2),
    default=None,
    help="From which distance on a pair is different; 0.1 by default, which is 0.447 as a "
    "Euclidean distance.",
)
@click.option("--modality", type=click.Choice(_MODALITIES), default=None, help="Compare only this.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    metavar="FORMAT",
    help=f"One of {', '.join(_FORMATS)}. `sage export` writes the same with time codes of your "
    "own.",
)
@click.option(
    "--technical",
    is_flag=True,
    help="Say as well what differs in the files themselves: codecs, colour, tracks, loudness, "
    "subtitles. With --format text or json; it does not change the exit status.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to this file instead of standard output.",
)
@server_option
def compare(
    a: str,
    b: str,
    engine: str,
    alignment: str,
    offset: float,
    metric: str,
    threshold: float | None,
    modality: str | None,
    file_format: str,
    technical: bool,
    output: Path | None,
    server: str,
) -> None:
    """Say where two versions of a video differ.

    A is the earlier version, B the later one: files, or names of videos that are on the server
    (videos/ID). Files are uploaded and embedded unless the server has them already.

    Exit status: 0 when there are no differences, 1 when there are, 2 in case of trouble, 130 when
    interrupted.
    """
    if offset and alignment != "time":
        raise click.UsageError("--offset needs --alignment time.")
    if technical and file_format not in ("text", "json"):
        raise click.UsageError("--technical needs --format text or json.")
    if output is not None and not output.absolute().parent.is_dir():
        raise Failure(f"{output}: there is no such folder.")
    options = ComparisonOptions(
        engine=engine,
        alignment=AlignmentMode.Value(f"ALIGNMENT_MODE_{alignment.upper()}"),
        metric=Metric.Value(f"METRIC_{metric.upper()}"),
        threshold=threshold,
    )
    if alignment == "time":
        options.offset.CopyFrom(_duration(offset))
    if modality is not None:
        options.modality = Modality.Value(f"MODALITY_{modality.upper()}")
    check_files([a, b])
    answer = call(server, lambda sage: _compare(sage, a, b, options, file_format, technical))
    _write(answer, output)
    raise click.exceptions.Exit(DIFFERENCES if differs(answer.comparison) else NO_DIFFERENCES)


async def _compare(
    sage: SageClient,
    a: str,
    b: str,
    options: ComparisonOptions,
    file_format: str,
    technical: bool,
) -> _Answer:
    with reporter() as progress:
        first, second = await ensure_embedded(sage, [a, b], options.engine, progress)
        progress.line("comparison").update("comparing")
        request = CompareVideosRequest(a=first.embedding, b=second.embedding, options=options)
        comparison = await _stream(sage, request)
        file = None
        if file_format != "text":
            file = await _export(sage, request, first, second, file_format)
        found = None
        if technical:
            progress.line("files").update("reading")
            found = await technical_differences(sage, request.a, request.b)
            file = _with_technical(file, found)
    return _Answer(comparison=comparison, a=first, b=second, file=file, technical=found)


def _with_technical(file: bytes | None, found: TechnicalDifferences) -> bytes | None:
    """The exported JSON with the technical differences in it."""
    if file is None:
        return None
    values = {**json.loads(file), "technical": as_values(found)}
    return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


async def _stream(sage: SageClient, request: CompareVideosRequest) -> Comparison:
    comparison = Comparison()
    async for message in sage.compare.CompareVideos(request, metadata=sage.metadata, timeout=LONG):
        match message.WhichOneof("payload"):
            case "header":
                comparison.header.CopyFrom(message.header)
            case "distances":
                comparison.distances.append(message.distances)
            case "look":
                comparison.looks.append(message.look)
            case "region":
                comparison.regions.append(message.region)
            case "summary":
                comparison.summary.CopyFrom(message.summary)
    return comparison


async def _export(
    sage: SageClient, request: CompareVideosRequest, a: Embedded, b: Embedded, file_format: str
) -> bytes:
    body = await sage.compare.ExportComparison(
        ExportComparisonRequest(
            a=request.a,
            b=request.b,
            options=request.options,
            format=export_format(file_format),
            a_display_name=a.label,
            b_display_name=b.label,
        ),
        metadata=sage.metadata,
        timeout=LONG,
    )
    return bytes(body.data)


def _write(answer: _Answer, output: Path | None) -> None:
    try:
        if answer.file is not None:
            if output is None:
                click.echo(answer.file, nl=False)
            else:
                output.write_bytes(answer.file)
        elif output is None:
            _write_text(Console(), answer)
        else:
            with output.open("w", encoding="utf-8") as file:
                _write_text(Console(file=file), answer)
    except OSError as error:
        raise Failure(f"{output or 'standard output'}: {error.strerror}.") from None


def _write_text(console: Console, answer: _Answer) -> None:
    write_report(console, answer.comparison, answer.a.label, answer.b.label)
    if answer.technical is not None:
        console.print()
        write_differences(console, answer.technical)


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration
