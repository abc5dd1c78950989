"""`callsheet webhooks`: what receivers were told, what they are still to be told, and telling it once more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, say, show, show_json, table
from callsheet.client import Attempt, Client, Webhook

STATES = ("pending", "delivered", "gave_up")


@click.group()
def webhooks() -> None:
    """List, show or redeliver messages to webhooks.

    \b
    Example:
      callsheet webhooks list --state gave_up
    """


@webhooks.command("list")
@click.option("--task", metavar="ID", help="Only messages of this task.")
@click.option("--state", type=click.Choice(STATES), help="Only messages that stand so.")
@click.option("--account", metavar="A", help="Of another account; for the operator only.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="At most so many.")
@click.option("--cursor", metavar="C", help="Go on where another list ended (its `next`).")
@everywhere
@click.pass_obj
def list_(place: Place, limit: int, cursor: str | None, **wanted: Any) -> None:
    """List messages, newest first: what was told, and what is still to be told.

    \b
    Example:
      callsheet webhooks list --state pending --json
    """
    with connect(place) as client:
        page = client.webhooks(limit=limit, cursor=cursor, **wanted)
    if place.json:
        show_json({"data": [one.raw for one in page.data], "next": page.next})
        return
    rows = [(one.id, one.state, one.kind, one.attempts, _moment(one.next_at), one.url) for one in page.data]
    show(table(("ID", "STATE", "EVENT", "TRIES", "NEXT TRY", "URL"), rows))
    if page.next:
        say(f"There are more: --cursor {page.next}")


@webhooks.command("show")
@click.argument("id")
@everywhere
@click.pass_obj
def show_(place: Place, id: str) -> None:
    """Show one message, every try to tell it and what was sent; secrets are left out.

    \b
    Example:
      callsheet webhooks show evt_01KA3W5E8VN2
    """
    with connect(place) as client:
        found = client.webhook(id)
    if place.json:
        show_json(found.raw)
        return
    names = ("id", "task_id", "kind", "url", "state", "attempts")
    times = {"created": found.created_at, "next try": found.next_at, "settled": found.settled_at}
    about = {name: getattr(found, name) for name in names}
    show(fields(about | {name: _moment(time) for name, time in times.items()}))
    if found.tries:
        rows = [(number, _moment(one.at), one.status, f"{one.took} ms", one.error) for number, one in _counted(found)]
        show("\n" + table(("TRY", "AT", "STATUS", "TOOK", "ERROR"), rows))
        show("\nSent last:\n" + _pretty(found.tries[-1].body))


@webhooks.command()
@click.argument("id", required=False)
@click.option("--task", metavar="ID", help="All messages of this task.")
@click.option("--gave-up", is_flag=True, help="All messages that were given up.")
@click.option("--account", metavar="A", help="With --task or --gave-up: of another account; for the operator only.")
@everywhere
@click.pass_obj
def redeliver(place: Place, id: str | None, task: str | None, gave_up: bool, account: str | None) -> None:
    """Tell a message once more, under its own id: a receiver can see that it had it before.

    \b
    Examples:
      callsheet webhooks redeliver evt_01KA3W5E8VN2
      callsheet webhooks redeliver --gave-up
    """
    if (id is None) == (task is None and not gave_up):
        raise click.UsageError("Name one message, or give --task or --gave-up.")
    with connect(place) as client:
        chosen = [id] if id else list(_chosen(client, task, gave_up, account))
        again = [client.redeliver(one) for one in chosen]
    if place.json:
        show_json({"data": [one.raw for one in again], "next": None})
    else:
        show("\n".join(f"{one.id} ({one.kind} of {one.task_id}) is told again" for one in again) or "There is none.")


def _chosen(client: Client, task: str | None, gave_up: bool, account: str | None) -> Iterator[str]:
    """The ids that a redelivery means, oldest first: all are known before the first is told again."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        state = "gave_up" if gave_up else None
        page = client.webhooks(task=task, state=state, account=account, limit=100, cursor=cursor)
        found += [one.id for one in page.data]
        cursor = page.next
        if cursor is None:
            return reversed(found)


def _counted(found: Webhook) -> Iterator[tuple[int, Attempt]]:
    return iter(enumerate(found.tries, 1))


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body


def _moment(time: datetime | None) -> str | None:
    """A time on this machine's clock."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S") if time else None
