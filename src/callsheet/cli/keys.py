"""`callsheet keys`: what opens the API. Only the operator may make or revoke them."""

from __future__ import annotations

import click

from callsheet.cli.connecting import connect
from callsheet.cli.flags import everywhere
from callsheet.cli.place import Place
from callsheet.cli.printing import fields, say, show, show_json, table


@click.group()
def keys() -> None:
    """Create, list or revoke the keys that open the API.

    \b
    Example:
      callsheet keys create --name studio
    """


@keys.command()
@click.option("--name", required=True, metavar="NAME", help="What it is for, in your words.")
@click.option("--account", metavar="A", help="Whose it is; without it the key gets an account of its own.")
@everywhere
@click.pass_obj
def create(place: Place, name: str, account: str | None) -> None:
    """Make a key and its secret; both are shown this once.

    \b
    Example:
      callsheet keys create --name studio --json
    """
    with connect(place) as client:
        made = client.create_key(name, account=account)
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
    rows = [(key.id, key.name, key.account, "revoked" if key.revoked_at else "open") for key in found]
    show(table(("ID", "NAME", "ACCOUNT", "STATE"), rows))


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
