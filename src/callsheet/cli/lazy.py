"""A command group whose commands are named in a table and imported only when called."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import click
from click.shell_completion import CompletionItem


@dataclass(frozen=True, slots=True)
class Named:
    """Where a command lives (`module:attribute`), and the line that stands for it in its group's help."""

    where: str
    line: str


class LazyGroup(click.Group):
    """A group that knows its commands by name; listing them imports nothing."""

    def __init__(self, *args: Any, table: Mapping[str, Named], **more: Any) -> None:
        super().__init__(*args, **more)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the table's order."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one that is called."""
        named = self.table.get(cmd_name)
        if named is None:
            return None
        module, _, attribute = named.where.partition(":")
        return cast("click.Command", getattr(import_module(module), attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but an unknown name is answered with the nearest ones."""
        near = difflib.get_close_matches(args[0], self.table, 2) if args and args[0] not in self.table else []
        if near:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Its commands with the table's own lines, none of them imported, and its flags."""
        found = [CompletionItem(name, help=one.line) for name, one in self.table.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list of commands, from the table's own lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, named.line) for name, named in self.table.items()])
