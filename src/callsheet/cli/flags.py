"""The flags that many commands share, each accepted before and after the subcommand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from callsheet.cli.place import Place

F = TypeVar("F", bound=Callable[..., Any])


def home_flag(command: F) -> F:
    """`--home DIR`."""
    text = "The folder that keeps tasks and files.  [CALLSHEET_HOME, else the platform's data folder]"
    kind = click.Path(file_okay=False, path_type=Path)
    return click.option("--home", type=kind, metavar="DIR", expose_value=False, callback=_keep, help=text)(command)


def place_flags(command: F) -> F:
    """`--home`, `--url` and `--key`."""
    url = "A server elsewhere, http://host:port.  [CALLSHEET_URL]"
    command = click.option(
        "--key", metavar="KEY", expose_value=False, callback=_keep, help="Its key.  [CALLSHEET_KEY]"
    )(command)
    command = click.option("--url", metavar="URL", expose_value=False, callback=_keep, help=url)(command)
    return home_flag(command)


def json_flag(command: F) -> F:
    """`--json`."""
    text = "Print one JSON document on stdout."
    return click.option("--json", is_flag=True, expose_value=False, callback=_keep, help=text)(command)


def everywhere(command: F) -> F:
    """All of them."""
    return place_flags(json_flag(command))


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    place = ctx.ensure_object(Place)
    if value is not None and value is not False and param.name:
        setattr(place, param.name, value)
