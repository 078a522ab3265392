"""The options of commands that compare: how to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from google.protobuf.duration_pb2 import Duration

from sage.compare.v1.compare_pb2 import AlignmentMode, ComparisonOptions, Metric
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.commands import engine_option

_ALIGNMENTS = ("sequence", "index", "time")
_METRICS = ("cosine", "euclidean")
_MODALITIES = ("visual", "audio")

_OPTIONS = (
    engine_option,
    click.option(
        "--alignment",
        type=click.Choice(_ALIGNMENTS),
        default="sequence",
        show_default=True,
        help="How times are matched: by content, by segment number, or by time.",
    ),
    click.option(
        "--offset",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="With --alignment time: the time of B that belongs to the start of A.",
    ),
    click.option("--metric", type=click.Choice(_METRICS), default="cosine", show_default=True),
    click.option(
        "--threshold",
        type=click.FloatRange(0, 2),
        default=None,
        help="From which distance on a pair is different; 0.1 by default, which is 0.447 as a "
        "Euclidean distance.",
    ),
    click.option(
        "--min-region",
        type=click.FloatRange(0),
        default=None,
        metavar="SECONDS",
        help="Differences shorter than this are not told; the engine's own measure by default.",
    ),
    click.option(
        "--merge-gap",
        type=click.FloatRange(0),
        default=None,
        metavar="SECONDS",
        help="Differences with less than this between them are told as one; the engine's own "
        "measure by default.",
    ),
    click.option(
        "--move-sensitivity",
        type=click.FloatRange(0, 1),
        default=None,
        help="How readily moved content is told as such; 0.5 by default, 0 is never.",
    ),
)
_modality_option = click.option(
    "--modality", type=click.Choice(_MODALITIES), default=None, help="Compare only this."
)


def comparing_options(*, modality: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """Gives a command `options`, a ComparisonOptions. modality: whether one may be chosen."""

    def decorate(command: Callable[..., Any]) -> Any:
        @wraps(command)
        def run(**arguments: Any) -> Any:
            options = _options(
                engine=arguments.pop("engine"),
                alignment=arguments.pop("alignment"),
                offset=arguments.pop("offset"),
                metric=arguments.pop("metric"),
                threshold=arguments.pop("threshold"),
                min_region=arguments.pop("min_region"),
                merge_gap=arguments.pop("merge_gap"),
                move_sensitivity=arguments.pop("move_sensitivity"),
                modality=arguments.pop("modality", None),
            )
            return command(options=options, **arguments)

        decorated: Any = run
        # The last one that is put on is the first one in the help.
        for option in reversed((*_OPTIONS, _modality_option) if modality else _OPTIONS):
            decorated = option(decorated)
        return decorated

    return decorate


def _options(
    *,
    engine: str,
    alignment: str,
    offset: float,
    metric: str,
    threshold: float | None,
    min_region: float | None,
    merge_gap: float | None,
    move_sensitivity: float | None,
    modality: str | None,
) -> ComparisonOptions:
    if offset and alignment != "time":
        raise click.UsageError("--offset needs --alignment time.")
    options = ComparisonOptions(
        engine=engine,
        alignment=AlignmentMode.Value(f"ALIGNMENT_MODE_{alignment.upper()}"),
        metric=Metric.Value(f"METRIC_{metric.upper()}"),
        threshold=threshold,
        move_sensitivity=move_sensitivity,
    )
    if alignment == "time":
        options.offset.CopyFrom(_duration(offset))
    if min_region is not None:
        options.min_region.CopyFrom(_duration(min_region))
    if merge_gap is not None:
        options.merge_gap.CopyFrom(_duration(merge_gap))
    if modality is not None:
        options.modality = Modality.Value(f"MODALITY_{modality.upper()}")
    return options


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration
