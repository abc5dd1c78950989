"""`callsheet completion`: the few lines by which a shell asks callsheet what could come next."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what SHELL needs to complete commands, flags, models, capabilities and tasks.

    \b
    Put it where the shell reads it at its start:
      bash  eval "$(callsheet completion bash)"  in ~/.bashrc
      zsh   eval "$(callsheet completion zsh)"   in ~/.zshrc
      fish  callsheet completion fish > ~/.config/fish/completions/callsheet.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    # Without the check of the shell's own version, which starts that shell.
    made = kind(cli=click.Command("callsheet"), ctx_args={}, prog_name="callsheet", complete_var="_CALLSHEET_COMPLETE")
    click.echo(made.source_template % made.source_vars())
