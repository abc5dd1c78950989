"""The command-line pages: every command's own help, and the exit codes from their one table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from callsheet.cli.codes import TABLE
from callsheet.cli.root import root

COMMANDS = """# Command line

What `--help` says, command by command. Every command takes `--json`: then stdout holds exactly one JSON document, and
words for people go to stderr. What a command returns to the shell is in [exit codes](exit-codes.md).
"""
CODES = """# Exit codes

| code | means | error codes that lead to it |
|---|---|---|
{rows}

A `--json` error carries the same error code in `error.code`; all of them are in [errors](errors.md).
"""


def pages() -> dict[str, str]:
    """Two pages."""
    commands = "\n".join([COMMANDS, *(_section(path, command) for path, command in tree(root, ("callsheet",)))])
    rows = "\n".join(
        f"| {code.number} | {code.meaning} | {', '.join(f'`{name}`' for name in code.errors)} |" for code in TABLE
    )
    return {"docs/reference/cli.md": commands, "docs/reference/exit-codes.md": CODES.format(rows=rows)}


def tree(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1])
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from tree(below, (*path, name))


def _section(path: tuple[str, ...], command: click.Command) -> str:
    return f"{'#' * (len(path) + 1)} {' '.join(path)}\n\n```text\n{_help(path, command)}\n```\n"


def _help(path: tuple[str, ...], command: click.Command) -> str:
    """The help as a terminal of 100 columns shows it, whatever this one is."""
    parent: click.Context | None = None
    for word in path[:-1]:
        parent = click.Context(root, info_name=word, parent=parent)
    context = click.Context(
        command, info_name=path[-1], parent=parent, terminal_width=100, help_option_names=["-h", "--help"]
    )
    return textwrap.dedent(click.unstyle(command.get_help(context))).strip()
