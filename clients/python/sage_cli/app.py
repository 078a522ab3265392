"""The `sage` command, put together."""

from __future__ import annotations

from importlib.metadata import version

import click

from sage_cli.commands.carry import carry, map_times
from sage_cli.commands.compare import compare
from sage_cli.commands.embeddings import embed, engines, watch
from sage_cli.commands.export import export
from sage_cli.commands.library import upload, uploads, videos
from sage_cli.commands.login import login
from sage_cli.commands.technical import technical


@click.group("sage", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("sage-video"))
def sage() -> None:
    """Compare two versions of a video: where, when and how they differ."""


for command in (
    compare,
    export,
    technical,
    carry,
    map_times,
    upload,
    uploads,
    videos,
    embed,
    watch,
    engines,
    login,
):
    sage.add_command(command)
