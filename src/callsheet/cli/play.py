"""`callsheet play`: a call sheet made from its first shot to its last, or from where it stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from callsheet.catalog import load
from callsheet.cli.codes import Interrupted
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.player import Player
from callsheet.cli.printing import command_name, say, show, show_json, table
from callsheet.cli.progress import Board
from callsheet.cli.saving import DEFAULT_OUT
from callsheet.client import Quote, TaskFailed
from callsheet.errors import CallsheetError, InvalidInput, NoCredit, NotFound
from callsheet.sheets import Sheet, read

ALL = "*"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--quote", "only_quote", is_flag=True, help="Say what it would cost, and hand nothing in.")
@click.option("--on", "stage", metavar="STAGE", help="Every shot that generates runs here (previz); edits stay.")
@click.option("--only", metavar="SHOT", help="This shot, and those it takes from.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Outweighs the sheet: PARAM or SHOT.PARAM.")
@click.option(
    "--fresh", multiple=True, is_flag=False, flag_value=ALL, metavar="[SHOT]", help="Make it anew, or without SHOT all."
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the files go.  [callsheet-out/NAME]",
)
@everywhere
@click.pass_obj
def play(
    place: Place,
    file: Path,
    only_quote: bool,
    stage: str | None,
    only: str | None,
    changes: tuple[str, ...],
    fresh: tuple[str, ...],
    output: Path | None,
) -> None:
    """Make a call sheet: named shots that take from each other.

    FILE is TOML; it is checked whole before anything is handed in. Played again it goes on where it stopped: what is
    made or under way is not made or paid again unless it changed, or something that it takes from did. Each shot's
    files are saved as SHOT.mp4, SHOT.png … Ctrl-C leaves everything running.

    \b
    Examples:
      callsheet play film.toml --quote
      callsheet play film.toml --on previz --set resolution=360p
      callsheet play film.toml --fresh opening --output rushes
    """
    sheet = read(file, load(), stage=stage, changes=_changes(changes))
    shots = sheet.behind(only) if only else sheet.shots
    anew = frozenset(shots) if ALL in fresh else frozenset(fresh)
    for name in sorted(anew - shots.keys()):
        raise NotFound(f"{file.name} has no shot {name!r}.", hint=f"It has: {', '.join(sheet.shots)}.")
    player = Player(place, sheet, shots, anew)
    try:
        player.look()
        quotes = player.quotes()
        if only_quote:
            _show_quotes(place, player, quotes)
            return
        _within_budget(sheet, quotes)
        _make(place, player, output or DEFAULT_OUT / file.stem)
    except KeyboardInterrupt:
        raise _interrupted(player, file) from None
    finally:
        player.close()


def _changes(pairs: Sequence[str]) -> dict[str, Any]:
    """Values are read as JSON where they are JSON: 5, true; anything else is text."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not name or not equals:
            raise click.UsageError(f"{pair!r} is not name=value.")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _make(place: Place, player: Player, out: Path) -> None:
    player.hand_in()
    say(f"{player.sheet.title}: {len(player.shots)} shots, {len(player.made_before)} of them found from before.")
    with Board(wide=max(map(len, player.shots))) as board:
        player.watch(board, out)
    for name in player.gone:
        say(f"{name} was made, and its files are not kept any more: --fresh {name} makes it anew, and all behind it.")
    if player.failed:
        raise _failure(player)
    if place.json:
        show_json({"title": player.sheet.title, "shots": [_as_json(player, name) for name in player.shots]})
        return
    for name in player.shots:
        for path in player.saved[name]:
            show(str(path))


def _as_json(player: Player, name: str) -> dict[str, Any]:
    files = [str(path) for path in player.saved[name]]
    return {"shot": name, "found": name in player.made_before, "task": player.tasks[name].raw, "files": files}


def _failure(player: Player) -> CallsheetError:
    name = player.failed[0]
    task = player.tasks[name]
    error = TaskFailed(task)
    error.message = f"{name}: {error.message}"
    rest = [one for one in player.failed if one != name]
    with_it = f"With it failed {', '.join(rest)}. " if rest else ""
    error.hint = f"{with_it}Play the sheet again to try anew what failed; the rest stands."
    return error


def _interrupted(player: Player, file: Path) -> Interrupted:
    going = [name for name, task in player.tasks.items() if not task.done]
    said = f"Interrupted; {', '.join(going)} {'go' if len(going) > 1 else 'goes'} on." if going else "Interrupted."
    return Interrupted(said, hint=f"Come back to it with:\n  {command_name()} play {file}  (and the flags you gave)")


def _known(quotes: Mapping[str, Quote]) -> float:
    return sum(quote.credits for quote in quotes.values() if quote.credits is not None)


def _within_budget(sheet: Sheet, quotes: Mapping[str, Quote]) -> None:
    unknown = [name for name, quote in quotes.items() if quote.credits is None]
    if sheet.budget is None:
        return
    if _known(quotes) > sheet.budget:
        said = f"What is still to be made costs {_known(quotes):g} credits, and the budget is {sheet.budget:g}."
        raise NoCredit(said, hint="See it with --quote; raise the budget, or play it --on previz.")
    if unknown:
        said = f"No price is documented for {', '.join(unknown)}, so the budget of {sheet.budget:g} cannot be kept."
        raise InvalidInput(said, hint="Leave the budget out to play it all the same, or play it --on previz.")


def _show_quotes(place: Place, player: Player, quotes: Mapping[str, Quote]) -> None:
    unknown = [name for name, quote in quotes.items() if quote.credits is None]
    if place.json:
        rows = {name: quotes[name].raw if name in quotes else None for name in player.shots}
        show_json({"title": player.sheet.title, "shots": rows, "credits": _known(quotes), "unknown": unknown})
        return
    rows = [_quote_row(player, name, quotes.get(name)) for name in player.shots]
    total = f"{_known(quotes):g}" if not unknown else f"{_known(quotes):g} and what is not known"
    rows.append(("total", "", "", total, f"not documented: {', '.join(unknown)}" if unknown else ""))
    show(table(("SHOT", "MODEL", "STAGE", "CREDITS", "BASIS"), rows))


def _quote_row(player: Player, name: str, quote: Quote | None) -> tuple[str, ...]:
    model = player.shots[name].model
    if quote is None:
        task = player.tasks[name]
        return name, model, task.stage, "0", f"{'made' if task.done else 'under way'} already: {task.id}"
    return name, model, quote.stage, "not known" if quote.credits is None else f"{quote.credits:g}", quote.basis
