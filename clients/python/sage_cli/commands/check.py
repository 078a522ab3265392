"""`sage check`"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from sage.compare.v1.compare_pb2 import (
    AlignmentMode,
    CompareVideosRequest,
    ComparisonOptions,
    Metric,
)
from sage.ingest.v1.ingest_pb2 import Video
from sage.ingest.v1.technical_pb2 import TECHNICAL_FACTS_VIEW_BASIC, TECHNICAL_FACTS_VIEW_FULL
from sage_cli.batch.running import Compared
from sage_cli.client import SageClient
from sage_cli.commands import call, server_option
from sage_cli.commands.batch import BatchOptions, batch_options, compare_batch
from sage_cli.commands.comparing_options import comparing_options
from sage_cli.commands.output import json_format
from sage_cli.commands.technical import technical_differences
from sage_cli.comparing import stream_comparison
from sage_cli.failures import DIFFERENCES, NO_DIFFERENCES, Failure
from sage_cli.inputs import check_files, ensure_embedded, get_video
from sage_cli.policy.evaluation import evaluate
from sage_cli.policy.evidence import Evidence
from sage_cli.policy.policies import Policy
from sage_cli.policy.reading import load_policy
from sage_cli.progress import reporter
from sage_cli.release import release
from sage_cli.verdicts.as_json import to_json
from sage_cli.verdicts.certificate import to_certificate
from sage_cli.verdicts.checked import Checked, CheckedFile, CheckedPolicy
from sage_cli.verdicts.junit import to_junit
from sage_cli.verdicts.sarif import to_sarif
from sage_cli.verdicts.text import write_text

_FORMATS: Mapping[str, Callable[[Checked], str]] = {
    "json": to_json,
    "junit": to_junit,
    "sarif": to_sarif,
    "html": to_certificate,
}
# Of the files of a batch; other formats are called as they are.
_SUFFIXES = {"text": "txt", "junit": "xml"}
_TEXT = "text"
_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "--policy",
    "policy_path",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="What may differ, as TOML.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice((_TEXT, *_FORMATS)),
    default=_TEXT,
    show_default=True,
    help="JUnit: for test reports of CI systems. SARIF: for code scanning. HTML: the certificate.",
)
@json_format
@click.option(
    "-o",
    "--output",
    type=_FILE,
    help="Write to this file, and the text to standard output.",
)
@click.option(
    "--certificate",
    type=_FILE,
    help="Write a page (HTML) with files, hashes, settings, policy and verdict, to print or keep.",
)
@comparing_options(modality=False)
@batch_options
@server_option
def check(
    a: str | None,
    b: str | None,
    policy_path: Path,
    file_format: str,
    output: Path | None,
    certificate: Path | None,
    options: ComparisonOptions,
    batch: BatchOptions | None,
    server: str,
) -> None:
    """Say whether B differs from A in nothing but what a policy allows.

    A is the earlier version, B the later one: files, or names of videos that are on the server
    (videos/ID). Files are uploaded and embedded unless the server has them already.

    A policy that says nothing allows nothing but another encoding. Its tables:

    \b
      [picture]  allow, allowed_ranges, no_deleted, max_changed_seconds
      [sound]    the same, max_loudness_lu, max_offset_ms
      [technical]  must_match, max_severity
      [overall]  min_similarity_percent

    For example, only titles may differ, and loudness by 2 LU:

    \b
      [picture]
      allow = ["overlay"]
      no_deleted = true
      [sound]
      max_loudness_lu = 2
      [technical]
      must_match = ["frame_rate", "size"]

    \b
      sage check master.mov delivery.mp4 --policy delivery.toml
      sage check A.mov B.mov --policy p.toml --format junit -o report.xml
      sage check A.mov B.mov --policy p.toml --certificate certificate.html
      sage check --batch pairs.csv --policy p.toml --format html --results certificates

    Many pairs are held against the same policy with --batch or --batch-folders, as by `sage
    compare`.

    Exit status: 0 when B passes, 1 when it violates the policy, 2 in case of trouble (usage,
    policy, files), 3 when the server cannot answer now, 130 when interrupted. Of several pairs,
    the highest.
    """
    text, policy = load_policy(policy_path)
    for path in (output, certificate):
        if path is not None and not path.absolute().parent.is_dir():
            raise Failure(f"{path}: there is no such folder.")
    written = CheckedPolicy(
        path=str(policy_path),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        lines=policy.lines,
    )
    if batch is not None:
        if a is not None or certificate is not None:
            raise click.UsageError(
                "A and B come from the batch; for certificates, ask for --format html."
            )
        settings = {
            "options": options.SerializeToString(deterministic=True).hex(),
            "format": file_format,
            "policy": written.sha256,
            "server": server,
        }

        async def check_pair(sage: SageClient, a: str, b: str) -> Compared:
            return _compared(await _check(sage, a, b, options, policy, written), file_format)

        suffix = f".{_SUFFIXES.get(file_format, file_format)}"
        exit_code = compare_batch(server, batch, suffix, settings, check_pair, output)
        raise click.exceptions.Exit(exit_code)
    if a is None or b is None:
        raise click.UsageError("Name A and B, or several pairs by --batch or --batch-folders.")
    check_files([a, b])
    checked = call(server, lambda sage: _check(sage, a, b, options, policy, written))
    _write(checked, file_format, output)
    if certificate is not None:
        _write_file(certificate, to_certificate(checked))
    raise click.exceptions.Exit(NO_DIFFERENCES if checked.verdict.passed else DIFFERENCES)


async def _check(
    sage: SageClient,
    a: str,
    b: str,
    options: ComparisonOptions,
    policy: Policy,
    written: CheckedPolicy,
) -> Checked:
    began = time.monotonic()
    with reporter() as progress:
        first, second = await ensure_embedded(sage, [a, b], options.engine, progress)
        progress.line("comparison").update("comparing")
        request = CompareVideosRequest(a=first.embedding, b=second.embedding, options=options)
        comparison = await stream_comparison(sage, request)
        technical = None
        full = policy.technical.need_all_of_the_file
        if policy.technical.ask_for_anything:
            progress.line("files").update("reading")
            view = TECHNICAL_FACTS_VIEW_FULL if full else TECHNICAL_FACTS_VIEW_BASIC
            technical = await technical_differences(sage, request.a, request.b, view)
        header, summary = comparison.header, comparison.summary
        video_a = await get_video(sage, header.a.video)
        video_b = await get_video(sage, header.b.video)
    evidence = Evidence(
        comparison=comparison,
        technical=technical,
        a_has_sound=video_a.has_audio,
        b_has_sound=video_b.has_audio,
    )
    told = summary.HasField("similarity_percent")
    verdict = evaluate(policy, evidence)
    return Checked(
        a=_file(first.label, video_a),
        b=_file(second.label, video_b),
        policy=written,
        verdict=verdict,
        engine=header.a.engine,
        model=header.a.model,
        settings=_settings(header.options),
        # A note of a short look says only that it was one, which is all that the policy asks for.
        notes=[*summary.notes, *(technical.notes if technical and full else ())],
        similarity_percent=summary.similarity_percent if told else None,
        date=datetime.now(UTC),
        version=release(),
        took=time.monotonic() - began,
    )


def _file(label: str, video: Video) -> CheckedFile:
    return CheckedFile(
        label=label,
        video=video.name,
        sha256=video.sha256,
        size_bytes=video.size_bytes,
        seconds=video.duration.ToNanoseconds() / 1e9,
    )


def _settings(options: ComparisonOptions) -> dict[str, str]:
    """For people; options as the server applied them."""
    alignment = AlignmentMode.Name(options.alignment).removeprefix("ALIGNMENT_MODE_")
    settings = {
        "Alignment": alignment.lower(),
        "Metric": Metric.Name(options.metric).removeprefix("METRIC_").lower(),
        "Threshold": f"{options.threshold:.4g}",
    }
    if options.HasField("offset"):
        settings["Offset"] = f"{options.offset.ToNanoseconds() / 1e9:g} s"
    if options.HasField("min_region"):
        settings["Shortest difference"] = f"{options.min_region.ToNanoseconds() / 1e9:g} s"
    if options.HasField("merge_gap"):
        settings["Gap that is merged"] = f"{options.merge_gap.ToNanoseconds() / 1e9:g} s"
    if options.HasField("move_sensitivity"):
        settings["Sensitivity to moves"] = f"{options.move_sensitivity:g}"
    return settings


def _write(checked: Checked, file_format: str, output: Path | None) -> None:
    if file_format != _TEXT and output is None:
        click.echo(_FORMATS[file_format](checked), nl=False)
        return
    if output is not None:
        _write_file(output, _FORMATS.get(file_format, _plain_text)(checked))
    write_text(Console(), checked)


def _compared(checked: Checked, file_format: str) -> Compared:
    """As batches want it."""
    passed = checked.verdict.passed
    failed = [rule.statement for rule in checked.verdict.failed_rules]
    return Compared(
        answer=_FORMATS.get(file_format, _plain_text)(checked).encode(),
        status="passed" if passed else "violated",
        exit_code=NO_DIFFERENCES if passed else DIFFERENCES,
        verdict="All rules are kept." if passed else f"Violated: {'; '.join(failed)}.",
        similarity_percent=checked.similarity_percent,
        differences=sum(len(rule.violations) for rule in checked.verdict.rules),
    )


def _plain_text(checked: Checked) -> str:
    written = io.StringIO()
    write_text(Console(file=written), checked)
    return written.getvalue()


def _write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}.") from None
