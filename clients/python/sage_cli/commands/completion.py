"""`sage completion`"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from sage_cli.failures import Failure

_SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_SAGE_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options and values.

    \b
      eval "$(sage completion bash)"                                   # in ~/.bashrc
      eval "$(sage completion zsh)"                                    # in ~/.zshrc
      sage completion fish > ~/.config/fish/completions/sage.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise Failure(f"{shell} cannot be completed for.")
    # source() of bash asks bash for its version, which a build machine may not have.
    made = kind(context.find_root().command, {}, "sage", _VARIABLE)
    click.echo(made.source_template % made.source_vars())
