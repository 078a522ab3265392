"""The `sage` command, put together."""

from __future__ import annotations

from pathlib import Path

import click

from sage_cli.commands.carry import carry
from sage_cli.commands.check import check
from sage_cli.commands.compare import compare
from sage_cli.commands.comparisons import comparisons, note
from sage_cli.commands.completion import completion
from sage_cli.commands.embeddings import embed, engines, watch
from sage_cli.commands.export import export
from sage_cli.commands.library import upload, uploads, videos
from sage_cli.commands.login import login
from sage_cli.commands.manual import SageGroup, manual
from sage_cli.commands.matrix import matrix
from sage_cli.commands.resources import delete, rename
from sage_cli.commands.review import keep, status
from sage_cli.commands.session import logout, session
from sage_cli.commands.share import share
from sage_cli.commands.tasks import cancel, embeddings, retry, tasks
from sage_cli.commands.technical import technical
from sage_cli.commands.time_map import map_times, time_map
from sage_cli.commands.token import token
from sage_cli.commands.video import filmstrip, playback_url, proxy, still, waveform
from sage_cli.configuration import default_path, load_defaults
from sage_cli.release import release


@click.group("sage", cls=SageGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(release())
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="SAGE_CONFIG",
    show_envvar=True,
    default=default_path,
    show_default="config.toml in the user's folder for settings",
    metavar="FILE",
    help="Defaults of your own.",
)
@click.pass_context
def sage(context: click.Context, config: Path) -> None:
    """Compare two versions of a video: where, when and how they differ.

    `sage help COMMAND` explains a command, with examples. What is given on the command line goes
    before the environment (SAGE_SERVER, SAGE_TOKEN), and that before the file of --config.

    Exit status: 0 when nothing differs or all went well, 1 when something differs or violates a
    policy, 2 in case of trouble, 3 when the server cannot answer now, 130 when interrupted.
    """
    group = context.command
    if isinstance(group, click.Group):
        context.default_map = load_defaults(config, group.commands)


for command in (
    *(compare, check, technical, export, carry, map_times, time_map),
    *(keep, comparisons, note, status, share),
    *(upload, uploads, videos, rename, delete),
    *(filmstrip, still, waveform, playback_url, proxy, matrix),
    *(embed, embeddings, tasks, watch, cancel, retry, engines),
    *(login, session, token, logout),
    *(completion, manual),
):
    sage.add_command(command)
