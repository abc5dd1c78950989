"""`callsheet ledger`: what accounts have, every movement of it, and the proof that it adds up."""

from __future__ import annotations

from collections.abc import Sequence

import click

from callsheet.cli import codes
from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, say, show, show_json, table
from callsheet.client import Account, LedgerEntry


@click.group()
def ledger() -> None:
    """Pay credits in, show what became of them, check that they add up.

    \b
    Example:
      callsheet ledger fund studio 500 --memo "November"
    """


@ledger.command(context_settings={"ignore_unknown_options": True})
@click.argument("account")
@click.argument("amount", type=float)
@click.option("--memo", default="", metavar="TEXT", help="What it is about, in your words.")
@everywhere
@click.pass_obj
def fund(place: Place, account: str, amount: float, memo: str) -> None:
    """Pay credits in for an account: from then on it spends no more than it has.

    Less than nothing takes them out again.

    \b
    Example:
      callsheet ledger fund studio 500 --memo "November"
    """
    with connect(place) as client:
        found = client.fund(account, amount, memo=memo)
    if place.json:
        show_json(found.raw)
    else:
        show(fields(_shown(found)))


@ledger.command("show")
@click.option("--account", metavar="A", help="The entries of this account, newest first.")
@click.option("--task", metavar="TASK", help="The entries of this task, in order.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many at most.")
@everywhere
@click.pass_obj
def show_(place: Place, account: str | None, task: str | None, limit: int) -> None:
    """Show what every account has; or the entries of an account, or of a task.

    \b
    Example:
      callsheet ledger show --account studio
    """
    with connect(place) as client:
        if account is None and task is None:
            found = client.accounts()
            _show_accounts(place, found)
            return
        told = client.credits(account=account, task=task, limit=limit)
    if place.json:
        show_json(told.raw)
        return
    if task is None:
        show(fields(_shown(told)) + "\n")
    show(lines(told.entries))


@ledger.command()
@everywhere
@click.pass_obj
def check(place: Place) -> int:
    """Reckon everything anew from the entries; exits with 1 and the rows where something does not add up.

    \b
    Example:
      callsheet ledger check
    """
    with connect(place) as client:
        found = client.check_ledger()
    if place.json:
        show_json(found.raw)
        return codes.OK if found.ok else codes.FAILED
    if found.unpriced:
        say('Ran without a price; set one in [ledger.prices], or refuse them: ledger.unpriced = "refuse".')
        show(table(("MODEL", "TASKS", "TOLD"), [(model, tasks, f"{told:g}") for model, tasks, told in found.unpriced]))
    if found.faults:
        show(table(("WHERE", "WHAT"), found.faults))
        say("The ledger does not add up.")
        return codes.FAILED
    show("The ledger adds up: what was set aside = settled + released + open, for every task and account.")
    return codes.OK


@ledger.command()
@click.argument("task")
@click.option("--memo", default="", metavar="TEXT", help="What it is about, in your words.")
@everywhere
@click.pass_obj
def refund(place: Place, task: str, memo: str) -> None:
    """Give back what a task has cost, once.

    \b
    Example:
      callsheet ledger refund task_01KA3W5E8VN2 --memo "not what was asked"
    """
    with connect(place) as client:
        entry = client.refund(task, memo=memo)
    if place.json:
        show_json(entry.raw)
    else:
        show(f"{entry.amount:g} credits are back with {entry.account}")


def lines(entries: Sequence[LedgerEntry]) -> str:
    """Entries as a table."""
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M:%S}" if one.at else None,
            one.kind,
            f"{one.amount:g}" if one.priced else "no price",
            f"{one.source} > {one.target}",
            one.task_id,
            one.memo,
        )
        for one in entries
    ]
    return table(("AT", "KIND", "CREDITS", "WAY", "TASK", "WHY"), rows)


def _show_accounts(place: Place, found: Sequence[Account]) -> None:
    if place.json:
        show_json({"data": [one.raw for one in found], "next": None})
        return
    rows = [(one.account, _available(one), f"{one.held:g}", f"{one.spent:g}") for one in found]
    show(table(("ACCOUNT", "AVAILABLE", "HELD", "SPENT"), rows))


def _shown(account: Account) -> dict[str, str]:
    parts = {"account": account.account, "available": _available(account)}
    return parts | {"held": f"{account.held:g}", "spent": f"{account.spent:g}"}


def _available(account: Account) -> str:
    return "without end" if account.available is None else f"{account.available:g}"
