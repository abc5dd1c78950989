"""`callsheet doctor`: is everything here that this installation needs?"""

from __future__ import annotations

import platform
from importlib.metadata import version

import click

from callsheet.cli.checks import NOTE, OK, WRONG, Found, examine_all
from callsheet.cli.codes import SETUP
from callsheet.cli.flags import home_flag, json_flag
from callsheet.cli.place import Place
from callsheet.cli.printing import show, show_json
from callsheet.settings import load

_SIGNS = {OK: ("ok   ", "green"), NOTE: ("note ", "yellow"), WRONG: ("WRONG", "red")}


@click.command()
@home_flag
@json_flag
@click.pass_obj
def doctor(place: Place) -> int:
    """Check that everything this installation needs is there.

    Looks at the home, the database, the disk, the port, the vendors, and really encodes a small clip and draws text.
    The exit code is 5 when something is wrong; a note is no fault.

    \b
    Example:
      callsheet doctor
    """
    settings = load(place.home)
    about = Found(
        "callsheet", OK, f"{version('callsheet')} on Python {platform.python_version()}, {platform.machine()}"
    )
    found = [about, *examine_all(settings)]
    wrong = any(one.level == WRONG for one in found)
    if place.json:
        checks = [{"name": one.name, "level": one.level, "said": one.said, "hint": one.hint} for one in found]
        show_json({"ok": not wrong, "home": str(settings.home), "checks": checks})
    else:
        for one in found:
            _tell(one)
    return SETUP if wrong else 0


def _tell(found: Found) -> None:
    sign, colour = _SIGNS[found.level]
    show(f"{click.style(sign, fg=colour)}  {found.name.ljust(22)} {found.said}")
    if found.hint:
        show(f"       {' ' * 22} {found.hint}")
