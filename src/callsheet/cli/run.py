"""`callsheet run`: hand in a task, watch it, save what it made."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from callsheet.catalog import load
from callsheet.cli.codes import Interrupted
from callsheet.cli.completing import complete_model
from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.inputs import build, facts, keep_pairs
from callsheet.cli.place import Place
from callsheet.cli.printing import command_name, say, show, show_json
from callsheet.cli.saving import DEFAULT_OUT
from callsheet.cli.watching import back, called_off, deliver, goes_on, watch
from callsheet.client import Task
from callsheet.client.requests import Order
from callsheet.tasks import KINDS

COMMON = ("prompt", "duration", "resolution", "aspect_ratio", "seed", "count", "camera_move")


def input_flags(command: Any) -> Any:
    """`-i`, and the params that most models have as flags of their own."""
    for name in reversed(COMMON):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, name, metavar="VALUE", help=f"The same as -i {name}=VALUE.")(command)
    text = "One param; @file uploads a file (or reads a text), @task_… takes a task's output (@task_…#1 its second),"
    text += " and a name given again adds to a list."
    return click.option("-i", "--input", "pairs", multiple=True, metavar="NAME=VALUE", help=text)(command)


@click.command()
@click.argument("model", shell_complete=complete_model)
@input_flags
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_OUT,
    show_default=True,
    metavar="DIR",
    help="Where the files go.",
)
@click.option("--no-wait", is_flag=True, help="Hand it in, print its id, and leave it running.")
@click.option("--on", "stage", metavar="STAGE", help="Where it runs: previz, or a vendor's model id.")
@click.option("--cancel-on-interrupt", is_flag=True, help="Ctrl-C cancels the task instead of leaving it running.")
@click.option("--webhook", metavar="URL", help="Called when the task has ended.")
@click.option(
    "--webhook-event",
    "webhook_events",
    multiple=True,
    type=click.Choice(KINDS),
    help="What the webhook is told, in place of the end; may be given again.",
)
@click.option("--metadata", multiple=True, metavar="K=V", help="Kept with the task, and found by `tasks list`.")
@click.option("--priority", type=int, default=0, help="Higher goes first.")
@click.option("--retention", type=int, metavar="SECONDS", help="For how long its files are kept once they are made.")
@click.option("--idempotency-key", metavar="K", help="Handing the same key in again gives the same task.")
@everywhere
@click.pass_obj
def run(
    place: Place, model: str, pairs: tuple[str, ...], out: Path, no_wait: bool, cancel_on_interrupt: bool, **given: Any
) -> None:
    """Hand in a task, watch it, save what it made.

    MODEL is a model id or a capability. The files go to --out as task_….mp4; stdout gets their paths and, last, the
    task's id. Ctrl-C leaves the task running and says how to come back to it.

    \b
    Examples:
      callsheet run text-to-video --prompt "a fox at dawn, snow" --duration 5
      callsheet run image-to-video -i image=@still.jpg --camera-move orbit -i generate_audio=true
      callsheet run video-continuation -i video=@task_01KA3W5E8VN2 --duration 5
      callsheet run vidu/viduq3-pro --prompt "a harbour" --on previz --no-wait
    """
    flags = {name: given.pop(name) for name in COMMON}
    input = build(facts(load(), model), pairs, flags)
    given["metadata"] = keep_pairs(given["metadata"])
    given["webhook_events"] = given["webhook_events"] or None
    order = cast("Order", given)
    task = _submit(place, model, input, order)
    if no_wait:
        _left_running(place, task, out)
        return
    say(f"{task.id}  {task.model} on {task.stage}")
    try:
        ended = watch(place, task)
        deliver(place, ended, out)
    except KeyboardInterrupt:
        raise (called_off(place, task) if cancel_on_interrupt else goes_on(place, task, out)) from None


def _submit(place: Place, model: str, input: dict[str, Any], order: Order) -> Task:
    try:
        with connect(place) as client:
            return client.submit(model, input, **order)
    except KeyboardInterrupt:
        raise Interrupted(
            "Interrupted while handing the task in.",
            hint=f"Whether it arrived shows: {command_name()} tasks list",
        ) from None


def _left_running(place: Place, task: Task, out: Path) -> None:
    if place.json:
        show_json(task.raw)
        return
    say(f"{task.id} goes on. Fetch what it makes with:\n  {back(place, 'wait', task, out)}")
    show(task.id)
