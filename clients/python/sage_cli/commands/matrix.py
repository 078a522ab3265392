"""`sage matrix`"""

from __future__ import annotations

from pathlib import Path

import click

from sage.compare.v1.compare_pb2 import GetSimilarityMatrixRequest, Pooling, SimilarityMatrix
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.client import LONG, SageClient
from sage_cli.commands import call, engine_option, server_option
from sage_cli.commands.output import echo_json, json_option, write_bytes
from sage_cli.inputs import check_files, ensure_embedded
from sage_cli.progress import reporter

_MOST = click.IntRange(1, 1024)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a picture (PGM): A downwards, B to the right, the more alike the brighter.",
)
@click.option("--rows", type=_MOST, default=256, show_default=True, help="Of A, at most.")
@click.option("--columns", type=_MOST, default=256, show_default=True, help="Of B, at most.")
@click.option(
    "--pooling",
    type=click.Choice(("max", "mean")),
    default="max",
    show_default=True,
    help="How a cell stands for the pairs in it.",
)
@click.option(
    "--modality", type=click.Choice(("visual", "audio")), default="visual", show_default=True
)
@engine_option
@json_option
@server_option
def matrix(
    a: str,
    b: str,
    output: Path | None,
    rows: int,
    columns: int,
    pooling: str,
    modality: str,
    engine: str,
    as_json: bool,
    server: str,
) -> None:
    """Show how similar every part of A is to every part of B, for a heat map.

    What is the same in both is a bright diagonal; where it breaks off or is shifted, something was
    cut, inserted or moved.

    \b
      sage matrix A.mov B.mov -o heat.pgm
      sage matrix A.mov B.mov --rows 64 --columns 64 --json
    """
    if output is None and not as_json:
        raise click.UsageError("Name a file with -o, or ask for --json.")
    check_files([a, b])
    request = GetSimilarityMatrixRequest(
        engine=engine,
        modality=Modality.Value(f"MODALITY_{modality.upper()}"),
        max_rows=rows,
        max_columns=columns,
        pooling=Pooling.Value(f"POOLING_{pooling.upper()}"),
    )

    async def work(sage: SageClient) -> SimilarityMatrix:
        with reporter() as progress:
            first, second = await ensure_embedded(sage, [a, b], engine, progress)
            progress.line("matrix").update("comparing")
            request.a, request.b = first.embedding, second.embedding
            return await sage.compare.GetSimilarityMatrix(
                request, metadata=sage.metadata, timeout=LONG
            )

    found = call(server, work)
    if output is not None:
        write_bytes(output, b"P5 %d %d 255\n" % (found.columns, found.rows) + found.values)
    if as_json:
        echo_json(found)
