"""`callsheet completion`: the few lines by which a shell asks callsheet what could come next."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Complete commands, models and tasks in your shell: print what it reads at its start.

    In ~/.bashrc or ~/.zshrc it is read by `eval "$(callsheet completion bash)"`, with zsh in place of bash there.

    \b
    Example:
      callsheet completion fish > ~/.config/fish/completions/callsheet.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    # Without the check of the shell's own version, which starts that shell.
    made = kind(cli=click.Command("callsheet"), ctx_args={}, prog_name="callsheet", complete_var="_CALLSHEET_COMPLETE")
    click.echo(made.source_template % made.source_vars())
