"""`sage compare`"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from sage.compare.v1.compare_pb2 import (
    CompareVideosRequest,
    Comparison,
    ComparisonOptions,
    ExportComparisonRequest,
)
from sage.compare.v1.technical_pb2 import TechnicalDifferences
from sage.ingest.v1.technical_pb2 import (
    TECHNICAL_FACTS_VIEW_BASIC,
    TECHNICAL_FACTS_VIEW_FULL,
)
from sage_cli.batch.running import Compared
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.batch import BatchOptions, batch_options, compare_batch
from sage_cli.commands.comparing_options import comparing_options
from sage_cli.commands.output import as_values, json_format
from sage_cli.commands.technical import technical_differences
from sage_cli.comparing import stream_comparison
from sage_cli.failures import DIFFERENCES, NO_DIFFERENCES, Failure
from sage_cli.formats import FORMATS, export_format
from sage_cli.inputs import Embedded, check_files, ensure_embedded
from sage_cli.progress import reporter
from sage_cli.report import differs, verdict, write_report
from sage_cli.technical_report import write_differences

_FORMATS = ("text", *FORMATS)
# Of the files of a batch; other formats are called as they are.
_SUFFIXES = {"text": "txt"}
# Differences that are shown with pictures, in formats with room for them.
_THUMBNAILS = 30


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
@click.argument("a", required=False)
@click.argument("b", required=False)
@comparing_options()
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
@json_format
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
    help="Write to this file instead of standard output; of several pairs, the summary.",
)
@batch_options
@server_option
def compare(
    a: str | None,
    b: str | None,
    options: ComparisonOptions,
    file_format: str,
    technical: bool,
    output: Path | None,
    batch: BatchOptions | None,
    server: str,
) -> None:
    """Say where two versions of a video differ.

    A is the earlier version, B the later one: files, or names of videos that are on the server
    (videos/ID). Files are uploaded and embedded unless the server has them already.

    Many pairs: --batch, or --batch-folders. The answer of each pair is written to the folder
    --results as soon as it is there, and the summary is printed at the end. When the same command
    is run again, pairs whose files are unchanged are not compared again.

    \b
      sage compare first-cut.mov second-cut.mov
      sage compare A.mov B.mov --format html -o differences.html
      sage compare --batch pairs.csv --format json --results answers
      sage compare --batch-folders last-week this-week --summary csv -o summary.csv

    Exit status: 0 when there are no differences, 1 when there are, 2 in case of trouble, 3
    when the server cannot answer now, 130 when interrupted. Of several pairs, the highest.
    """
    if technical and file_format not in ("text", "json", "html"):
        raise click.UsageError("--technical needs --format text, json or html.")
    if output is not None and not output.absolute().parent.is_dir():
        raise Failure(f"{output}: there is no such folder.")
    if batch is not None:
        if a is not None:
            raise click.UsageError("A and B come from the batch; name no others.")
        settings = {
            "options": options.SerializeToString(deterministic=True).hex(),
            "format": file_format,
            "technical": technical,
            "server": server,
        }

        async def compare_pair(sage: SageClient, a: str, b: str) -> Compared:
            return _compared(await _compare(sage, a, b, options, file_format, technical))

        suffix = f".{_SUFFIXES.get(file_format, file_format)}"
        exit_code = compare_batch(server, batch, suffix, settings, compare_pair, output)
        raise click.exceptions.Exit(exit_code)
    if a is None or b is None:
        raise click.UsageError("Name A and B, or several pairs by --batch or --batch-folders.")
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
        comparison = await stream_comparison(sage, request)
        file = None
        if file_format != "text":
            file = await _export(sage, request, first, second, file_format, technical)
        found = None
        if technical and file_format != "html":
            progress.line("files").update("reading")
            found = await technical_differences(sage, request.a, request.b)
            file = _with_technical(file, found)
    return _Answer(comparison=comparison, a=first, b=second, file=file, technical=found)


def _compared(answer: _Answer) -> Compared:
    """As batches want it."""
    summary = answer.comparison.summary
    text = io.StringIO()
    if answer.file is None:
        _write_text(Console(file=text), answer)
    told = summary.HasField("similarity_percent")
    differ = differs(answer.comparison)
    return Compared(
        answer=text.getvalue().encode() if answer.file is None else answer.file,
        status="different" if differ else "same",
        exit_code=DIFFERENCES if differ else NO_DIFFERENCES,
        verdict=verdict(answer.comparison),
        similarity_percent=summary.similarity_percent if told else None,
        differences=summary.difference_count,
    )


def _with_technical(file: bytes | None, found: TechnicalDifferences) -> bytes | None:
    """The exported JSON with the technical differences in it."""
    if file is None:
        return None
    values = {**json.loads(file), "technical": as_values(found)}
    return json.dumps(values, indent=2, ensure_ascii=False).encode() + b"\n"


async def _export(
    sage: SageClient,
    request: CompareVideosRequest,
    a: Embedded,
    b: Embedded,
    file_format: str,
    technical: bool,
) -> bytes:
    """technical: whether the page's table of the files is to be whole."""
    view = TECHNICAL_FACTS_VIEW_FULL if technical else TECHNICAL_FACTS_VIEW_BASIC
    export = ExportComparisonRequest(
        a=request.a,
        b=request.b,
        options=request.options,
        format=export_format(file_format),
        a_display_name=a.label,
        b_display_name=b.label,
        technical_view=view,
        thumbnails=_THUMBNAILS,
    )
    body = await sage.outage.wait_out(
        lambda: sage.compare.ExportComparison(export, metadata=sage.metadata, timeout=LONG)
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
