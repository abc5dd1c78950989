"""`callsheet prompt check`: what is likely to go wrong with a prompt, before it is paid for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from callsheet.catalog import Catalog, load
from callsheet.cli import codes
from callsheet.cli.completing import complete_capability, complete_model
from callsheet.cli.flags import json_flag
from callsheet.cli.inputs import build, facts
from callsheet.cli.place import Place
from callsheet.cli.printing import say, show, show_json
from callsheet.errors import InvalidInput
from callsheet.prompts import LONGEST, Brief, Finding, about_capability, about_model, check, report, worst

DEFAULT = "text-to-video"
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.group()
def prompt() -> None:
    """Look at a prompt before it is paid for.

    \b
    Example:
      callsheet prompt check "a heron lifts off a misty lake, slow push in"
    """


@prompt.command("check")
@click.argument("text")
@click.option(
    "--capability",
    metavar="C",
    shell_complete=complete_capability,
    help=f"What it is for, such as music.  [{DEFAULT}]",
)
@click.option(
    "--model",
    metavar="M",
    shell_complete=complete_model,
    help="The model it is for: its limits and its params count too.",
)
@click.option("-i", "pairs", multiple=True, metavar="NAME=VALUE", help="A param given beside it, such as duration=5.")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="In which language it answers.  [the prompt's]")
@json_flag
@click.pass_obj
def check_(
    place: Place, text: str, capability: str | None, model: str | None, pairs: tuple[str, ...], lang: str | None
) -> int:
    """What is likely to go wrong with a prompt, and what to write instead. Nothing is made, and no server is asked.

    TEXT is the prompt, @FILE a file that holds it, or - for standard input. It leaves with 0 when it finds nothing
    but notes, and with 3 when it finds an error or a warning.

    \b
    Examples:
      callsheet prompt check "A red door in a white wall"
      callsheet prompt check --capability music "Calm piano, slow"
    """
    if capability and model:
        raise click.UsageError("Give --capability or --model, not both.")
    catalog = load()
    wanted = model or capability or DEFAULT
    if capability and not catalog.is_capability(capability):
        raise InvalidInput(
            f"There is no capability {capability!r}.", hint=f"There are: {', '.join(catalog.capabilities)}."
        )
    brief = _brief(catalog, wanted, _text(text), build(facts(catalog, wanted), pairs, {}))
    found = check(brief, lang)
    if place.json:
        show_json(report(brief, found, lang))
    else:
        _tell(found)
    return codes.OK if worst(found) in (None, "note") else codes.REFUSED


def _brief(catalog: Catalog, wanted: str, text: str, input: dict[str, Any]) -> Brief:
    if catalog.is_capability(wanted):
        return about_capability(wanted, text, input)
    return about_model(catalog.find(wanted, {"prompt": text, **input}), text, input)


def _text(given: str) -> str:
    """The prompt itself, from wherever it is."""
    try:
        if given == "-":
            found = sys.stdin.read()
        elif given.startswith("@@"):
            found = given[1:]
        else:
            found = Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{given[1:]} cannot be read as text: {error}") from error
    if len(found) > LONGEST:
        raise InvalidInput(f"It has {len(found)} characters.", hint=f"At most {LONGEST} are looked at.")
    return found.strip("\n")


def _tell(found: tuple[Finding, ...]) -> None:
    for one in found:
        head = click.style(one.severity, fg=_COLOURS[one.severity], bold=True)
        show(f"{head}  {one.rule}  {one.reason}")
        show(f"  {one.suggestion}")
    counted = {name: sum(one.severity == name for one in found) for name in _COLOURS}
    said = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counted.items() if count)
    say(said or "Nothing to say against it.")
