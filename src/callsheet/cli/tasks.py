"""`callsheet tasks`: look at tasks, wait for them, end them, and read their stories."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from callsheet.catalog import LOCAL
from callsheet.cli.completing import complete_capability, complete_vendor
from callsheet.cli.completing_tasks import complete_task
from callsheet.cli.connecting import connect
from callsheet.cli.explain import exchange, story
from callsheet.cli.flags import everywhere
from callsheet.cli.inputs import keep_pairs
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, money_said, say, show, show_json, size, table
from callsheet.cli.vendors import no_worker, unmade
from callsheet.cli.watching import deliver, goes_on, watch
from callsheet.client import Task
from callsheet.tasks import State


@click.group()
def tasks() -> None:
    """List, show, wait for, cancel or explain tasks.

    \b
    Example:
      callsheet tasks list --state running
    """


@tasks.command("list")
@click.option("--state", multiple=True, type=click.Choice([state.value for state in State]), help="May be given again.")
@click.option("--model", metavar="ID", help="Only this model.")
@click.option("--capability", metavar="C", shell_complete=complete_capability, help="Only this capability.")
@click.option("--vendor", metavar="V", shell_complete=complete_vendor, help="Only models of this vendor.")
@click.option("--stage", metavar="S", help="Only what runs or ran there: previz, or a vendor's model.")
@click.option("--text", metavar="WORDS", help="Only what has all these words in its texts.")
@click.option("--since", "created_from", type=click.DateTime(), help="Created at this local time or later.")
@click.option("--until", "created_to", type=click.DateTime(), help="Created before this local time.")
@click.option("--metadata", multiple=True, metavar="K=V", help="Only tasks handed in with it.")
@click.option("--unsure", is_flag=True, help="Only those of which nobody knows whether they arrived.")
@click.option("--order", type=click.Choice(["newest", "oldest"]), help="Which come first; else the newest.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="At most so many.")
@click.option("--cursor", metavar="C", help="Go on where another list ended (its `next`).")
@everywhere
@click.pass_obj
def list_(place: Place, limit: int, cursor: str | None, metadata: tuple[str, ...], **wanted: Any) -> None:
    """List tasks, newest first unless asked otherwise.

    \b
    Example:
      callsheet tasks list --capability text-to-video --since 2026-11-01 --json
    """
    times = {name: _local(wanted.pop(name)) for name in ("created_from", "created_to")}
    with connect(place) as client:
        page = client.list(limit=limit, cursor=cursor, metadata=keep_pairs(metadata), **times, **wanted)
    if place.json:
        show_json({"data": [task.raw for task in page.data], "next": page.next})
        return
    show(table(("ID", "STATE", "DONE", "MODEL", "STAGE", "CREATED"), [_row(task) for task in page.data]))
    if page.next:
        say(f"There are more: --cursor {page.next}")


@tasks.command("show")
@click.argument("id", shell_complete=complete_task)
@everywhere
@click.pass_obj
def show_(place: Place, id: str) -> None:
    """Show one task as it stands.

    \b
    Example:
      callsheet tasks show task_01KA3W5E8VN2
    """
    with connect(place) as client:
        _print(place, client.get(id))


@tasks.command()
@click.argument("id", shell_complete=complete_task)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Save its files here.")
@click.option("--timeout", type=float, metavar="S", help="Give up waiting after so many seconds; the task goes on.")
@everywhere
@click.pass_obj
def wait(place: Place, id: str, out: Path | None, timeout: float | None) -> None:
    """Wait for a task to end; with --out, save what it made.

    \b
    Example:
      callsheet tasks wait task_01KA3W5E8VN2 --out callsheet-out
    """
    with connect(place) as client:
        task = client.get(id)
    try:
        ended = watch(place, task, timeout)
        if out:
            deliver(place, ended, out)
        else:
            _print(place, ended)
    except KeyboardInterrupt:
        raise goes_on(place, task, out) from None


@tasks.command()
@click.argument("id", shell_complete=complete_task)
@everywhere
@click.pass_obj
def cancel(place: Place, id: str) -> None:
    """Ask for a task's end. One that already ended stays as it is.

    \b
    Example:
      callsheet tasks cancel task_01KA3W5E8VN2
    """
    with connect(place) as client:
        task = client.cancel(id)
    if place.json:
        show_json(task.raw)
    else:
        came_to = task.raw.get("cancel") or {}
        show(f"{task.id} {task.state}" if task.done else f"{task.id} is being canceled")
        if came_to:
            show(f"{came_to['why']} {money_said(came_to['credits'])}".rstrip())


@tasks.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, shell_complete=complete_task)
@everywhere
@click.pass_obj
def delete(place: Place, ids: tuple[str, ...]) -> None:
    """Let go of tasks that have ended: their records and their files. What they cost stays in the ledger.

    \b
    Example:
      callsheet tasks delete task_01KA3W5E8VN2
    """
    with connect(place) as client:
        for id in ids:
            client.delete(id)
    if place.json:
        show_json({"deleted": list(ids)})
    else:
        show("\n".join(f"{id} deleted" for id in ids))


@tasks.command()
@click.argument("id", shell_complete=complete_task)
@click.option("--remote", metavar="ID", help="The vendor has it, under this id.")
@click.option("--lost", is_flag=True, help="The vendor never accepted it: it fails, and its credits are free again.")
@click.option("--again", is_flag=True, help="With --lost: send it anew instead.")
@everywhere
@click.pass_obj
def resolve(place: Place, id: str, remote: str | None, lost: bool, again: bool) -> None:
    """Say what became of an unsure task: one that was sent, and nobody knows whether it arrived.

    Look it up at the vendor first: what is sent again may be paid for twice.

    \b
    Example:
      callsheet tasks resolve task_01KA3W5E8VN2 --remote 2221
    """
    if (remote is None) != lost or (again and not lost):
        raise click.UsageError("Give --remote ID, or --lost, or --lost --again.")
    with connect(place) as client:
        task = client.resolve(id, remote=remote, again=again)
    if place.json:
        show_json(task.raw)
    else:
        show(f"{task.id} {task.state}")


@tasks.command()
@click.argument("id", shell_complete=complete_task)
@click.option("--wire", is_flag=True, help="Also what was said to the vendor and what it answered, without secrets.")
@everywhere
@click.pass_obj
def explain(place: Place, id: str, wire: bool) -> None:
    """Tell a task's story: what was asked, what it became, who was asked, what was answered, what it cost.

    \b
    Example:
      callsheet tasks explain task_01KA3W5E8VN2
    """
    with connect(place) as client:
        task, timeline, ledger = client.get(id), client.timeline(id), client.credits(task=id).entries
        said = client.exchanges(id) if wire else ()
        forsaken = task.state == "queued" and _rendered(task) and task.capability in unmade(client.vendors())
    if place.json:
        told = {"timeline": [event.raw for event in timeline], "ledger": [entry.raw for entry in ledger]}
        show_json({"task": task.raw, **told} | ({"exchanges": list(said)} if wire else {}))
    else:
        show(story(task, timeline, ledger))
        if forsaken:
            show(no_worker(task.capability))
        if wire:
            show("\n" + ("\n".join(map(exchange, said)) or "No vendor was asked."))


def _rendered(task: Task) -> bool:
    return (task.stage or "").partition("/")[0] in LOCAL


def _local(time: datetime | None) -> datetime | None:
    return time.astimezone() if time else None


def _row(task: Task) -> tuple[Any, ...]:
    return (task.id, task.state, f"{task.progress:.0%}", task.model, task.stage, _moment(task.created_at))


def _moment(time: datetime | None) -> str | None:
    """A time on this machine's clock."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S") if time else None


def _print(place: Place, task: Task) -> None:
    if place.json:
        show_json(task.raw)
        return
    show(
        fields(
            {
                "id": task.id,
                "state": f"{task.state} ({task.progress:.0%})",
                "unsure": "nobody knows whether it arrived at its stage" if task.raw.get("unsure") else None,
                "model": task.model,
                "capability": task.capability,
                "stage": task.stage,
                "input": task.input,
                "metadata": task.metadata,
                "usage": task.usage,
                "error": f"{task.error.message} ({task.error.code})" if task.error else None,
                "created": _moment(task.created_at),
                "started": _moment(task.started_at),
                "ended": _moment(task.ended_at),
            }
        )
    )
    rows = [(one.id, one.content_type, size(one.bytes), one.width, one.height, one.duration) for one in task.artifacts]
    if rows:
        show("\n" + table(("ARTIFACT", "TYPE", "SIZE", "WIDTH", "HEIGHT", "SECONDS"), rows))
