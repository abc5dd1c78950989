"""`callsheet play`: a call sheet made from its first shot to its last, or from where it stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from callsheet import sheets
from callsheet.catalog import load
from callsheet.cli.codes import Interrupted
from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.player import Player
from callsheet.cli.printing import command_name, money_said, say, show, show_json, table
from callsheet.cli.progress import Board
from callsheet.cli.saving import DEFAULT_OUT
from callsheet.client import PlannedShot, SheetPlan, TaskCanceled, TaskFailed
from callsheet.client.office import Wish
from callsheet.errors import CallsheetError
from callsheet.sheets import ALL, read


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cancel", "ending", is_flag=True, help="End what of it waits or runs; its title does, too.")
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
    ending: bool,
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
    files are saved as SHOT.mp4, SHOT.png … Ctrl-C leaves everything running, and --cancel ends it: what waits is never
    sent, what is made stays.

    \b
    Examples:
      callsheet play film.toml --quote
      callsheet play film.toml --on previz --set resolution=360p
      callsheet play film.toml --fresh opening --output rushes
      callsheet play film.toml --cancel
    """
    if ending:
        _end(place, sheets.title_of(file) if file.is_file() else str(file))
        return
    outweigh = _changes(changes)
    wish: Wish = {"name": file.name, "on": stage, "only": only, "changes": outweigh, "fresh": fresh}
    sheet = read(file, load(), sheets.Wish(stage, outweigh))
    player = Player(place, file, file.read_text(encoding="utf-8"), sheet, wish)
    try:
        plan = player.plan()
        if only_quote:
            _show_quotes(place, plan)
            return
        _make(place, player, plan, output or DEFAULT_OUT / file.stem)
    except KeyboardInterrupt:
        raise _interrupted(player, file) from None
    finally:
        player.close()


def _end(place: Place, title: str) -> None:
    with connect(place) as client:
        ended = client.cancel_sheet(title)
    if place.json:
        show_json(ended.raw)
        return
    rows = [(name, task.state, task.raw["cancel"]["why"]) for name, task in ended.shots.items()]
    show(table(("SHOT", "STATE", "WHAT BECOMES OF IT"), rows) if rows else f"Nothing of {title} waits or runs.")
    show(money_said(ended.raw["credits"]))


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


def _make(place: Place, player: Player, plan: SheetPlan, out: Path) -> None:
    player.hand_in(plan)
    say(f"{plan.title}: {len(player.tasks)} shots, {len(player.found)} of them found from before.")
    with Board(wide=max(map(len, player.tasks))) as board:
        player.watch(board, out)
    for name in player.gone:
        say(f"{name} was made, and its files are not kept any more: --fresh {name} makes it anew, and all behind it.")
    if player.failed:
        raise _failure(player)
    if place.json:
        show_json({"title": plan.title, "shots": [_as_json(player, name) for name in player.tasks]})
        return
    for name in player.tasks:
        for path in player.saved[name]:
            show(str(path))


def _as_json(player: Player, name: str) -> dict[str, Any]:
    files = [str(path) for path in player.saved[name]]
    return {"shot": name, "found": name in player.found, "task": player.tasks[name].raw, "files": files}


def _failure(player: Player) -> CallsheetError:
    name = player.failed[0]
    task = player.tasks[name]
    error, came = (TaskCanceled(task), "ended") if task.state == "canceled" else (TaskFailed(task), "failed")
    error.message = f"{name}: {error.message}"
    rest = [one for one in player.failed if one != name]
    with_it = f"With it {came} {', '.join(rest)}. " if rest else ""
    error.hint = f"{with_it}Play the sheet again to try anew what {came}; the rest stands."
    return error


def _interrupted(player: Player, file: Path) -> Interrupted:
    going = [name for name, task in player.tasks.items() if not task.done]
    said = f"Interrupted; {', '.join(going)} {'go' if len(going) > 1 else 'goes'} on." if going else "Interrupted."
    return Interrupted(said, hint=f"Come back to it with:\n  {command_name()} play {file}  (and the flags you gave)")


def _show_quotes(place: Place, plan: SheetPlan) -> None:
    if place.json:
        quoted = {one.name: one.quote.raw if one.quote else None for one in plan.shots}
        show_json({"title": plan.title, "shots": quoted, "credits": plan.credits, "unknown": plan.unknown})
        return
    rows = [_quote_row(one) for one in plan.shots]
    total = f"{plan.credits:g}" if not plan.unknown else f"{plan.credits:g} and what is not known"
    rows.append(("total", "", "", total, f"not documented: {', '.join(plan.unknown)}" if plan.unknown else ""))
    show(table(("SHOT", "MODEL", "STAGE", "CREDITS", "BASIS"), rows))


def _quote_row(one: PlannedShot) -> tuple[str, ...]:
    if one.quote is None:
        state = f"{'made' if one.task and one.task.done else 'under way'} already: {one.task.id if one.task else ''}"
        return one.name, one.model, one.stage, "0", state
    credits = "not known" if one.quote.credits is None else f"{one.quote.credits:g}"
    return one.name, one.model, one.stage, credits, one.quote.basis
