"""`sage help`, and the list of commands by what they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from sage_cli.nearest import hint

_SECTIONS: Mapping[str, Sequence[str]] = {
    "Compare": ("compare", "check", "technical", "matrix", "export"),
    "Take times to another cut": ("carry", "map-times", "time-map"),
    "Review": ("keep", "comparisons", "note", "status", "share"),
    "Videos": (
        *("upload", "videos", "rename", "delete"),
        *("filmstrip", "still", "waveform", "playback-url", "proxy"),
    ),
    "Work under way": ("embed", "tasks", "watch", "cancel", "retry", "embeddings", "uploads"),
    "Server": ("engines", "login", "session", "token", "logout"),
}
_REST = "More"


class SageGroup(click.Group):
    """Lists its commands by section; those of no section come last."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Click's hook for `--help`. A section none of whose commands are there is left out."""
        placed = {name for names in _SECTIONS.values() for name in names}
        rest = [name for name in self.commands if name not in placed]
        width = formatter.width - 6 - max(map(len, self.commands))
        for title, names in {**_SECTIONS, _REST: rest}.items():
            rows = [
                (name, self.commands[name].get_short_help_str(width))
                for name in names
                if name in self.commands
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


@click.command("help")
@click.argument("names", nargs=-1, metavar="[COMMAND]")
@click.pass_context
def manual(context: click.Context, names: Sequence[str]) -> None:
    """Explain a command, with examples.

    \b
      sage help compare
    """
    root = context.find_root()
    shown = root
    for name in names:
        group = shown.command
        known = group.commands if isinstance(group, click.Group) else {}
        if name not in known:
            raise click.UsageError(f"There is no command {name}; {hint(name, list(known))}")
        shown = click.Context(known[name], parent=shown, info_name=name)
    click.echo(shown.get_help())
