"""`callsheet keys`: what opens the API. Only the operator may make or revoke them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import click

from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, say, show, show_json, table
from callsheet.client import Key
from callsheet.client.money import Limits

F = TypeVar("F", bound=Callable[..., Any])

NONE = "none"
PERIODS = ("day", "month", "total")
_OF_BUDGET = "Credits set aside or spent: in all, or per day or month of UTC."


class _Number(click.ParamType[Any]):
    """A whole number from `least` on, or `none`."""

    def __init__(self, least: int) -> None:
        self.name = "number"
        self._least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The number; `none` as it is."""
        if value == NONE or (str(value).isdecimal() and int(value) >= self._least):
            return NONE if value == NONE else int(value)
        self.fail(f"{value!r} is no whole number from {self._least} on, and not `{NONE}`.", param, ctx)


class _Budget(click.ParamType[Any]):
    """`500`, `500/day`, `500/month`, or `none`."""

    name = "budget"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, str] | str:
        """The credits and the period; `none` as it is."""
        if value == NONE:
            return NONE
        amount, _, period = str(value).partition("/")
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", amount) or (period or "total") not in PERIODS:
            self.fail(f"{value!r} is no budget: write 500, 500/day or 500/month.", param, ctx)
        return float(amount), period or "total"


def limit_flags(command: F) -> F:
    """`--rate`, `--concurrent` and `--budget`."""
    command = click.option("--budget", type=_Budget(), metavar="CREDITS[/day|/month]", help=_OF_BUDGET)(command)
    command = click.option("--concurrent", type=_Number(0), metavar="N", help="Unfinished tasks at once.")(command)
    return click.option("--rate", type=_Number(1), metavar="N", help="Tasks per minute.")(command)


@click.group()
def keys() -> None:
    """Create, list, limit or revoke the keys that open the API.

    \b
    Example:
      callsheet keys create --name studio
    """


@keys.command()
@click.option("--name", required=True, metavar="NAME", help="What it is for, in your words.")
@click.option("--account", metavar="A", help="Whose it is; without it the key gets an account of its own.")
@limit_flags
@everywhere
@click.pass_obj
def create(place: Place, name: str, account: str | None, **limits: Any) -> None:
    """Make a key and its secret; both are shown this once.

    \b
    Example:
      callsheet keys create --name studio --json
    """
    with connect(place) as client:
        made = client.create_key(name, account=account, **_given(limits))
    if place.json:
        show_json(made.raw)
        return
    show(fields({"id": made.id, "account": made.account, "key": made.key, "secret": made.secret}))
    say("Keep both: they are not shown again. The key goes into `Authorization: Bearer`, or CALLSHEET_KEY.")


@keys.command("list")
@everywhere
@click.pass_obj
def list_(place: Place) -> None:
    """List keys, newest first, without what opens anything.

    \b
    Example:
      callsheet keys list
    """
    with connect(place) as client:
        found = client.keys()
    if place.json:
        show_json({"data": [key.raw for key in found], "next": None})
        return
    rows = [(key.id, key.name, key.account, "revoked" if key.revoked_at else "open", _limited(key)) for key in found]
    show(table(("ID", "NAME", "ACCOUNT", "STATE", "LIMITS"), rows))


@keys.command()
@click.argument("id")
@limit_flags
@everywhere
@click.pass_obj
def limit(place: Place, id: str, **limits: Any) -> None:
    """Change what a key may do, from its next task on; what is not named stays, and `none` takes a limit away.

    \b
    Example:
      callsheet keys limit key_01KA3W5E8VN2 --rate 60 --concurrent 5 --budget 500/month
    """
    given = _given(limits)
    if not given:
        raise click.UsageError("Name a limit: --rate, --concurrent or --budget.")
    with connect(place) as client:
        key = client.limit_key(id, **given)
    if place.json:
        show_json(key.raw)
    else:
        show(f"{key.id} ({key.name}): {_limited(key) or 'no limits'}")


@keys.command()
@click.argument("id")
@everywhere
@click.pass_obj
def revoke(place: Place, id: str) -> None:
    """Revoke a key: from now on it opens nothing.

    \b
    Example:
      callsheet keys revoke key_01KA3W5E8VN2
    """
    with connect(place) as client:
        key = client.revoke_key(id)
    if place.json:
        show_json(key.raw)
    else:
        show(f"{key.id} ({key.name}) is revoked")


def _given(flags: Mapping[str, Any]) -> Limits:
    """The limits that were named, as the SDK takes them."""
    found: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
    if isinstance(found.get("budget"), tuple):
        found["budget"], found["period"] = found["budget"]
    return cast("Limits", {name: None if value == NONE else value for name, value in found.items()})


def _limited(key: Key) -> str:
    limits, period = key.limits, key.limits.get("period")
    of = {"rate": "{:g} a minute", "concurrent": "{:g} at once", "budget": "{:g} credits"}
    said = [text.format(limits[name]) for name, text in of.items() if limits.get(name) is not None]
    return ", ".join(said) + (f" a {period}" if limits.get("budget") is not None and period != "total" else "")
