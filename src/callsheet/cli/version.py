"""`callsheet version`: the version, and what it runs on."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed

import click

from callsheet.cli.flags import json_flag
from callsheet.cli.place import Place
from callsheet.cli.printing import show, show_json


@click.command()
@json_flag
@click.pass_obj
def version(place: Place) -> None:
    """The version, and what it runs on.

    \b
    Example:
      callsheet version --json
    """
    found = {"callsheet": installed("callsheet"), "python": platform.python_version(), "system": platform.platform()}
    if place.json:
        show_json(found)
    else:
        show(f"callsheet {found['callsheet']} (Python {found['python']}, {found['system']})")
